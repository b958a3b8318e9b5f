using Sots.Restic.Backends;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>Makes the plan of a prune. Reads only.</summary>
/// <remarks>
/// Memory beside the index (at most 64 bytes a blob): about two bytes a blob, 100 bytes a pack, and what walking trees takes
/// (<see cref="TreeWalk"/>).
/// </remarks>
internal sealed class PrunePlanner(OpenRepository repository, PruneOptions options, IMaintenanceEvents events)
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
        events.Begin("snapshots", snapshots.Count, 0);
        await new UsedBlobSearch(indexed, used).MarkAsync(snapshots, cancellationToken).ConfigureAwait(false);
        End(snapshots.Count);

        events.Step("searching used packs...");
        PruneStatistics sums = new();
        PackUse[] uses = UsageCount.Of(survey.Index, used, sums);

        events.Step("collecting packs for deletion and repacking");
        List<StoredFile> packs = await repository.Backend.ListAsync(FileType.Pack, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        PruneDecision decision = new(repository.Config.Version, options, survey.Index, uses, sums);
        events.Begin("packs processed", packs.Count, 0);
        IReadOnlyList<PlannedPack> planned = decision.Decide(packs);
        End(packs.Count);
        foreach (PlannedPack pack in planned)
        {
            if (pack.Action == PackAction.Forget)
            {
                events.Warning($"{FileHandle.Of(pack.Id)} is not there and not needed; the index forgets it");
            }
            else if (pack.Action == PackAction.RemoveUnreferenced)
            {
                events.Detail($"will remove pack {pack.Id.Value.ToShortString()} as it is unused and not indexed");
            }
        }

        List<UnfinishedFile> unfinished = await repository.Backend.ListUnfinishedAsync(cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        foreach (UnfinishedFile file in unfinished)
        {
            events.Detail($"will remove {file.Name} ({file.Length} bytes), which an interrupted run began to store");
        }

        return new PrunePlan(sums, planned, unfinished, survey, CopyList.Choose(survey.Index, used, decision.Actions));
    }

    /// <summary>Ends counted work that is done as a whole.</summary>
    private void End(int count)
    {
        for (int i = 0; i < count; i++)
        {
            events.Done(0);
        }

        events.End();
    }

    private async Task<List<SavedSnapshot>> LoadSnapshotsAsync(CancellationToken cancellationToken)
    {
        SnapshotListing listing = await repository.LoadSnapshotsAnewAsync(cancellationToken).ConfigureAwait(false);
        await EnsureAllLoadedAsync(listing, cancellationToken).ConfigureAwait(false);
        return listing.Damaged is [var damage, ..]
            ? throw new RepositoryException(
                damage.Kind, $"{damage.Message}. What this snapshot needs is unknown, so nothing was removed.",
                "Put the file back from a copy of the repository, or remove it by hand if the snapshot is lost anyway; then prune again.", damage)
            : [.. listing.Snapshots.Where(snapshot => !options.IgnoredSnapshots.Contains(snapshot.Id))];
    }

    /// <summary>Nobody else is at work, so what is listed now must have been loaded: a snapshot that is overlooked is a snapshot that is lost.</summary>
    private async Task EnsureAllLoadedAsync(SnapshotListing listing, CancellationToken cancellationToken)
    {
        HashSet<ContentId> loaded = [.. listing.Snapshots.Select(static snapshot => snapshot.Id.Value)];
        await foreach (StoredFile file in repository.Backend.ListAsync(FileType.Snapshot, cancellationToken).ConfigureAwait(false))
        {
            if (!loaded.Contains(file.Name) && listing.Damaged.Count == 0)
            {
                throw new RepositoryException(
                    RepositoryErrorKind.Storage, $"{new FileHandle(FileType.Snapshot, file.Name)} is listed, but was not when the snapshots were loaded. Nothing was removed.",
                    "Prune again. If this stays, the drive or the network behind it falters.");
            }
        }
    }
}
