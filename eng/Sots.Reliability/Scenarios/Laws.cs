using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Reliability.Power;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Locking;
using Sots.Restic.Maintenance;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Reliability.Scenarios;

/// <summary>
/// What has to hold of a repository at any moment, whatever happened: it opens, the locks of dead processes are in nobody's way, a check
/// that reads every byte finds no damage, everything that was reported as saved is there, and nothing is there that never was.
/// </summary>
internal static class Laws
{
    /// <summary>Locks of a process that is alone on its machine.</summary>
    public static LockOptions LockOptions => new()
    {
        Time = new QuickTime(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)),
        Identity = new ProcessIdentity("machine", "user", 1, 0, 0, _ => false, "simulated"),
    };

    /// <summary>Looks at a disk.</summary>
    /// <param name="disk">The disk; locks are taken and given back on it.</param>
    /// <param name="promised">What the user was told.</param>
    /// <param name="known">All trees that a snapshot may have.</param>
    /// <param name="withContent">Also reads every file of every snapshot, as a restore would.</param>
    /// <param name="allowLeftOvers">Whether a check may name left-overs.</param>
    /// <exception cref="BrokenPromiseException">A law is broken.</exception>
    public static async Task HoldAsync(
        SimulatedDisk disk, Ledger promised, IReadOnlySet<TreeId> known, bool withContent = false, bool allowLeftOvers = true)
    {
        using LocalBackend backend = new(World.RepositoryPath, disk);
        if (!promised.HasRepository && await backend.FindLengthAsync(FileHandle.Config, CancellationToken.None) is null)
        {
            return;
        }

        try
        {
            foreach (string password in promised.Opens.Skip(1))
            {
                (await OpenAsync(backend, password)).Dispose();
            }

            using OpenRepository repository = await OpenAsync(backend, promised.Password);
            await using RepositoryLock held = await repository.LockAsync(exclusive: true, LockOptions, CancellationToken.None);
            await CheckAsync(repository, allowLeftOvers);
            await CompareAsync(repository, promised, known, withContent);
        }
        catch (RepositoryException e)
        {
            throw new BrokenPromiseException($"the repository cannot be used: {e.Kind}: {e.Message}");
        }
    }

    private static Task<OpenRepository> OpenAsync(IBackend backend, string password) =>
        Repository.OpenAsync(backend, World.Bytes(password), new OpenOptions { Notice = static text => throw new BrokenPromiseException(text) }, CancellationToken.None);

    private static async Task CheckAsync(OpenRepository repository, bool allowLeftOvers)
    {
        RecordedEvents events = new();
        CheckReport report = await CheckOperation.RunAsync(
            repository, new CheckOptions { ReadData = new ReadDataSubset(ReadDataMode.All) }, new OperationCounters(), events, CancellationToken.None);
        if (report.Errors > 0 || (report.Hints > 0 && !allowLeftOvers))
        {
            throw new BrokenPromiseException(
                $"check finds {report.Errors} errors and {report.Hints} left-overs: {string.Join("; ", events.Problems.Take(3).Select(static problem => problem.Message))}");
        }
    }

    private static async Task CompareAsync(OpenRepository repository, Ledger promised, IReadOnlySet<TreeId> known, bool withContent)
    {
        SnapshotListing listing = await repository.LoadSnapshotsAsync(CancellationToken.None);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        HashSet<SavedState> there = [];
        foreach (SavedSnapshot saved in listing.Snapshots)
        {
            TreeId project = withContent
                ? (await SnapshotContent.LoadAsync(indexed, saved.Snapshot)).Project
                : await SnapshotContent.ProjectTreeAsync(indexed, saved.Snapshot);
            there.Add(new SavedState(project, saved.Snapshot.Time));
            if (!known.Contains(project))
            {
                throw new BrokenPromiseException($"snapshot {saved.Id} has tree {project}, which the project never had");
            }
        }

        foreach (SavedState state in promised.Saved)
        {
            if (!there.Contains(state))
            {
                throw new BrokenPromiseException($"the snapshot of {state.Time}, which was reported as saved, is gone");
            }
        }
    }
}
