using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Backup.Operations;

/// <summary>What a backup did.</summary>
/// <param name="Snapshot">The new snapshot's id; null where none was made (dry run, nothing changed and asked to skip).</param>
/// <param name="Summary">Its counts.</param>
/// <param name="Parent">The snapshot that was compared with, or null.</param>
/// <param name="Problems">Entries that could not be saved as they should.</param>
public sealed record BackupResult(SnapshotId? Snapshot, SnapshotSummary Summary, SnapshotId? Parent, long Problems)
{
    /// <summary>What the new tree can be compared with; null for a dry run, which stores none.</summary>
    public BackupComparison? Comparison { get; init; }

    /// <summary>What was read back of what was written; null where nothing was to be.</summary>
    public Proving.ProofResult? Proof { get; init; }

    /// <summary>Whether everything was saved: exit code 0, otherwise 3.</summary>
    public bool IsComplete => Problems == 0;
}

/// <summary>The trees before and after a backup.</summary>
/// <param name="Repository">Their repository; knows the blobs that were there before. <see cref="IndexedRepository.LoadNewIndexFilesAsync"/> makes it know the new ones.</param>
/// <param name="Before">Tree of the parent, or of the folder in it that stands for the one target; null where there is no parent.</param>
/// <param name="Root">Root of the new tree.</param>
/// <param name="Folder">Path in the new tree of the folder to compare with; empty for the root.</param>
public sealed record BackupComparison(IndexedRepository Repository, TreeId? Before, TreeId Root, string Folder)
{
    /// <summary>The tree to compare with <see cref="Before"/>.</summary>
    /// <exception cref="RepositoryException">It cannot be read.</exception>
    public ValueTask<TreeId> FindAfterAsync(CancellationToken cancellationToken) => ListOperation.FindFolderAsync(Repository, Root, Folder, cancellationToken);
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
