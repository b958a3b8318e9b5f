using Sots.Restic.Backends;
using Sots.Restic.Index;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Packs;
using Sots.Restic.Writing;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>Carries out the repair of packs, in the order of docs/CRASH-SAFETY.md.</summary>
internal sealed class PackRepairExecution(
    OpenRepository repository, PackRepairPlan plan, Func<PackId, CancellationToken, ValueTask> keepCopy, WriteOptions write, IMaintenanceEvents events)
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
        foreach (PackRepair pack in _packs.Where(pack => pack.LengthBytes is not null))
        {
            await keepCopy(pack.Pack, cancellationToken).ConfigureAwait(false);
        }

        events.Step("salvaging intact data from specified pack files");
        await SalvageAsync(cancellationToken).ConfigureAwait(false);
        await ReadAgainAsync(cancellationToken).ConfigureAwait(false);

        // The index is read anew: it names the new packs as well.
        IndexSurvey survey = await IndexSurvey.LoadAsync(repository, cancellationToken).ConfigureAwait(false);
        IndexReplacement replacement = new(
            survey, new EntriesByPack(survey.Index), [], new Dictionary<PackId, List<PackedBlob>>(), [.. _packs.Select(pack => pack.Pack)]);
        await replacement.RunAsync(repository, write.EnsureLocked, events, cancellationToken).ConfigureAwait(false);

        events.Step("removing salvaged pack files");
        foreach (PackRepair pack in _packs.Where(pack => pack.LengthBytes is not null))
        {
            await write.EnsureLocked(cancellationToken).ConfigureAwait(false);
            await repository.Backend.RemoveIfThereAsync(FileHandle.Of(pack.Pack), cancellationToken).ConfigureAwait(false);
            events.Removed(FileHandle.Of(pack.Pack).ToString());
        }
    }

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
