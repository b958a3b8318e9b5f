using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Maintenance;
using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Writing;

namespace Sots.Backup.Operations;

/// <summary>Makes the index true again, and tells of it in the words of an operation.</summary>
/// <param name="repository">The repository; the caller holds an exclusive lock, or only looks at the plan.</param>
/// <param name="write">Clock and lock.</param>
/// <param name="counters">Packs read and index files written, while they are.</param>
/// <param name="events">Told what happens.</param>
public sealed class RepairIndexOperation(OpenRepository repository, WriteOptions write, OperationCounters counters, IOperationEvents events)
{
    private readonly MaintenanceReport _report = new(counters, events, write.Time);

    /// <summary>Makes the plan.</summary>
    /// <exception cref="RepositoryException">A listing failed or is not complete.</exception>
    public Task<IndexRepairPlan> PlanAsync(bool readAllPacks, CancellationToken cancellationToken) =>
        IndexRepairer.PlanAsync(repository, readAllPacks, _report, cancellationToken);

    /// <summary>Finds what of snapshots cannot be restored with the index as it will be, because packs are gone.</summary>
    /// <exception cref="RepositoryException">The storage fails.</exception>
    public async Task<IReadOnlyList<SnapshotRepair>> FindLossesAsync(IndexRepairPlan plan, CancellationToken cancellationToken) =>
        plan.PacksTo(IndexChangeKind.Forget).Any() ? await IndexRepairer.FindLossesAsync(repository, plan, cancellationToken).ConfigureAwait(false) : [];

    /// <summary>Carries it out.</summary>
    /// <exception cref="RepositoryException">Writing or removing failed, or the lock was lost. Nothing that was true before is gone.</exception>
    public Task ExecuteAsync(IndexRepairPlan plan, CancellationToken cancellationToken) =>
        IndexRepairer.ExecuteAsync(repository, plan, write.EnsureLocked, _report, cancellationToken);
}
