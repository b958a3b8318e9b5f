using Sots.Restic.Backends;
using Sots.Restic.Writing;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>
/// Saves what is intact of damaged packs and removes them: first a plan, then its execution. The caller holds an exclusive lock from before
/// the plan until after the execution; to look at a plan without carrying it out, none is needed.
/// </summary>
public static class PackRepairer
{
    /// <summary>Finds packs by what a person types: ids or their beginnings.</summary>
    /// <exception cref="RepositoryException">InvalidRequest: a word fits no pack, or several; or the listing failed.</exception>
    public static async Task<IReadOnlyList<PackId>> FindAsync(OpenRepository repository, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        SortedSet<PackId> known = [];
        await foreach (StoredFile file in repository.Backend.ListAsync(FileType.Pack, cancellationToken).ConfigureAwait(false))
        {
            known.Add(new PackId(file.Name));
        }

        known.UnionWith((await repository.LoadIndexAsync(cancellationToken).ConfigureAwait(false)).Index.Packs);
        List<PackId> found = [];
        foreach (string word in words)
        {
            List<PackId> matches = [.. known.Where(pack => word.Length > 0 && pack.ToString().StartsWith(word, StringComparison.OrdinalIgnoreCase))];
            found.Add(matches switch
            {
                [var one] => one,
                [] => throw new RepositoryException(
                    RepositoryErrorKind.InvalidRequest, $"no pack has an id that begins with \"{word}\"", "`check --read-data` names the packs that are damaged."),
                _ => throw new RepositoryException(
                    RepositoryErrorKind.InvalidRequest, $"{matches.Count} packs have an id that begins with \"{word}\"", "Write more of it."),
            });
        }

        return [.. found.Distinct()];
    }

    /// <summary>Makes the plan. Reads only.</summary>
    /// <exception cref="RepositoryException">An index file cannot be read: it must be repaired first; or the storage fails.</exception>
    public static Task<PackRepairPlan> PlanAsync(
        OpenRepository repository, IReadOnlyList<PackId> packs, IMaintenanceEvents events, CancellationToken cancellationToken) =>
        new PackRepairPlanner(repository, packs, events).RunAsync(cancellationToken);

    /// <summary>
    /// Carries a plan out: intact blobs are stored in new packs and read again, then the index forgets the damaged packs, and only then
    /// they are removed. It may be interrupted at any moment; run again it goes on.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="keepCopy">
    /// Keeps a copy of a damaged pack outside of the repository; called before anything is changed, may throw. Returns the hash of the copy, or
    /// null where it has holes: then the index forgets the pack, but it is not removed.
    /// </param>
    /// <param name="write">How copies are stored.</param>
    /// <param name="events">Told what happens.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">
    /// Reading, writing or removing failed, or the lock was lost; or Storage: a pack reads better than it did for the plan, which must be made anew.
    /// </exception>
    public static Task ExecuteAsync(
        OpenRepository repository, PackRepairPlan plan, Func<PackId, CancellationToken, ValueTask<ContentId?>> keepCopy, WriteOptions write, IMaintenanceEvents events,
        CancellationToken cancellationToken) =>
        new PackRepairExecution(repository, plan, keepCopy, write, events).RunAsync(cancellationToken);
}
