using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Cli.Assets;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Unreal.Assets;
using Sots.Unreal.Changes;

namespace Sots.Cli.Commands;

/// <summary>Finds out what changed in a project, for commands that tell it.</summary>
internal static class UnrealChanges
{
    /// <summary>So many of each list a push shows.</summary>
    public const int ShownByPush = 5;

    /// <summary>So many of each list a comparison shows, unless all are asked for.</summary>
    public const int ShownByDiff = 20;

    /// <summary>
    /// A push reads headers of so many packages at most that it has not seen; a moment's work. Where there are more, it is a baseline or a
    /// move, and the folders say more than the classes.
    /// </summary>
    public const int MostReadByPush = 2000;

    /// <summary>A push looks at so many changed actors at most whether they were moved.</summary>
    public const int MostPlacesByPush = 500;

    /// <summary>The command that tells what needs the assets that one snapshot has and the next has not.</summary>
    public static string NeedsCommand(CommandRun run, SnapshotId before, SnapshotId after) =>
        ShellWords.Join(["sots_backup", "references", before.Value.ToShortString(), after.Value.ToShortString(), .. ProjectPlace.RepositoryWords(run)]);

    /// <summary>Compares two trees, with a live display.</summary>
    /// <param name="run">Surroundings and reporter.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="seen">What is known beside what is remembered, or null.</param>
    /// <param name="before">The one tree, or null.</param>
    /// <param name="after">The other.</param>
    /// <param name="asked">What is wanted of the changes.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What changed, and how much could not be read.</returns>
    public static async Task<(ProjectChanges Changes, long Problems)> ReadAsync(
        CommandRun run, IndexedRepository repository, AssetFactsCache? seen, TreeId? before, TreeId after, ChangesOptions asked, CancellationToken cancellationToken)
    {
        AssetCaches caches = AssetCaches.Open(run, repository.Repository);
        if (seen is not null)
        {
            caches.Facts.AddAll(seen);
        }

        OperationCounters counters = new();
        ChangesOptions options = asked with
        {
            Progress = (done, total) =>
            {
                counters.TotalFiles = total;
                counters.TotalsKnown = 1;
                counters.FilesDone = done;
            },
            Damaged = (path, error) =>
            {
                Interlocked.Increment(ref counters.Errors);
                run.Reporter.Warning($"error: {path}: {error.Message}");
            },
        };
        ProjectChanges changes;
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Assets, counters);
        await using (display.ConfigureAwait(false))
        {
            changes = await ChangesReader.ReadAsync(new SnapshotPackages(repository, caches.Facts), repository, before, after, options, cancellationToken).ConfigureAwait(false);
        }

        caches.Save();
        return (changes, counters.Errors);
    }

    /// <summary>
    /// Folder that paths of a snapshot are told from: the one it was made of; empty where there are several, or where only a folder of it is
    /// looked at. A snapshot made from a relative path has the folder's entries at its top, and no path of it begins so.
    /// </summary>
    public static string RootOf(SnapshotFolder folder) =>
        folder.Subpath.Trim('/').Length == 0 && folder.Snapshot.Paths is [{ } path] ? SnapshotPath.OfTarget(path).TrimEnd('/') : "";

    /// <summary>What is known of the folders above one in a snapshot: from the Content folder on that it lies in, with a "/" behind; else empty.</summary>
    public static string AboveOf(SnapshotFolder folder)
    {
        string[] parts = folder.Subpath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int content = Array.FindIndex(parts, static part => part.Equals("Content", StringComparison.OrdinalIgnoreCase));
        return content < 0 ? "" : string.Join('/', parts[content..]) + "/";
    }

    /// <summary>
    /// Says what a backup changed. The snapshot is saved already: what goes wrong here is said, and makes no backup worse than it is.
    /// </summary>
    /// <param name="run">Surroundings and reporter.</param>
    /// <param name="result">The backup.</param>
    /// <param name="root">Folder that paths are told from.</param>
    /// <param name="seen">What is known of the packages that the backup read.</param>
    /// <param name="cancellationToken">Cancels the telling.</param>
    public static async Task ReportAsync(CommandRun run, BackupResult result, string root, AssetFactsCache seen, CancellationToken cancellationToken)
    {
        if (result is not { Snapshot: { } saved, Comparison: { } comparison } || comparison.Before == comparison.Root)
        {
            return;
        }

        try
        {
            await comparison.Repository.LoadNewIndexFilesAsync(cancellationToken).ConfigureAwait(false);
            TreeId after = await comparison.FindAfterAsync(cancellationToken).ConfigureAwait(false);
            (ProjectChanges changes, _) = await ReadAsync(
                run, comparison.Repository, seen, comparison.Before, after, new ChangesOptions { Root = comparison.Folder.Length > 0 ? "" : root, MostRead = MostReadByPush, MostPlaces = MostPlacesByPush },
                cancellationToken).ConfigureAwait(false);
            if (changes.Files.Count > 0)
            {
                run.Reporter.Report(new ChangesReport(changes, result.Parent?.ToString(), saved.ToString(), ShownByPush)
                {
                    NeedsCommand = result.Parent is { } parent ? NeedsCommand(run, parent, saved) : null,
                });
            }
        }
        catch (RepositoryException e)
        {
            run.Reporter.Warning($"what changed cannot be told: {e.Message}");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            run.Reporter.Message("what changed is not told: it was cancelled. The snapshot is saved");
        }
    }
}
