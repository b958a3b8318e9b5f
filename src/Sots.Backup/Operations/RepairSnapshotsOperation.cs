using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Writing;

namespace Sots.Backup.Operations;

/// <summary>Makes snapshots that can be restored of those that lost something, and tells of it in the words of an operation.</summary>
/// <param name="repository">The repository; the caller holds an exclusive lock, or only looks at the plan.</param>
/// <param name="write">How new trees are stored, clock and lock.</param>
/// <param name="counters">Packs read, while they are.</param>
/// <param name="events">Told what happens.</param>
public sealed class RepairSnapshotsOperation(OpenRepository repository, WriteOptions write, OperationCounters counters, IOperationEvents events)
{
    private readonly MaintenanceReport _report = new(counters, events, write.Time);

    /// <summary>Makes the plan.</summary>
    /// <param name="snapshots">The snapshots to look at.</param>
    /// <param name="all">All there are.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">The storage fails, or the index must be repaired first.</exception>
    public Task<SnapshotRepairPlan> PlanAsync(IReadOnlyList<SavedSnapshot> snapshots, IReadOnlyList<SavedSnapshot> all, CancellationToken cancellationToken) =>
        SnapshotRepairer.PlanAsync(repository, snapshots, all, _report, cancellationToken);

    /// <summary>Carries it out.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="forget">Remove old snapshots once the new ones are stored.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">Writing or removing failed, or the lock was lost. No snapshot is gone without its replacement.</exception>
    public Task<SnapshotRepairResult> ExecuteAsync(SnapshotRepairPlan plan, bool forget, CancellationToken cancellationToken) =>
        SnapshotRepairer.ExecuteAsync(repository, plan, forget, write, _report, cancellationToken);
}
