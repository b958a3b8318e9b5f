using Sots.Backup.Restoring;
using Sots.Backup.Retention;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Commands;

/// <summary>Chooses among the snapshots of a project.</summary>
internal static class SafetySnapshots
{
    /// <summary>
    /// The newest safety snapshot of this folder on this computer, or null: where several people share a repository, the folder of another
    /// computer may have the same path, and its state before a restore is nobody's here.
    /// </summary>
    public static SavedSnapshot? FindNewest(SnapshotListing listing, ProjectSettings project, string host) =>
        OfComputer(listing, project, host).LastOrDefault();

    /// <summary>The newest safety snapshot of a folder with this path on any computer, or null.</summary>
    public static SavedSnapshot? FindNewestAnywhere(SnapshotListing listing, ProjectSettings project) => OfFolder(listing, project).LastOrDefault();

    /// <summary>Null where the clock is not behind the newest safety snapshot of this folder on this computer: the newest is that of the last restore.</summary>
    public static ClockBehind? FindClockBehind(CommandRun run, SnapshotListing listing, ProjectSettings project) =>
        ClockCheck.Find(OfComputer(listing, project, run.Environment.Host), run.Environment.Clock.GetUtcNow());

    /// <summary>After the clock was set back the newest safety snapshot may not be that of the last restore, and an undo would go back to a wrong state.</summary>
    /// <exception cref="UsageException">It cannot be told which one is.</exception>
    public static void RefuseWrongClock(CommandRun run, SnapshotListing listing, ProjectSettings project)
    {
        List<SavedSnapshot> own = [.. OfComputer(listing, project, run.Environment.Host)];
        if (own.Count < 2 || FindClockBehind(run, listing, project) is not { } behind)
        {
            return;
        }

        // The last restore is one of those that are ahead of the clock, or the newest of the others.
        int others = own.Count(saved => saved.Snapshot.Time.UnixSeconds <= behind.Now.ToUnixTimeSeconds());
        string ids = string.Join(", ", own.Skip(Math.Max(others - 1, 0)).Select(static saved => saved.Id.Value.ToShortString()));
        throw new UsageException(
            $"the clock of this computer is {Durations.Format(behind.By)} behind snapshot {behind.Newest.Id.Value.ToShortString()}, which was made before a restore: it cannot be told which restore was the last",
            $"Nothing was changed. If the clock is wrong, set it. The states before the last restores are in {ids}: `sots_backup restore-latest --in-place --delete --snapshot ID` goes to one of them.");
    }

    /// <summary>A snapshot by id, also under the id that it had before its tags were changed; null where it is gone.</summary>
    public static SavedSnapshot? Find(SnapshotListing listing, SnapshotId id) =>
        listing.Snapshots.FirstOrDefault(saved => saved.Id == id) ?? listing.Snapshots.FirstOrDefault(saved => saved.Snapshot.Original == id);

    /// <summary>The newest snapshot of this folder alone; else of one with its name, for a project that has moved. No safety snapshot.</summary>
    /// <exception cref="RepositoryException">There is none.</exception>
    public static SavedSnapshot NewestBackup(SnapshotListing listing, ProjectSettings project)
    {
        List<SavedSnapshot> backups = [.. listing.Snapshots.Where(saved => !SafetyTags.IsSafety(saved.Snapshot) && saved.Snapshot.Paths is [_])];
        return backups.LastOrDefault(saved => SnapshotPath.IsOf(saved.Snapshot, project.Root.Value))
            ?? backups.LastOrDefault(saved => string.Equals(SnapshotPath.NameOf(saved.Snapshot.Paths![0]), project.Name, StringComparison.OrdinalIgnoreCase))
            ?? throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest, $"There is no snapshot of {project.Root.Value} in {project.Repository.Location.Value}.",
                listing.Snapshots.Count == 0 ? "`sots_backup push` makes one." : "`sots_backup snapshots` lists what there is; `sots_backup restore` restores any of it.");
    }

    /// <summary>Where the newest one is meant and some cannot be read, the newest of the others may be the wrong one to change a project to.</summary>
    /// <exception cref="RepositoryException">One cannot be read.</exception>
    public static void RefuseDamaged(SnapshotListing listing, string advice)
    {
        if (listing.Damaged is [var damage, ..])
        {
            throw new RepositoryException(damage.Kind, $"{damage.Message}; it may be the newest, so nothing was changed.", advice, damage);
        }
    }

    private static IEnumerable<SavedSnapshot> OfComputer(SnapshotListing listing, ProjectSettings project, string host) =>
        OfFolder(listing, project).Where(saved => string.Equals(saved.Snapshot.Hostname, host, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<SavedSnapshot> OfFolder(SnapshotListing listing, ProjectSettings project) =>
        listing.Snapshots.Where(saved => SnapshotPath.IsOf(saved.Snapshot, project.Root.Value) && SafetyTags.IsSafety(saved.Snapshot));
}
