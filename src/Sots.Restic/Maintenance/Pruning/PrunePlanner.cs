using Sots.Restic.Backends;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>Makes the plan of a prune. Reads only.</summary>
/// <remarks>
/// Memory beside the index (at most 64 bytes a blob): about two bytes a blob, 100 bytes a pack, and what walking trees takes
/// (<see cref="TreeWalk"/>).
/// </remarks>
internal sealed class PrunePlanner(OpenRepository repository, PruneOptions options, IPruneEvents events)
{
    /// <summary>Makes the plan.</summary>
    /// <exception cref="RepositoryException">What snapshots need cannot be known for certain, or is not all there.</exception>
    public async Task<PrunePlan> RunAsync(CancellationToken cancellationToken)
    {
        events.Step("loading all snapshots...");
        List<SavedSnapshot> snapshots = await LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
        IndexSurvey survey = await IndexSurvey.LoadAsync(repository, cancellationToken).ConfigureAwait(false);

        events.Step($"finding data that is still in use for {snapshots.Count} snapshots");
        UsedBlobs used = new(survey.Index);
        IndexedRepository indexed = new(repository, survey.Index, []);
        await new UsedBlobSearch(indexed, used).MarkAsync(snapshots, cancellationToken).ConfigureAwait(false);

        events.Step("searching used packs...");
        PruneStatistics sums = new();
        PackUse[] uses = UsageCount.Of(survey.Index, used, sums);

        events.Step("collecting packs for deletion and repacking");
        List<StoredFile> packs = await repository.Backend.ListAsync(FileType.Pack, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        PruneDecision decision = new(repository.Config.Version, options, survey.Index, uses, sums);
        IReadOnlyList<PlannedPack> planned = decision.Decide(packs);
        foreach (PlannedPack pack in planned.Where(pack => pack.Action == PackAction.Forget))
        {
            events.Warning($"{FileHandle.Of(pack.Id)} is not there and not needed; the index forgets it");
        }

        return new PrunePlan(sums, planned, survey, CopyList.Choose(survey.Index, used, decision.Actions));
    }

    private async Task<List<SavedSnapshot>> LoadSnapshotsAsync(CancellationToken cancellationToken)
    {
        SnapshotListing listing = await repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
        return listing.Damaged is [var damage, ..]
            ? throw new RepositoryException(
                damage.Kind, $"{damage.Message}. What this snapshot needs is unknown, so nothing was removed.",
                "Put the file back from a copy of the repository, or remove it by hand if the snapshot is lost anyway; then prune again.", damage)
            : [.. listing.Snapshots.Where(snapshot => !options.IgnoredSnapshots.Contains(snapshot.Id))];
    }
}
