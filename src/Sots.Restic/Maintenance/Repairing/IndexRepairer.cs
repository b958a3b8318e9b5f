namespace Sots.Restic.Maintenance.Repairing;

/// <summary>
/// Makes the index true again: first a plan, then its execution. The caller holds an exclusive lock from before the plan until after the
/// execution; to look at a plan without carrying it out, none is needed. No pack is changed or removed.
/// </summary>
public static class IndexRepairer
{
    /// <summary>Makes the plan. Reads only.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="readAllPacks">Read the headers of all packs, also of those with which the index seems to agree.</param>
    /// <param name="events">Told what happens.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">A listing failed or is not complete, or the storage denies a file.</exception>
    public static Task<IndexRepairPlan> PlanAsync(
        OpenRepository repository, bool readAllPacks, IMaintenanceEvents events, CancellationToken cancellationToken) =>
        new IndexRepairPlanner(repository, readAllPacks, events).RunAsync(cancellationToken);

    /// <summary>Finds the snapshots of which something cannot be restored with the index as it will be. Reads all trees.</summary>
    /// <exception cref="RepositoryException">The storage fails.</exception>
    public static Task<IReadOnlyList<SnapshotRepair>> FindLossesAsync(OpenRepository repository, IndexRepairPlan plan, CancellationToken cancellationToken) =>
        SnapshotSearch.FindLossesAsync(new IndexedRepository(repository, plan.Result(), []), cancellationToken);

    /// <summary>
    /// Carries a plan out: new index files are stored and read again before an old one goes. It may be interrupted at any moment.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="ensureLocked">Asked before everything that is written or removed; throws where the lock was lost.</param>
    /// <param name="events">Told what happens.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">Writing or removing failed, or the lock was lost.</exception>
    public static Task ExecuteAsync(
        OpenRepository repository, IndexRepairPlan plan, Func<CancellationToken, ValueTask> ensureLocked, IMaintenanceEvents events,
        CancellationToken cancellationToken) =>
        plan.IsEmpty ? Task.CompletedTask : plan.Replacement.RunAsync(repository, ensureLocked, events, cancellationToken);
}
