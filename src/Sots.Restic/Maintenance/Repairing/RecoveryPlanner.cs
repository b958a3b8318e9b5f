using Sots.Restic.Index;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Packs;
using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>Reads every tree there is and finds those that nothing refers to. Reads only.</summary>
/// <remarks>Memory: the index (at most 64 bytes a blob), two bits a tree, and the trees of one request for each pack in hand, of which one
/// at a time may be enormous.</remarks>
internal sealed class RecoveryPlanner(OpenRepository repository, IMaintenanceEvents events)
{
    private const int NamesKept = 5;
    private const int NameDigits = 8;

    private readonly List<RepositoryException> _unreadable = [];
    private readonly Lock _gate = new();

    /// <summary>Makes the plan.</summary>
    /// <exception cref="RepositoryException">A listing failed, or the storage denies a file.</exception>
    public async Task<RecoveryPlan> RunAsync(CancellationToken cancellationToken)
    {
        events.Step("ensuring index is complete");
        IndexRepairPlan plan = await IndexRepairer.PlanAsync(repository, readAllPacks: false, events, cancellationToken).ConfigureAwait(false);
        IndexedRepository there = new(repository, plan.Result(), []);
        CompactBlobTable trees = there.Index.TableOf(BlobType.Tree);
        EntryBits referred = new(trees.Count);
        EntryBits read = new(trees.Count);
        events.Step("load snapshots");
        SnapshotListing listing = await repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
        if (listing.Damaged.FirstOrDefault(damage => damage.Kind == RepositoryErrorKind.Storage) is { } failure)
        {
            throw new RepositoryException(
                failure.Kind, $"{failure.Message}. What this snapshot holds must not be taken for lost, so nothing was changed.", "Try again when the storage works.", failure);
        }

        _unreadable.AddRange(listing.Damaged);
        listing.Snapshots.Select(saved => saved.Snapshot.Tree).ToList().ForEach(tree => Refer(trees, referred, tree));
        await ReadTreesAsync(there, referred, read, cancellationToken).ConfigureAwait(false);

        List<TreeId> roots = [];
        for (int entry = 0; entry < trees.Count; entry++)
        {
            // Of a tree that lies in several packs the first entry stands for all.
            if (read[entry] && !referred[entry] && trees.Find(trees[entry].Id) == entry)
            {
                roots.Add(new TreeId(trees[entry].Id));
            }
        }

        return new RecoveryPlan(plan, trees.Count, await DescribeAsync(there, roots, cancellationToken).ConfigureAwait(false), _unreadable);
    }

    private async Task ReadTreesAsync(IndexedRepository there, EntryBits referred, EntryBits read, CancellationToken cancellationToken)
    {
        CompactBlobTable trees = there.Index.TableOf(BlobType.Tree);
        EntriesByPack entries = new(there.Index);
        int[] packs = [.. Enumerable.Range(0, there.Index.PackCount).Where(pack => entries.Of(BlobType.Tree, pack).Length > 0)];
        events.Step($"load {trees.Count} trees");
        events.Begin("packs with trees read", packs.Length, 0);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Math.Max(repository.Backend.Connections, Environment.ProcessorCount), CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(packs, parallel, async (pack, token) =>
        {
            List<PackedBlob> blobs = [];
            foreach (int entry in entries.Of(BlobType.Tree, pack))
            {
                blobs.Add(EntriesByPack.BlobAt(trees, BlobType.Tree, entry));
            }

            await EnormousBlobs.ReadAsync(
                blobs,
                () => PackReader.ReadBlobsAsync(repository, there.Index.PackOf(pack), blobs, (blob, json, damage) => TakeAsync(blob, json, damage), token),
                token).ConfigureAwait(false);
            events.Done(0);
        }).ConfigureAwait(false);
        events.End();

        async ValueTask TakeAsync(PackedBlob blob, ReadOnlyMemory<byte> json, RepositoryException? damage)
        {
            try
            {
                if (damage is not null)
                {
                    // Another reading or copy may be intact.
                    json = await there.LoadBlobAsync(blob.Handle, cancellationToken).ConfigureAwait(false);
                }

                List<Node> nodes = TreeCodec.Read(json.Span, $"tree {blob.Id}");
                if (!referred[trees.Find(blob.Id)] && IsOfRecovery(nodes))
                {
                    return;
                }

                foreach (Node node in nodes)
                {
                    if (node.Type == NodeType.Directory && node.Subtree is { } subtree)
                    {
                        Refer(trees, referred, subtree);
                    }
                }

                read.Set(trees.Find(blob.Id));
            }
            catch (RepositoryException e) when (e.Kind is not RepositoryErrorKind.PermissionDenied)
            {
                lock (_gate)
                {
                    _unreadable.Add(e);
                }
            }
        }
    }

    /// <summary>The root of a recovery that was interrupted before its snapshot, or whose snapshot is gone: what it holds is found anew.</summary>
    private static bool IsOfRecovery(List<Node> nodes) => nodes.Count > 0 && nodes.TrueForAll(static node =>
        node is { Type: NodeType.Directory, Subtree: { } subtree, Name.Length: >= NameDigits }
        && subtree.ToString().StartsWith(System.Text.Encoding.ASCII.GetString(node.Name), StringComparison.Ordinal));

    private static void Refer(CompactBlobTable trees, EntryBits referred, TreeId tree)
    {
        int entry = trees.Find(tree.Value);
        if (entry >= 0)
        {
            referred.Set(entry);
        }
    }

    /// <summary>A folder is called by the first digits of its tree, as restic does; where two begin alike, by more of them.</summary>
    private static async Task<IReadOnlyList<RecoveredRoot>> DescribeAsync(IndexedRepository there, List<TreeId> roots, CancellationToken cancellationToken)
    {
        SortedDictionary<string, RecoveredRoot> named = new(StringComparer.Ordinal);
        foreach (TreeId root in roots.Order())
        {
            List<Node> nodes = await there.LoadTreeAsync(root, cancellationToken).ConfigureAwait(false);
            string id = root.ToString();
            int digits = NameDigits;
            while (named.ContainsKey(id[..digits]))
            {
                digits++;
            }

            named.Add(id[..digits], new RecoveredRoot(root, id[..digits], nodes.Count, [.. nodes.Take(NamesKept).Select(node => NameQuoting.QuoteToString(node.Name))]));
        }

        return [.. named.Values];
    }
}
