using System.Runtime.InteropServices;
using Sots.Restic.Index;
using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance.Consequences;

/// <summary>
/// Marks every tree that damage reaches: those that are lost, those with a lost file in them, and all trees above. Each tree is read once.
/// Memory: that of <see cref="TreeWalk"/>, and 52 to 60 bytes for each tree and 8 for each directory in it.
/// </summary>
internal sealed class DamageSpread(IndexedRepository repository, LostContent lost, NodeDamage nodes) : TreeWalk(repository)
{
    private readonly MasterIndex _index = repository.Index;
    private readonly Lock _gate = new();
    private readonly CompactIdTable _trees = new();
    private readonly List<(int Child, int Parent)> _edges = [];
    private readonly HashSet<int> _hit = [];

    /// <summary>Whether damage reaches a tree.</summary>
    public bool Reaches(TreeId tree) => _trees.Find(tree.Value) is >= 0 and int number && _hit.Contains(number);

    /// <summary>Follows the snapshots and marks.</summary>
    public async Task MarkAsync(IEnumerable<SavedSnapshot> snapshots, CancellationToken cancellationToken)
    {
        await RunAsync(snapshots, cancellationToken).ConfigureAwait(false);
        Span<(int Child, int Parent)> edges = CollectionsMarshal.AsSpan(_edges);
        edges.Sort();
        Stack<int> open = new(_hit);
        while (open.TryPop(out int child))
        {
            for (int at = FirstOf(edges, child); at < edges.Length && edges[at].Child == child; at++)
            {
                if (_hit.Add(edges[at].Parent))
                {
                    open.Push(edges[at].Parent);
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void Found(TreeId tree, in BlobLocation location)
    {
        if (lost.Blame(tree, _index) is not null)
        {
            Hit(tree);
        }
    }

    /// <inheritdoc/>
    protected override void Read(TreeId tree, List<Node> read, TreePlace place)
    {
        bool hit = false;
        nodes.Run(tree, read, (_, _) => hit = true);
        lock (_gate)
        {
            int number = NumberOf(tree);
            if (hit)
            {
                _hit.Add(number);
            }

            foreach (Node node in read)
            {
                if (node is { Type: NodeType.Directory, Subtree: { } subtree } && !subtree.Value.IsZero)
                {
                    _edges.Add((NumberOf(subtree), number));
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void Missing(TreeId tree, TreePlace place) => Hit(tree);

    /// <inheritdoc/>
    protected override void TooDeep(TreeId tree, TreePlace place) => Hit(tree);

    /// <inheritdoc/>
    protected override void Damaged(TreeId tree, RepositoryException damage, TreePlace place) => Hit(tree);

    /// <inheritdoc/>
    protected override bool Tolerates(TreeId tree, RepositoryException damage, TreePlace place) => true;

    /// <inheritdoc/>
    protected override void Recovered(TreeId tree, RepositoryException damage, TreePlace place)
    {
        // Read is called as well.
    }

    /// <inheritdoc/>
    protected override void Unreadable(PackId pack, RepositoryException failure)
    {
        // Its trees were lost before this walk, or the storage fails only now, and then nothing more can be said of them.
    }

    private static int FirstOf(ReadOnlySpan<(int Child, int Parent)> edges, int child)
    {
        int at = edges.BinarySearch((child, -1));
        return at >= 0 ? at : ~at;
    }

    private void Hit(TreeId tree)
    {
        lock (_gate)
        {
            _hit.Add(NumberOf(tree));
        }
    }

    private int NumberOf(TreeId tree)
    {
        _trees.Add(tree.Value, out int number);
        return number;
    }
}
