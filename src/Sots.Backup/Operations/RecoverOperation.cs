using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Trees;
using Sots.Restic.Writing;

namespace Sots.Backup.Operations;

/// <summary>Makes a snapshot of everything that no snapshot holds, and tells of it in the words of an operation.</summary>
/// <param name="repository">The repository; the caller holds an exclusive lock, or only looks at the plan.</param>
/// <param name="write">How the new root is stored, clock and lock.</param>
/// <param name="counters">Packs read, while they are.</param>
/// <param name="events">Told what happens.</param>
public sealed class RecoverOperation(OpenRepository repository, WriteOptions write, OperationCounters counters, IOperationEvents events)
{
    private readonly MaintenanceReport _report = new(counters, events, write.Time);

    /// <summary>Makes the plan.</summary>
    /// <exception cref="RepositoryException">A listing failed.</exception>
    public Task<RecoveryPlan> PlanAsync(CancellationToken cancellationToken) => Recovery.PlanAsync(repository, _report, cancellationToken);

    /// <summary>Carries it out.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="hostname">Host of the new snapshot.</param>
    /// <param name="programVersion">Program of the new snapshot.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The snapshot; null where nothing was lost.</returns>
    /// <exception cref="RepositoryException">Writing failed, or the lock was lost.</exception>
    public Task<SnapshotId?> ExecuteAsync(RecoveryPlan plan, string hostname, string programVersion, CancellationToken cancellationToken) => Recovery.ExecuteAsync(
        repository, plan, new ZoneOffsets().At(write.Time.GetUtcNow()), hostname, programVersion, write, _report, cancellationToken);
}
