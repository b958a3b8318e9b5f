using Sots.Restic.Backends;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>
/// Carries out a plan: unreferenced packs are removed; copies are made durable, then an index that names them, then the index without the
/// packs that go; the old index files are removed, and last the packs. Nothing is removed before what replaces it is durable. Source:
/// docs/CRASH-SAFETY.md.
/// </summary>
internal sealed class PruneExecution(OpenRepository repository, PrunePlan plan, PruneOptions options, IMaintenanceEvents events)
{
    /// <summary>Whether everything new is durable and what is old is being removed.</summary>
    public bool HasReplaced { get; private set; }

    /// <summary>Runs it; the exclusive lock is the one the plan was made under.</summary>
    public async Task<PruneResult> RunAsync(CancellationToken cancellationToken)
    {
        await RemoveUnfinishedAsync(cancellationToken).ConfigureAwait(false);
        List<PackId> failed = [];
        List<PackId> unreferenced = [.. plan.PacksTo(PackAction.RemoveUnreferenced)];
        if (unreferenced.Count > 0)
        {
            events.Step("deleting unreferenced packs");
            await RemoveAsync(unreferenced, failed, cancellationToken).ConfigureAwait(false);
        }

        List<PackId> old = [.. plan.Packs.Where(pack => pack.Action is PackAction.Remove or PackAction.Repack).Select(pack => pack.Id)];
        if (plan.RewritesIndex)
        {
            EntriesByPack entries = new(plan.Survey.Index);
            if (plan.PacksTo(PackAction.Repack).Any())
            {
                await new Repacking(repository, plan, entries, options, events).RunAsync(cancellationToken).ConfigureAwait(false);
            }

            IndexRewrite rewrite = new(repository, plan, entries, options, events);
            await rewrite.WriteNewAsync(cancellationToken).ConfigureAwait(false);
            HasReplaced = true;
            await rewrite.RemoveOldAsync(cancellationToken).ConfigureAwait(false);
        }

        if (old.Count > 0)
        {
            events.Step($"removing {old.Count} old packs");
            await RemoveAsync(old, failed, cancellationToken).ConfigureAwait(false);
        }

        return new PruneResult(unreferenced.Count + old.Count - failed.Count, failed);
    }

    /// <summary>Nobody else is at work, so nobody is writing these.</summary>
    private async Task RemoveUnfinishedAsync(CancellationToken cancellationToken)
    {
        if (plan.Unfinished.Count > 0)
        {
            events.Step($"removing {plan.Unfinished.Count} unfinished files of interrupted runs");
        }

        foreach (UnfinishedFile file in plan.Unfinished)
        {
            await options.Write.EnsureLocked(cancellationToken).ConfigureAwait(false);
            try
            {
                await repository.Backend.RemoveUnfinishedAsync(file, cancellationToken).ConfigureAwait(false);
                events.Removed(file.Name);
            }
            catch (RepositoryException e)
            {
                events.Warning($"unable to remove {file.Name} from the repository: {e.Message}{(e.Advice is null ? "" : ". " + e.Advice)}");
            }
        }
    }

    /// <summary>Removes packs that no index names, several at a time. One that stays is a left-over that the next prune removes.</summary>
    private async Task RemoveAsync(List<PackId> packs, List<PackId> failed, CancellationToken cancellationToken)
    {
        events.Begin("files deleted", packs.Count, 0);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = repository.Backend.Connections, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(packs, parallel, async (pack, token) =>
        {
            await options.Write.EnsureLocked(token).ConfigureAwait(false);
            try
            {
                await repository.Backend.RemoveIfThereAsync(FileHandle.Of(pack), token).ConfigureAwait(false);
                events.Removed(FileHandle.Of(pack).ToString());
            }
            catch (RepositoryException e)
            {
                events.Warning($"unable to remove {FileHandle.Of(pack)} from the repository: {e.Message}");
                lock (failed)
                {
                    failed.Add(pack);
                }
            }

            events.Done(0);
        }).ConfigureAwait(false);
        events.End();
    }
}
