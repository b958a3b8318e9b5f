using Sots.Backup.Progress;
using Sots.Restic;

namespace Sots.Backup.Operations;

/// <summary>What a drill showed.</summary>
/// <param name="Snapshots">Snapshots that files were taken from.</param>
/// <param name="Files">Files that were to be restored.</param>
/// <param name="Bytes">Their content.</param>
/// <param name="WholeFiles">Those that came back, each byte as it was saved.</param>
/// <param name="ComparedFiles">Those that were compared with the same file on the disk too, because it has not changed since.</param>
/// <param name="TooLarge">Files that were passed over because they alone are larger than all may be.</param>
/// <param name="Problems">What went wrong: files that did not come back, and lists of folders that cannot be read.</param>
public sealed record DrillResult(long Snapshots, long Files, long Bytes, long WholeFiles, long ComparedFiles, long TooLarge, long Problems)
{
    /// <summary>Whether something was restored and all of it came back.</summary>
    public bool IsProof => Problems == 0 && WholeFiles == Files && Files > 0;
}

/// <summary>Proves that files can be got back, by getting some back.</summary>
public static class DrillOperation
{
    /// <summary>
    /// Restores random files of random snapshots into a temporary folder, reads them again, compares each piece with its id and the file with
    /// that on the disk where it is unchanged since, and removes them. A shared lock is held by the caller.
    /// </summary>
    /// <exception cref="RepositoryException">InvalidRequest: there is no snapshot, or the folder cannot be used. Storage errors.</exception>
    public static Task<DrillResult> RunAsync(
        IndexedRepository repository, SnapshotListing listing, DrillOptions options, OperationCounters counters, IOperationEvents events,
        CancellationToken cancellationToken) =>
        new Drilling.Drill(repository, listing, options, counters, events).RunAsync(cancellationToken);
}
