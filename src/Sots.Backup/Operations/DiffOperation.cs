using Sots.Backup.Comparing;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Backup.Operations;

/// <summary>A snapshot or a folder in it.</summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Subpath">Path of the folder, "/"-separated; empty for all of it.</param>
public sealed record SnapshotFolder(Snapshot Snapshot, string Subpath)
{
    /// <summary>Its tree.</summary>
    /// <exception cref="RepositoryException">InvalidRequest: there is no such folder; and what loading trees throws.</exception>
    public ValueTask<TreeId> FindTreeAsync(IndexedRepository repository, CancellationToken cancellationToken) =>
        ListOperation.FindFolderAsync(repository, Snapshot.Tree, Subpath, cancellationToken);
}

/// <summary>Shows what differs between two snapshots.</summary>
public static class DiffOperation
{
    /// <summary>Compares; see <see cref="SnapshotDifference.CompareAsync"/>. Paths begin with those of the folder of the first. A shared lock is held by the caller.</summary>
    /// <exception cref="RepositoryException">InvalidRequest where there is no such folder; what loading the folder's tree throws.</exception>
    public static async Task<DifferenceStatistics> RunAsync(
        IndexedRepository repository, SnapshotFolder before, SnapshotFolder after, bool withMetadata, Action<string, string> change,
        Action<string, RepositoryException> damaged, CancellationToken cancellationToken)
    {
        TreeId one = await before.FindTreeAsync(repository, cancellationToken).ConfigureAwait(false);
        TreeId other = await after.FindTreeAsync(repository, cancellationToken).ConfigureAwait(false);
        return await SnapshotDifference.CompareAsync(repository, one, other, withMetadata, change, damaged, cancellationToken).ConfigureAwait(false);
    }
}
