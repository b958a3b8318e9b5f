namespace Sots.Restic.Maintenance.Repairing;

/// <summary>Finds the snapshots that are not whole.</summary>
internal static class SnapshotSearch
{
    /// <summary>Follows snapshots and says what a repair would make of those that are not whole.</summary>
    /// <param name="repository">The repository, with an index that has what is there and nothing else.</param>
    /// <param name="snapshots">Which snapshots.</param>
    /// <param name="all">All there are, among them those that earlier repairs have made.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">The storage fails.</exception>
    public static async Task<IReadOnlyList<SnapshotRepair>> FindAsync(
        IndexedRepository repository, IReadOnlyList<SavedSnapshot> snapshots, IReadOnlyList<SavedSnapshot> all, CancellationToken cancellationToken)
    {
        TreeRepair trees = new(repository, session: null);
        List<SnapshotRepair> repairs = [];
        foreach (SavedSnapshot saved in snapshots)
        {
            if (await trees.RunAsync(saved.Snapshot.Tree, cancellationToken).ConfigureAwait(false) is { } tree)
            {
                SavedSnapshot? earlier = tree.Id is { } id ? all.FirstOrDefault(other => other.Snapshot.Original == saved.Id && other.Snapshot.Tree == id) : null;
                repairs.Add(new SnapshotRepair(saved, tree, earlier?.Id));
            }
        }

        return repairs;
    }

    /// <summary>Finds what is lost of all snapshots where only so much is there; those of which nothing is lost are left out.</summary>
    /// <exception cref="RepositoryException">The storage fails.</exception>
    public static async Task<IReadOnlyList<SnapshotRepair>> FindLossesAsync(IndexedRepository repository, CancellationToken cancellationToken)
    {
        SnapshotListing listing = await repository.Repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<SnapshotRepair> repairs = await FindAsync(repository, listing.Snapshots, [], cancellationToken).ConfigureAwait(false);
        return [.. repairs.Where(repair => repair.Repairs.Any(change => change.IsLoss))];
    }
}
