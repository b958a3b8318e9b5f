using Sots.Restic.Backends;
using Sots.Restic.Snapshots;

namespace Sots.Restic.Maintenance;

/// <summary>A snapshot that could not be removed.</summary>
/// <param name="Id">The snapshot.</param>
/// <param name="Error">Why.</param>
public sealed record FailedRemoval(SnapshotId Id, RepositoryException Error);

/// <summary>Removes and replaces snapshot files; data stays until a prune. The caller holds an exclusive lock. Thread safe.</summary>
/// <param name="repository">The repository.</param>
/// <param name="ensureLocked">Asked before everything that is written or removed; throws where the lock was lost.</param>
public sealed class SnapshotRemoval(OpenRepository repository, Func<CancellationToken, ValueTask> ensureLocked)
{
    /// <summary>Removals under way at once: each waits for the disk's journal, which takes them together.</summary>
    private const int RemovalsAtOnce = 8;

    /// <summary>Removes snapshots, several at a time. One that is gone already counts as removed.</summary>
    /// <param name="snapshots">Which.</param>
    /// <param name="removed">Told of each; from any thread.</param>
    /// <param name="cancellationToken">Cancels before the next one.</param>
    /// <returns>Those that could not be removed.</returns>
    /// <exception cref="RepositoryException">LockLost.</exception>
    public async Task<IReadOnlyList<FailedRemoval>> RemoveAsync(
        IEnumerable<SnapshotId> snapshots, Action<SnapshotId> removed, CancellationToken cancellationToken)
    {
        List<FailedRemoval> failed = [];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Math.Max(RemovalsAtOnce, repository.Backend.Connections), CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(snapshots, parallel, async (id, token) =>
        {
            await ensureLocked(token).ConfigureAwait(false);
            try
            {
                await repository.Backend.RemoveIfThereAsync(FileHandle.Of(id), token).ConfigureAwait(false);
                removed(id);
            }
            catch (RepositoryException e)
            {
                lock (failed)
                {
                    failed.Add(new FailedRemoval(id, e));
                }
            }
        }).ConfigureAwait(false);
        return failed;
    }

    /// <summary>
    /// Stores another version of a snapshot, then removes the old one; the new one names the first of its kind as its original. A crash in
    /// between leaves both.
    /// </summary>
    /// <param name="old">What is there.</param>
    /// <param name="replacement">What is to be in its place; its original is set here where it has none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The id of the new one.</returns>
    /// <exception cref="RepositoryException">Storing or removing failed, or the lock was lost.</exception>
    public async Task<SnapshotId> ReplaceAsync(SavedSnapshot old, Snapshot replacement, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> json = SnapshotCodec.Write(replacement with { Original = replacement.Original ?? old.Id });

        // One that nobody could read must not be stored; and the old one goes only after the new one was read from where it is stored.
        SnapshotCodec.Read(json.Span, "the new version of " + FileHandle.Of(old.Id));
        SnapshotId id = new(await repository.SaveLockedAsync(FileType.Snapshot, json, ensureLocked, cancellationToken).ConfigureAwait(false));
        await repository.LoadSnapshotAsync(id, cancellationToken).ConfigureAwait(false);
        await ensureLocked(cancellationToken).ConfigureAwait(false);
        await repository.RemoveSnapshotAsync(old.Id, cancellationToken).ConfigureAwait(false);
        return id;
    }
}
