using Sots.Restic.Backends;
using Sots.Restic.Index;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Packs;
using Sots.Restic.Writing;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>Carries out the repair of packs, in the order of docs/CRASH-SAFETY.md.</summary>
internal sealed class PackRepairExecution(
    OpenRepository repository, PackRepairPlan plan, Func<PackId, CancellationToken, ValueTask<ContentId?>> keepCopy, WriteOptions write, IMaintenanceEvents events)
{
    private readonly List<PackRepair> _packs = [.. plan.Packs.Where(pack => !pack.IsWhole)];

    /// <summary>Runs it; the exclusive lock is the one the plan was made under.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_packs.Count == 0)
        {
            return;
        }

        events.Step("saving backup copies of pack files");
        HashSet<PackId> copied = [];
        foreach (PackRepair pack in _packs.Where(pack => pack.LengthBytes is not null))
        {
            ContentId? copy = await keepCopy(pack.Pack, cancellationToken).ConfigureAwait(false);
            if (copy == pack.Pack.Value && pack.Hash != copy)
            {
                throw ReadsBetter(pack.Pack);
            }

            if (copy is not null)
            {
                copied.Add(pack.Pack);
            }
        }

        events.Step("salvaging intact data from specified pack files");
        await SalvageAsync(cancellationToken).ConfigureAwait(false);
        await ReadAgainAsync(cancellationToken).ConfigureAwait(false);

        // The index is read anew: it names the new packs as well.
        IndexSurvey survey = await IndexSurvey.LoadAsync(repository, cancellationToken).ConfigureAwait(false);
        EntriesByPack entries = new(survey.Index);
        await LookAgainAsync(survey, entries, cancellationToken).ConfigureAwait(false);
        IndexReplacement replacement = new(
            survey, entries, [], new Dictionary<PackId, List<PackedBlob>>(), [.. _packs.Select(pack => pack.Pack)]);
        await replacement.RunAsync(repository, write.EnsureLocked, events, cancellationToken).ConfigureAwait(false);

        events.Step("removing salvaged pack files");
        foreach (PackRepair pack in _packs.Where(pack => pack.LengthBytes is not null))
        {
            if (!copied.Contains(pack.Pack))
            {
                events.Warning(
                    $"{FileHandle.Of(pack.Pack)} stays where it is, and no index names it any more: not all of it can be read, so that its copy has holes. "
                    + "If the drive reads it another day, `repair index` and then `repair packs` save the rest; a prune removes it.");
                continue;
            }

            await write.EnsureLocked(cancellationToken).ConfigureAwait(false);
            await repository.Backend.RemoveIfThereAsync(FileHandle.Of(pack.Pack), cancellationToken).ConfigureAwait(false);
            events.Removed(FileHandle.Of(pack.Pack).ToString());
        }
    }

    /// <summary>
    /// A storage that only faltered when the plan was made would lose what it hands out now: once more, as late as can be, every pack is read
    /// that the index is to forget.
    /// </summary>
    private async Task LookAgainAsync(IndexSurvey survey, EntriesByPack entries, CancellationToken cancellationToken)
    {
        PackRepairPlanner planner = new(repository, [], events);
        foreach (PackRepair pack in _packs)
        {
            int number = survey.Index.NumberOf(pack.Pack);
            PackRepair now = await planner.LookAsync(pack.Pack, number < 0 ? [] : entries.BlobsOf(number), cancellationToken).ConfigureAwait(false);
            if (now.IsWhole || now.Intact.Select(static blob => blob.Handle).Except(pack.Intact.Select(static blob => blob.Handle)).Any())
            {
                throw ReadsBetter(pack.Pack);
            }
        }
    }

    private static RepositoryException ReadsBetter(PackId pack) => new(
        RepositoryErrorKind.Storage, $"{FileHandle.Of(pack)} reads better now than it did for the plan. No pack was removed.",
        "Run the repair again, for a new plan. The drive or its connection falters: if this comes again, copy the repository to another drive first.");

    /// <summary>When this returns the copies are stored, and so is an index that names them.</summary>
    private async Task SalvageAsync(CancellationToken cancellationToken)
    {
        if (plan.Saved.Count == 0)
        {
            return;
        }

        // A session that knows of no blobs stores each one anew, wherever else it lies.
        WriteSession session = new IndexedRepository(repository, new MasterIndex(), []).BeginWrite(write);
        await using (session.ConfigureAwait(false))
        {
            try
            {
                HashSet<BlobHandle> open = [.. plan.Saved];

                // A second time for what a bad cable may have garbled.
                foreach (PackRepair pack in _packs.Concat(_packs))
                {
                    await PackReader.ReadBlobsAsync(
                        repository,
                        pack.Pack,
                        [.. pack.Intact.Where(blob => open.Contains(blob.Handle))],
                        async (blob, plaintext, damage) =>
                        {
                            if (damage is null)
                            {
                                await session.SaveBlobAsync(blob.Type, plaintext, cancellationToken).ConfigureAwait(false);
                                open.Remove(blob.Handle);
                            }
                        },
                        cancellationToken).ConfigureAwait(false);
                }

                if (open.Count > 0)
                {
                    throw new RepositoryException(
                        RepositoryErrorKind.Damaged, $"{open.Count} blobs that could be read a moment ago cannot be read now. No pack was removed.",
                        "Storage, network or memory of this machine are not reliable. Copy the repository to another drive before you go on.");
                }

                await session.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await session.AbandonAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Old packs go only after every copy was read again from where it is stored now.</summary>
    private async Task ReadAgainAsync(CancellationToken cancellationToken)
    {
        if (plan.Saved.Count == 0)
        {
            return;
        }

        HashSet<PackId> going = [.. _packs.Select(pack => pack.Pack)];
        IndexSurvey survey = await IndexSurvey.LoadAsync(repository, cancellationToken).ConfigureAwait(false);
        IndexedRepository stored = new(repository, survey.Index.Where((pack, _) => !going.Contains(pack)), []);
        foreach (BlobHandle blob in plan.Saved)
        {
            await stored.LoadBlobAsync(blob, cancellationToken).ConfigureAwait(false);
        }
    }
}
