using Sots.Restic.Writing;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>
/// Makes snapshots that can be restored of those that lost something: first a plan, then its execution. The caller holds an exclusive lock
/// from before the plan until after the execution; to look at a plan without carrying it out, none is needed.
/// </summary>
public static class SnapshotRepairer
{
    /// <summary>The tag of a snapshot that stands beside the one it was made of.</summary>
    public const string Tag = "repaired";

    /// <summary>Makes the plan. Reads only.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="snapshots">The snapshots to look at.</param>
    /// <param name="all">All snapshots there are, among them those that earlier repairs have made.</param>
    /// <param name="events">Told what happens.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">
    /// The storage fails, or something is lost while the index does not name all there is: it must be repaired first.
    /// </exception>
    public static async Task<SnapshotRepairPlan> PlanAsync(
        OpenRepository repository, IReadOnlyList<SavedSnapshot> snapshots, IReadOnlyList<SavedSnapshot> all, IMaintenanceEvents events,
        CancellationToken cancellationToken)
    {
        IndexRepairPlan index = await IndexRepairer.PlanAsync(repository, readAllPacks: false, events, cancellationToken).ConfigureAwait(false);
        Index.MasterIndex there = index.Named();
        events.Step("reading snapshots and trees");
        IReadOnlyList<SnapshotRepair> repairs = await FindAsync(there).ConfigureAwait(false);
        bool isWrong = index.DamagedFiles.Count > 0 || index.PacksTo(IndexChangeKind.Correct).Any();
        bool hides = isWrong;
        if (repairs.Count > 0 && !isWrong && index.PacksTo(IndexChangeKind.Add).Any())
        {
            // Packs that no index names are mostly left-overs of something interrupted; these may hold what is missing.
            hides = !(await FindAsync(index.Result()).ConfigureAwait(false)).Select(Outcome).SequenceEqual(repairs.Select(Outcome));
        }

        return repairs.Count > 0 && hides
            ? throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest,
                $"The index does not name all there is ({index.DamagedFiles.Count} damaged index files, {index.Changes.Count} packs to look at). Nothing was changed.",
                "Run `repair index` first: what seems lost may be there.")
            : new SnapshotRepairPlan(repairs, snapshots.Count - repairs.Count, [.. index.PacksTo(IndexChangeKind.LeaveDamaged)], isWrong || index.PacksTo(IndexChangeKind.Forget).Any(), there);

        Task<IReadOnlyList<SnapshotRepair>> FindAsync(Index.MasterIndex found) =>
            SnapshotSearch.FindAsync(new IndexedRepository(repository, found, []), snapshots, all, cancellationToken);

        static (SnapshotId, TreeId?) Outcome(SnapshotRepair repair) => (repair.Snapshot.Id, repair.NewTree);
    }

    /// <summary>
    /// Carries a plan out: new trees are stored and read again, then a new snapshot, and only then an old one goes. It may be interrupted
    /// at any moment; run again it does not do the same work twice.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="forget">Remove old snapshots once the new ones are stored, and those of which nothing can be read.</param>
    /// <param name="write">How new trees are stored.</param>
    /// <param name="events">Told what happens.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">Writing or removing failed, or the lock was lost.</exception>
    public static Task<SnapshotRepairResult> ExecuteAsync(
        OpenRepository repository, SnapshotRepairPlan plan, bool forget, WriteOptions write, IMaintenanceEvents events, CancellationToken cancellationToken) =>
        new SnapshotRepairExecution(repository, plan, forget, write, events).RunAsync(cancellationToken);
}
