using Sots.Restic.Backends;
using Sots.Restic.Index;
using Sots.Restic.Packs;
using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance;

/// <summary>
/// Reads every tree that snapshots lead to, each once, level by level: the trees of a level are read in the order they lie in their packs,
/// neighbours together, several packs at a time. What it means that a tree is there, missing or damaged is for those who derive.
/// </summary>
/// <remarks>
/// Memory: 37 to 43 bytes for every tree met, for the trees of two levels about 150 bytes and their names, and the trees being read, of
/// which one at a time may be enormous. Nothing recurses. The
/// methods that derived classes fill in are called from several threads at once.
/// </remarks>
/// <param name="repository">The repository.</param>
internal abstract class TreeWalk(IndexedRepository repository)
{
    /// <summary>Trees one worker takes at a time.</summary>
    private const int BatchLength = 256;

    private readonly CompactIdTable _met = new();
    private readonly Lock _gate = new();
    private List<MetTree> _next = [];

    private readonly record struct MetTree(TreeId Id, TreePlace Place);

    private readonly record struct FoundTree(BlobLocation Location, MetTree Tree);

    /// <summary>Follows the roots of snapshots.</summary>
    public async Task RunAsync(IEnumerable<SavedSnapshot> snapshots, CancellationToken cancellationToken)
    {
        foreach (SavedSnapshot snapshot in snapshots)
        {
            if (_met.Add(snapshot.Snapshot.Tree.Value, out _))
            {
                _next.Add(new MetTree(snapshot.Snapshot.Tree, new TreePlace(snapshot.Id)));
            }
        }

        for (int depth = 0; _next.Count > 0; depth++)
        {
            if (depth > Limits.TreeDepth)
            {
                TooDeep(_next[0].Id, _next[0].Place);
                return;
            }

            List<MetTree> level = _next;
            _next = [];
            await WalkLevelAsync(level, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The index has a tree.</summary>
    protected abstract void Found(TreeId tree, in BlobLocation location);

    /// <summary>No index file names a tree.</summary>
    protected abstract void Missing(TreeId tree, TreePlace place);

    /// <summary>Directories nest deeper than this program goes; nothing further is read.</summary>
    protected abstract void TooDeep(TreeId tree, TreePlace place);

    /// <summary>A tree was read.</summary>
    protected abstract void Read(TreeId tree, List<Node> nodes, TreePlace place);

    /// <summary>No place that a tree lies in gives it.</summary>
    protected abstract void Damaged(TreeId tree, RepositoryException damage, TreePlace place);

    /// <summary>A blob is as it was stored, but no tree. By default taken for a damaged one.</summary>
    protected virtual void Malformed(TreeId tree, RepositoryException damage, TreePlace place) => Damaged(tree, damage, place);

    /// <summary>A tree can be read, but something follows its end, which no program writes. Returns whether it is followed nevertheless; by default not.</summary>
    protected virtual bool Tolerates(TreeId tree, RepositoryException damage, TreePlace place) => false;

    /// <summary>One place did not give a tree, another one or another reading did.</summary>
    protected abstract void Recovered(TreeId tree, RepositoryException damage, TreePlace place);

    /// <summary>The storage does not hand out a pack with trees.</summary>
    protected abstract void Unreadable(PackId pack, RepositoryException failure);

    private async Task WalkLevelAsync(List<MetTree> level, CancellationToken cancellationToken)
    {
        List<FoundTree> found = new(level.Count);
        foreach (MetTree tree in level)
        {
            if (repository.Index.TryFind(new BlobHandle(tree.Id), out BlobLocation location))
            {
                Found(tree.Id, location);
                found.Add(new FoundTree(location, tree));
            }
            else
            {
                Missing(tree.Id, tree.Place);
            }
        }

        found.Sort(static (a, b) =>
        {
            int order = a.Location.Pack.CompareTo(b.Location.Pack);
            return order != 0 ? order : a.Location.Offset.CompareTo(b.Location.Offset);
        });
        ParallelOptions parallel = new()
        {
            MaxDegreeOfParallelism = Math.Max(Environment.ProcessorCount, repository.Repository.Backend.Connections),
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(Batches(found), parallel, ReadBatchAsync).ConfigureAwait(false);
    }

    /// <summary>Cuts a sorted list where the pack changes and where a batch is full.</summary>
    private static IEnumerable<List<FoundTree>> Batches(List<FoundTree> sorted)
    {
        for (int first = 0, next; first < sorted.Count; first = next)
        {
            next = first + 1;
            while (next < sorted.Count && next - first < BatchLength && sorted[next].Location.Pack == sorted[first].Location.Pack)
            {
                next++;
            }

            yield return sorted.GetRange(first, next - first);
        }
    }

    private async ValueTask ReadBatchAsync(List<FoundTree> batch, CancellationToken cancellationToken)
    {
        PackId pack = batch[0].Location.Pack;
        Dictionary<ContentId, TreePlace> places = new(batch.Count);
        List<PackedBlob> blobs = new(batch.Count);
        foreach ((BlobLocation at, MetTree tree) in batch)
        {
            places.Add(tree.Id.Value, tree.Place);
            blobs.Add(new PackedBlob(BlobType.Tree, tree.Id.Value, at.Offset, at.Length, at.UncompressedLength));
        }

        try
        {
            await EnormousBlobs.ReadAsync(
                blobs,
                () => PackReader.ReadBlobsAsync(
                    repository.Repository,
                    pack,
                    blobs,
                    (blob, json, damage) => damage is null
                        ? Follow(new TreeId(blob.Id), json.Span, places[blob.Id])
                        : ReadAgainAsync(new TreeId(blob.Id), damage, places[blob.Id], cancellationToken),
                    cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e)
        {
            Unreadable(pack, e);
        }
    }

    /// <summary>A damaged tree gets a second chance, at all places it lies in.</summary>
    private async ValueTask ReadAgainAsync(TreeId tree, RepositoryException damage, TreePlace place, CancellationToken cancellationToken)
    {
        byte[] json;
        try
        {
            json = await repository.LoadBlobAsync(new BlobHandle(tree), cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException)
        {
            Damaged(tree, damage, place);
            return;
        }

        Recovered(tree, damage, place);
        await Follow(tree, json, place).ConfigureAwait(false);
    }

    private static List<Node>? TryReadUntidy(TreeId tree, ReadOnlySpan<byte> json)
    {
        try
        {
            return TreeCodec.Read(json, $"tree {tree}", mayTrail: true);
        }
        catch (RepositoryException)
        {
            return null;
        }
    }

    private ValueTask Follow(TreeId tree, ReadOnlySpan<byte> json, TreePlace place)
    {
        List<Node> nodes;
        try
        {
            nodes = TreeCodec.Read(json, $"tree {tree}");
        }
        catch (RepositoryException e)
        {
            if (TryReadUntidy(tree, json) is not { } untidy || !Tolerates(tree, e, place))
            {
                Malformed(tree, e, place);
                return ValueTask.CompletedTask;
            }

            nodes = untidy;
        }

        Read(tree, nodes, place);
        lock (_gate)
        {
            foreach (Node node in nodes)
            {
                if (node.Type == NodeType.Directory && node.Subtree is { } subtree && !subtree.Value.IsZero && _met.Add(subtree.Value, out _))
                {
                    _next.Add(new MetTree(subtree, new TreePlace(place, node.Name)));
                }
            }
        }

        return ValueTask.CompletedTask;
    }
}
