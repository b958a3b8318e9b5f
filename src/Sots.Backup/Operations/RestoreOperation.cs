using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Backup.Operations;

/// <summary>What a restore did. Sizes in bytes.</summary>
/// <param name="TotalEntries">Files, directories and others of the snapshot that were selected.</param>
/// <param name="TotalBytes">Content of the selected files.</param>
/// <param name="EntriesRestored">Entries made or changed.</param>
/// <param name="BytesRestored">Content of those files.</param>
/// <param name="EntriesSkipped">Entries left as they were.</param>
/// <param name="BytesSkipped">Content of those files.</param>
/// <param name="EntriesDeleted">Entries removed because the snapshot does not have them.</param>
/// <param name="FilesVerified">Files read again and found right, where that was asked for.</param>
/// <param name="Problems">Entries that could not be restored exactly.</param>
public sealed record RestoreResult(
    long TotalEntries, long TotalBytes, long EntriesRestored, long BytesRestored,
    long EntriesSkipped, long BytesSkipped, long EntriesDeleted, long FilesVerified, long Problems);

/// <summary>Writes a snapshot, or a part of one, into a folder.</summary>
public static class RestoreOperation
{
    /// <summary>Runs a restore. A shared lock is held by the caller.</summary>
    /// <exception cref="RepositoryException">Nothing of it could be done; problems with single entries are reported and counted instead.</exception>
    public static Task<RestoreResult> RunAsync(
        IndexedRepository repository, Snapshot snapshot, RestoreOptions options, OperationCounters counters, IOperationEvents events,
        CancellationToken cancellationToken) =>
        new Restoring.Restorer(repository, snapshot, options, counters, events).RunAsync(cancellationToken);
}
