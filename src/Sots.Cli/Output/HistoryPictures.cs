using System.Globalization;
using System.Text;
using Sots.Restic;
using Sots.Unreal.Assets;
using Sots.Unreal.Histories;

namespace Sots.Cli.Output;

/// <summary>Pictures that were written.</summary>
/// <param name="Folder">Where.</param>
/// <param name="Page">The page that shows them.</param>
/// <param name="Count">How many.</param>
/// <param name="Files">Names of the files.</param>
internal sealed record WrittenPictures(string Folder, string Page, int Count, IReadOnlyDictionary<(SnapshotId Snapshot, string Path), string> Files)
{
    /// <summary>The file of a version's picture; null where it has none.</summary>
    public string? FileOf(HistoryVersion version) =>
        Files.TryGetValue((version.First.Id, version.Path), out string? name) ? Path.Combine(Folder, name) : null;
}

/// <summary>
/// Writes the pictures of versions into a folder, and a page that shows them side by side. The names of the files are made here, so that
/// nothing in a repository decides where anything is written.
/// </summary>
internal static class HistoryPictures
{
    private const string PageName = "index.html";

    /// <summary>Writes them.</summary>
    /// <param name="folder">Absolute; made if it is not there.</param>
    /// <param name="histories">The histories.</param>
    /// <param name="packages">Reads pictures.</param>
    /// <param name="problem">Told of versions that cannot be read.</param>
    /// <param name="zone">For times.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="UsageException">The folder cannot be written to, or has a page of somebody else.</exception>
    public static async Task<WrittenPictures> WriteAsync(
        string folder, IReadOnlyList<AssetHistory> histories, SnapshotPackages packages, Action<string, RepositoryException> problem, TimeZoneInfo zone,
        CancellationToken cancellationToken)
    {
        string page = Path.Combine(folder, PageName);
        Dictionary<(SnapshotId, string), string> names = [];
        StringBuilder html = new(HistoryPage.Start(histories));
        try
        {
            RefusePageOfOthers(page);
            Directory.CreateDirectory(folder);
            foreach (AssetHistory history in histories)
            {
                html.Append(HistoryPage.Heading(history));
                foreach (HistoryVersion version in history.Versions.Reverse())
                {
                    VersionPicture? picture = await FindAsync(version).ConfigureAwait(false);
                    html.Append(HistoryPage.Version(version, picture, zone));
                    if (picture is not null)
                    {
                        string time = Times.Local(version.First.Snapshot.Time, zone).Replace(' ', '_').Replace(":", "", StringComparison.Ordinal);
                        string name = string.Create(CultureInfo.InvariantCulture, $"{names.Count + 1:000}-{time}-{version.First.Id.Value.ToShortString()}.{(picture.IsJpeg ? "jpg" : "png")}");
                        NewFile.Replace(Path.Combine(folder, name), picture.Bytes.Span);
                        names[(version.First.Id, version.Path)] = name;
                    }
                }

                html.Append(HistoryPage.SectionEnd);
            }

            NewFile.Replace(page, Encoding.UTF8.GetBytes(html.Append(HistoryPage.End).ToString()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"pictures cannot be written to {folder}: {e.Message}", "Name a folder with --thumbnails that you may write to; it is made if it is not there.");
        }

        return new WrittenPictures(folder, page, names.Count, names);

        async ValueTask<VersionPicture?> FindAsync(HistoryVersion version)
        {
            try
            {
                return await VersionPicture.FindAsync(packages, version, cancellationToken).ConfigureAwait(false);
            }
            catch (RepositoryException e)
            {
                problem(version.Path, e);
                return null;
            }
        }
    }

    private static void RefusePageOfOthers(string page)
    {
        if (File.Exists(page) && !File.ReadLines(page).Take(2).Contains(HistoryPage.Mark))
        {
            throw new UsageException($"{page} is there already, and not a page of this program", "Name another folder with --thumbnails; a new one is made if it is not there.");
        }
    }
}
