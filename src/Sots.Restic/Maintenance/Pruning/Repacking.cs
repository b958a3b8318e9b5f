using Sots.Restic.Backends;
using Sots.Restic.Index;
using Sots.Restic.Packs;
using Sots.Restic.Writing;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>
/// Copies what is used of packs into new ones, several packs at a time. Every blob is verified on the way: what is damaged ends the prune
/// before anything is removed, unless another place gives it. Frames are sealed anew as they are: making them again would cost most of the
/// time and change nothing.
/// </summary>
/// <remarks>Memory: a request of 4 MiB, or a blob where that is longer, for each pack in hand, and the packs being written (<see cref="WriteSession"/>).</remarks>
internal sealed class Repacking(OpenRepository repository, PrunePlan plan, EntriesByPack entries, PruneOptions options, IMaintenanceEvents events)
{
    private long _copied;

    /// <summary>When this returns the copies are durable, and so is an index that names them.</summary>
    /// <exception cref="RepositoryException">A blob cannot be read, or storing failed. The repository is whole, with some left-overs.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        List<PlannedPack> packs = [.. plan.Packs.Where(pack => pack.Action == PackAction.Repack)];
        events.Step("repacking packs");
        events.Begin("packs repacked", packs.Count, packs.Sum(pack => pack.LengthBytes));

        // A session that knows of no blobs stores each one anew, wherever else it lies.
        IndexedRepository blank = new(repository, new MasterIndex(), []);
        WriteSession session = blank.BeginWrite(options.Write);
        await using (session.ConfigureAwait(false))
        {
            try
            {
                ParallelOptions parallel = new()
                {
                    // One more than can be at work, so that reading never waits for it; each has a pack in memory.
                    MaxDegreeOfParallelism = Environment.ProcessorCount + 1,
                    CancellationToken = cancellationToken,
                };
                await Parallel.ForEachAsync(packs, parallel, async (pack, token) =>
                {
                    await CopyAsync(session, pack.Id, token).ConfigureAwait(false);
                    events.Done(pack.LengthBytes);
                }).ConfigureAwait(false);
                await session.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                // What is done already counts for the next prune.
                await session.AbandonAsync().ConfigureAwait(false);
                throw;
            }
        }

        events.End();
        if (_copied != plan.Copies.Count)
        {
            throw new RepositoryException(
                RepositoryErrorKind.Damaged, $"{_copied} blobs were copied where {plan.Copies.Count} were planned. No pack was removed.",
                "Please report this; it is a mistake of the program.");
        }
    }

    private async ValueTask CopyAsync(WriteSession session, PackId pack, CancellationToken cancellationToken)
    {
        List<PackedBlob> wanted = Wanted(plan.Survey.Index.NumberOf(pack));
        await EnormousBlobs.ReadAsync(wanted, () => CopyAsync(session, pack, wanted, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private Task CopyAsync(WriteSession session, PackId pack, List<PackedBlob> wanted, CancellationToken cancellationToken) =>
        PackReader.ReadFramesAsync(
            repository,
            pack,
            wanted,
            async (blob, plaintext, frame, damage) =>
            {
                ReadOnlyMemory<byte> content = damage is null ? plaintext : await ReadElsewhereAsync(blob, damage, cancellationToken).ConfigureAwait(false);
                SavedBlob saved = await session.SaveFrameAsync(blob.Handle, content, frame, cancellationToken).ConfigureAwait(false);
                if (saved.IsNew && saved.Id == blob.Id)
                {
                    Interlocked.Increment(ref _copied);
                }
            },
            cancellationToken);

    private List<PackedBlob> Wanted(int pack)
    {
        List<PackedBlob> wanted = [];
        foreach (BlobType type in (ReadOnlySpan<BlobType>)[BlobType.Data, BlobType.Tree])
        {
            CompactBlobTable table = plan.Survey.Index.TableOf(type);
            EntryBits copied = plan.Copies.Of(type);
            foreach (int entry in entries.Of(type, pack))
            {
                if (copied[entry])
                {
                    wanted.Add(EntriesByPack.BlobAt(table, type, entry));
                }
            }
        }

        return wanted;
    }

    private async ValueTask<byte[]> ReadElsewhereAsync(PackedBlob blob, RepositoryException damage, CancellationToken cancellationToken)
    {
        try
        {
            byte[] content = await new IndexedRepository(repository, plan.Survey.Index, []).LoadBlobAsync(blob.Handle, cancellationToken).ConfigureAwait(false);
            events.Warning($"{damage.Message}; another reading or copy of it is intact and was taken");
            return content;
        }
        catch (RepositoryException e)
        {
            throw new RepositoryException(
                e.Kind, $"{damage.Message}. Snapshots need it, so no pack that is in use was removed.",
                "`check --read-data` says what is lost. Repair the packs it names (`repair packs`), then prune again.", e);
        }
    }
}
