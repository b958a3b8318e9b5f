using Sots.Backup.Progress;
using Sots.Unreal.Content;

namespace Sots.Unreal.SourceArt;

/// <summary>Looks for the files that assets were imported from, and compares them with what was imported.</summary>
public static class SourceArtCheck
{
    /// <summary>Checks a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="drive">Root of the drive that the editor's own paths are tried on; null to look for nothing outside the tree.</param>
    /// <param name="counters">Counts packages, then source files.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The files in the order of their recorded names.</returns>
    public static async Task<IReadOnlyList<SourceArtFile>> RunAsync(ContentTree tree, string? drive, OperationCounters counters, CancellationToken cancellationToken)
    {
        KnownPackage[] known = await ContentFacts.LoadAsync(tree, tree.Content.Packages, counters, cancellationToken).ConfigureAwait(false);

        // The same file was imported by several assets: told once. Relative to an asset's folder the same name is another file.
        var named = known
            .SelectMany(static one => ImportedFile.Parse(one.Facts.ImportData).Select(file => (one.Package, File: file)))
            .GroupBy(static one => (Place: SourcePlaces.PlaceInside(one.File, one.Package) ?? one.File.Name, one.File.Md5))
            .ToList();
        Interlocked.Add(ref counters.TotalFiles, named.Count);
        SourcePlaces places = new(tree, drive);
        Hashes hashes = new(tree);
        List<SourceArtFile> files = [];
        foreach (var group in named)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (ContentPackage asset, ImportedFile imported) = group.First();
            SourceArtFile file = await FindAsync(places, hashes, imported, asset, cancellationToken).ConfigureAwait(false);
            files.Add(file with { Assets = [.. group.Select(static one => one.Package).Distinct()] });
            Interlocked.Increment(ref counters.FilesDone);
        }

        return [.. files.OrderBy(static file => file.Inside ?? file.Outside ?? file.Recorded, StringComparer.OrdinalIgnoreCase)];
    }

    private static async ValueTask<SourceArtFile> FindAsync(SourcePlaces places, Hashes hashes, ImportedFile imported, ContentPackage asset, CancellationToken cancellationToken)
    {
        SourceArtFile missing = new(imported.Name, SourceArtState.Missing, []);
        foreach ((TreeFile file, bool isGuess) in places.FindInside(imported, asset))
        {
            SourceArtState state = StateOf(imported, imported.Md5.Length == 0 ? null : await hashes.OfAsync(file, cancellationToken).ConfigureAwait(false));
            if (!isGuess || state == SourceArtState.Present)
            {
                return missing with { State = state, Inside = file.Path };
            }
        }

        if (places.FindOutside(imported) is { } outside)
        {
            string? md5 = imported.Md5.Length == 0 ? null : await hashes.OfAsync(outside, cancellationToken).ConfigureAwait(false);
            return missing with { State = StateOf(imported, md5), Outside = outside };
        }

        return missing with { Inside = imported.Name.StartsWith("../../../../", StringComparison.Ordinal) ? null : SourcePlaces.PlaceInside(imported, asset) };
    }

    private static SourceArtState StateOf(ImportedFile imported, string? md5) =>
        md5 is null ? SourceArtState.Unchecked : md5 == imported.Md5 ? SourceArtState.Present : SourceArtState.Changed;

    /// <summary>No file is read twice.</summary>
    private sealed class Hashes(ContentTree tree)
    {
        private readonly Dictionary<string, string?> _known = new(StringComparer.Ordinal);

        public async ValueTask<string?> OfAsync(TreeFile file, CancellationToken cancellationToken) =>
            _known.TryGetValue(file.Path, out string? md5) ? md5
            : _known[file.Path] = await tree.Md5OfAsync(file, cancellationToken).ConfigureAwait(false);

        public async ValueTask<string?> OfAsync(string path, CancellationToken cancellationToken) =>
            _known.TryGetValue(path, out string? md5) ? md5
            : _known[path] = await DiskTree.Md5OfAsync(path, cancellationToken).ConfigureAwait(false);
    }
}
