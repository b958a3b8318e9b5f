namespace Sots.Restic.Maintenance.Pruning;

/// <summary>What a prune did.</summary>
/// <param name="RemovedPacks">Packs removed.</param>
/// <param name="Failed">Packs that could not be removed: left-overs, which the next prune removes.</param>
public sealed record PruneResult(long RemovedPacks, IReadOnlyList<PackId> Failed);

/// <summary>
/// Removes what no snapshot needs: first a plan, then its execution. The caller holds an exclusive lock from before the plan until after
/// the execution; to look at a plan without carrying it out, none is needed.
/// </summary>
public static class Pruner
{
    /// <summary>Makes the plan. Reads only.</summary>
    /// <exception cref="RepositoryException">
    /// A snapshot, tree or index file cannot be read, or something that snapshots need is missing: nothing may be removed then.
    /// </exception>
    public static Task<PrunePlan> PlanAsync(OpenRepository repository, PruneOptions options, IMaintenanceEvents events, CancellationToken cancellationToken) =>
        new PrunePlanner(repository, options, events).RunAsync(cancellationToken);

    /// <summary>
    /// Carries a plan out. It may be interrupted at any moment: all snapshots stay whole, and the next prune finishes the work. On a full
    /// disk there may be no room for copies: then what nothing needs at all is removed without any, because that is what makes room.
    /// </summary>
    /// <exception cref="RepositoryException">A blob to be kept cannot be read, storing failed, the lock was lost.</exception>
    public static async Task<PruneResult> ExecuteAsync(
        OpenRepository repository, PrunePlan plan, PruneOptions options, IMaintenanceEvents events, CancellationToken cancellationToken)
    {
        PruneExecution execution = new(repository, plan, options, events);
        try
        {
            return await execution.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.StorageFull && !execution.HasReplaced && plan.PacksTo(PackAction.Repack).Any())
        {
            events.Warning($"{e.Message}; there is no room to repack, so only packs of which nothing is used are removed. Prune again when there is more room");
            PruneOptions sparing = options with { MaxRepackBytes = 0 };
            PrunePlan rest = await PlanAsync(repository, sparing, events, cancellationToken).ConfigureAwait(false);
            return await new PruneExecution(repository, rest, sparing, events).RunAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
