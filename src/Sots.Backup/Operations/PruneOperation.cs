using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Maintenance.Pruning;

namespace Sots.Backup.Operations;

/// <summary>Removes what no snapshot needs, and tells of it in the words of an operation.</summary>
/// <param name="repository">The repository; the caller holds an exclusive lock, or only looks at the plan.</param>
/// <param name="options">How.</param>
/// <param name="counters">Packs repacked, while they are.</param>
/// <param name="events">Told what happens.</param>
public sealed class PruneOperation(OpenRepository repository, PruneOptions options, OperationCounters counters, IOperationEvents events)
{
    private readonly MaintenanceReport _report = new(counters, events, options.Write.Time);

    /// <summary>Makes the plan.</summary>
    /// <exception cref="RepositoryException">It cannot be known for certain what is needed.</exception>
    public Task<PrunePlan> PlanAsync(CancellationToken cancellationToken) => Pruner.PlanAsync(repository, options, _report, cancellationToken);

    /// <summary>Carries it out.</summary>
    /// <exception cref="RepositoryException">Something to be kept cannot be read or stored, or the lock was lost. All snapshots are whole.</exception>
    public Task<PruneResult> ExecuteAsync(PrunePlan plan, CancellationToken cancellationToken) =>
        Pruner.ExecuteAsync(repository, plan, options, _report, cancellationToken);
}
