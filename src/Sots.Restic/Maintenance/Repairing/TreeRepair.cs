using System.Buffers;
using Sots.Restic.Index;
using Sots.Restic.Trees;
using Sots.Restic.Writing;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>
/// Follows trees from the leaves up and makes repaired ones of those that are damaged, or that hold damaged ones. Each tree is read once,
/// however many snapshots hold it. A tree that is whole keeps its bytes and its id. Nothing recurses.
/// </summary>
/// <remarks>
/// Memory: 43 bytes for each whole tree met, and for each repaired one its faults; while trees are read, the nodes of one path of
/// directories. One call at a time.
/// </remarks>
/// <param name="repository">The repository, with an index that has what is there and nothing else.</param>
/// <param name="session">Where new trees are stored; null to find out only which they would be.</param>
internal sealed class TreeRepair(IndexedRepository repository, WriteSession? session)
{
    private readonly CompactIdTable _whole = new();
    private readonly Dictionary<TreeId, RepairedTree> _repaired = [];
    private readonly NodeRepair _nodes = new(repository.Index);
    private readonly ArrayBufferWriter<byte> _json = new();

    /// <summary>A directory whose entries are being followed.</summary>
    private sealed class Frame(TreeId id, List<Node> nodes, List<NodeFault> faults)
    {
        public TreeId Id { get; } = id;

        public List<Node> Nodes { get; } = nodes;

        public List<NodeFault> Faults { get; } = faults;

        public List<(byte[] Name, RepairedTree Tree)> Below { get; } = [];

        public int Next { get; set; }
    }

    /// <summary>New trees that were needed so far.</summary>
    public HashSet<TreeId> NewTrees { get; } = [];

    /// <summary>Repairs a tree and everything below it. Returns null where all of it is whole.</summary>
    /// <exception cref="RepositoryException">The storage fails; directories are nested too deep; storing failed.</exception>
    public async Task<RepairedTree?> RunAsync(TreeId root, CancellationToken cancellationToken)
    {
        Stack<Frame> open = new();
        await EnterAsync(open, root, cancellationToken).ConfigureAwait(false);
        while (open.TryPeek(out Frame? frame))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (frame.Next == frame.Nodes.Count)
            {
                open.Pop();
                await LeaveAsync(frame, cancellationToken).ConfigureAwait(false);
                continue;
            }

            Node node = frame.Nodes[frame.Next];
            if (node.Type == NodeType.Directory && !await FollowAsync(open, frame, node, cancellationToken).ConfigureAwait(false))
            {
                // It was entered; when it is known what becomes of it this node comes again.
                continue;
            }

            frame.Next++;
        }

        return _repaired.GetValueOrDefault(root);
    }

    /// <summary>Gives a directory its repaired tree. Returns false where it has to be entered first.</summary>
    private async ValueTask<bool> FollowAsync(Stack<Frame> open, Frame frame, Node node, CancellationToken cancellationToken)
    {
        if (node.Subtree is { } subtree && !subtree.Value.IsZero)
        {
            if (_whole.Find(subtree.Value) >= 0)
            {
                return true;
            }

            if (!_repaired.TryGetValue(subtree, out RepairedTree? repaired))
            {
                await EnterAsync(open, subtree, cancellationToken).ConfigureAwait(false);
                return false;
            }

            if (repaired.Id is { } id)
            {
                node.Subtree = id;
                frame.Below.Add((node.Name, repaired));
                return true;
            }
        }

        frame.Faults.Add(new NodeFault(node.Name, NodeFaultKind.UnreadableDirectory, "replaced with empty directory", 0));
        node.Subtree = await SaveAsync([], cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async ValueTask EnterAsync(Stack<Frame> open, TreeId tree, CancellationToken cancellationToken)
    {
        if (_whole.Find(tree.Value) >= 0 || _repaired.ContainsKey(tree))
        {
            return;
        }

        if (open.Count > Limits.TreeDepth)
        {
            throw new RepositoryException(RepositoryErrorKind.LimitExceeded, $"tree {tree} lies more than {Limits.TreeDepth} directories deep. Nothing was changed.");
        }

        List<NodeFault> faults = [];
        if (await FindNodesAsync(tree, faults, cancellationToken).ConfigureAwait(false) is { } nodes)
        {
            open.Push(new Frame(tree, _nodes.Repair(nodes, faults), faults));
        }
        else
        {
            _repaired.Add(tree, new RepairedTree(null, [new NodeFault([], NodeFaultKind.UnreadableDirectory, "not readable", 0)], []));
        }
    }

    private async ValueTask LeaveAsync(Frame frame, CancellationToken cancellationToken)
    {
        if (frame.Faults.Count == 0 && frame.Below.Count == 0)
        {
            _whole.Add(frame.Id.Value, out _);
            return;
        }

        TreeId id = await SaveAsync(frame.Nodes, cancellationToken).ConfigureAwait(false);
        _repaired.Add(frame.Id, new RepairedTree(id, frame.Faults, frame.Below));
    }

    /// <summary>The nodes of a tree, or null where it is lost: that is said only after a second reading.</summary>
    private async ValueTask<List<Node>?> FindNodesAsync(TreeId tree, List<NodeFault> faults, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                return ReadNodes(await repository.LoadBlobAsync(new BlobHandle(tree), cancellationToken).ConfigureAwait(false), tree, faults);
            }
            catch (RepositoryException e) when (e.Kind is RepositoryErrorKind.Damaged or RepositoryErrorKind.Missing)
            {
                // Read again, or given up.
            }
        }

        return null;
    }

    /// <summary>The bytes are those that were written; if they are no tree, a program wrote it wrongly, and most of it may be readable.</summary>
    private static List<Node>? ReadNodes(byte[] json, TreeId tree, List<NodeFault> faults)
    {
        try
        {
            return TreeCodec.Read(json, $"tree {tree}");
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Damaged)
        {
            List<Node>? nodes = TreeCodec.Salvage(json, out int lost);
            if (nodes is not null)
            {
                faults.Add(lost == 0
                    ? new NodeFault([], NodeFaultKind.Name, "its form was put right", 0)
                    : new NodeFault([], NodeFaultKind.UnreadableEntries, $"removed {lost} entries that cannot be read", 0));
            }

            return nodes;
        }
    }

    private async ValueTask<TreeId> SaveAsync(List<Node> nodes, CancellationToken cancellationToken)
    {
        _json.ResetWrittenCount();
        TreeCodec.Write(nodes, _json);
        TreeId id = session is null
            ? new TreeId(ContentId.Of(_json.WrittenSpan))
            : new TreeId((await session.SaveBlobAsync(BlobType.Tree, _json.WrittenMemory, cancellationToken).ConfigureAwait(false)).Id);
        NewTrees.Add(id);
        return id;
    }
}
