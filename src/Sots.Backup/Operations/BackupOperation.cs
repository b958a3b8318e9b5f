using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Backup.Operations;

/// <summary>What a backup did.</summary>
/// <param name="Snapshot">The new snapshot's id; null where none was made (dry run, nothing changed and asked to skip).</param>
/// <param name="Summary">Its counts.</param>
/// <param name="Parent">The snapshot that was compared with, or null.</param>
/// <param name="Problems">Entries that could not be saved as they should.</param>
public sealed record BackupResult(SnapshotId? Snapshot, SnapshotSummary Summary, SnapshotId? Parent, long Problems)
{
    /// <summary>What was read back of what was written; null where nothing was to be.</summary>
    public Proving.ProofResult? Proof { get; init; }

    /// <summary>Whether everything was saved: exit code 0, otherwise 3.</summary>
    public bool IsComplete => Problems == 0;
}

/// <summary>Saves files and folders as a new snapshot.</summary>
public static class BackupOperation
{
    /// <summary>Runs a backup. A shared lock is held by the caller.</summary>
    /// <exception cref="RepositoryException">The repository failed, or nothing could be saved; no snapshot was made.</exception>
    public static Task<BackupResult> RunAsync(
        OpenRepository repository, BackupOptions options, OperationCounters counters, IOperationEvents events, CancellationToken cancellationToken) =>
        new Archiving.Archiver(repository, options, counters, events).RunAsync(cancellationToken);
}
