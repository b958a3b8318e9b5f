using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Writing;

namespace Sots.Backup.Operations;

/// <summary>Saves what is intact of damaged packs and removes them, and tells of it in the words of an operation.</summary>
/// <param name="repository">The repository; the caller holds an exclusive lock, or only looks at the plan.</param>
/// <param name="write">How copies are stored, clock and lock.</param>
/// <param name="counters">Packs read and index files written, while they are.</param>
/// <param name="events">Told what happens.</param>
public sealed class RepairPacksOperation(OpenRepository repository, WriteOptions write, OperationCounters counters, IOperationEvents events)
{
    private readonly MaintenanceReport _report = new(counters, events, write.Time);

    /// <summary>Makes the plan.</summary>
    /// <param name="packs">Ids or their beginnings.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">InvalidRequest: a word fits no pack; or the index must be repaired first.</exception>
    public async Task<PackRepairPlan> PlanAsync(IReadOnlyList<string> packs, CancellationToken cancellationToken)
    {
        IReadOnlyList<PackId> found = await PackRepairer.FindAsync(repository, packs, cancellationToken).ConfigureAwait(false);
        return await PackRepairer.PlanAsync(repository, found, _report, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Carries it out.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="copies">Folder that copies of the damaged packs are put into, as they are; it exists.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">Reading, writing or removing failed, or the lock was lost. Nothing is gone that was not saved.</exception>
    /// <exception cref="Restoring.TargetException">A copy could not be written. Nothing was changed.</exception>
    public Task ExecuteAsync(PackRepairPlan plan, string copies, CancellationToken cancellationToken) =>
        PackRepairer.ExecuteAsync(repository, plan, new DamagedCopies(repository, copies, _report).KeepAsync, write, _report, cancellationToken);
}
