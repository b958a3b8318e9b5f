using System.Buffers;
using Sots.Restic.Index;
using Sots.Restic.Trees;
using Sots.Restic.Writing;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>
/// Follows trees from the leaves up and makes repaired ones of those that are damaged, or that hold damaged ones. Each tree is read once,
/// however many snapshots hold it, and once more where it gets a repaired one. A tree that is whole keeps its bytes and its id. Nothing recurses.
/// </summary>
/// <remarks>
/// Memory: 43 bytes for each whole tree met, and for each repaired one its faults; while trees are read, the nodes of one of them, and 32 bytes
/// for each directory that waits along one path. One call at a time.
/// </remarks>
/// <param name="repository">The repository, with an index that has what is there and nothing else.</param>
/// <param name="session">Where new trees are stored; null to find out only which they would be.</param>
internal sealed class TreeRepair(IndexedRepository repository, WriteSession? session)
{
    private const string OthersCan = "`repair snapshots` with the ids of the other snapshots repairs those. Such a tree is no project: forget the snapshot that holds it.";

    private readonly CompactIdTable _whole = new();
    private readonly Dictionary<TreeId, RepairedTree> _repaired = [];
    private readonly NodeRepair _nodes = new(repository.Index);
    private readonly ArrayBufferWriter<byte> _json = new();
    private int _waiting;

    /// <summary>A directory whose entries are being followed. Not its nodes: those of one path may be more than the memory holds.</summary>
    private sealed class Frame(TreeId id, bool changes, TreeId[] below)
    {
        public TreeId Id { get; } = id;

        /// <summary>Something of it changes, whatever becomes of those that wait.</summary>
        public bool Changes { get; } = changes;

        /// <summary>The directories in it of which nothing was known when it was entered.</summary>
        public TreeId[] Below { get; } = below;

        public int Next { get; set; }
    }

    /// <summary>New trees that were needed so far.</summary>
    public HashSet<TreeId> NewTrees { get; } = [];

    /// <summary>Directories that may wait along one path.</summary>
    public int MostWaiting { get; init; } = Limits.WaitingTrees;

    /// <summary>Repairs a tree and everything below it. Returns null where all of it is whole.</summary>
    /// <exception cref="RepositoryException">The storage fails; directories are nested too deep, or too many wait; storing failed.</exception>
    public async Task<RepairedTree?> RunAsync(TreeId root, CancellationToken cancellationToken)
    {
        _waiting = 0;
        Stack<Frame> open = new();
        await EnterAsync(open, root, cancellationToken).ConfigureAwait(false);
        while (open.TryPeek(out Frame? frame))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (frame.Next < frame.Below.Length)
            {
                await EnterAsync(open, frame.Below[frame.Next++], cancellationToken).ConfigureAwait(false);
                continue;
            }

            open.Pop();
            _waiting -= frame.Below.Length;
            await LeaveAsync(frame, cancellationToken).ConfigureAwait(false);
        }

        return _repaired.GetValueOrDefault(root);
    }

    private async ValueTask EnterAsync(Stack<Frame> open, TreeId tree, CancellationToken cancellationToken)
    {
        if (IsKnown(tree))
        {
            return;
        }

        if (open.Count > Limits.TreeDepth)
        {
            throw new RepositoryException(
                RepositoryErrorKind.LimitExceeded, $"tree {tree} lies more than {Limits.TreeDepth} directories deep. Nothing was changed.", OthersCan);
        }

        List<NodeFault> faults = [];
        if (await FindNodesAsync(tree, faults, cancellationToken).ConfigureAwait(false) is not { } nodes)
        {
            _repaired.Add(tree, new RepairedTree(null, [new NodeFault([], NodeFaultKind.UnreadableDirectory, "not readable", 0)], []));
            return;
        }

        List<TreeId> below = [.. nodes.Where(static node => node.Type == NodeType.Directory).Select(SubtreeOf)];
        TreeId[] waiting = [.. below.Where(subtree => !subtree.Value.IsZero && !IsKnown(subtree)).Distinct()];
        _waiting += waiting.Length;
        if (_waiting > MostWaiting)
        {
            throw new RepositoryException(
                RepositoryErrorKind.LimitExceeded,
                $"tree {tree} and the directories above it hold {_waiting} directories together; at most {MostWaiting} along one path are taken. Nothing was changed.",
                OthersCan);
        }

        open.Push(new Frame(tree, faults.Count > 0 || below.Exists(subtree => subtree.Value.IsZero || _repaired.ContainsKey(subtree)), waiting));
    }

    private async ValueTask LeaveAsync(Frame frame, CancellationToken cancellationToken)
    {
        if (!frame.Changes && !frame.Below.Any(_repaired.ContainsKey))
        {
            _whole.Add(frame.Id.Value, out _);
            return;
        }

        List<NodeFault> faults = [];
        List<(byte[] Name, RepairedTree Tree)> below = [];
        List<Node> nodes = await FindNodesAsync(frame.Id, faults, cancellationToken).ConfigureAwait(false) ?? throw new RepositoryException(
            RepositoryErrorKind.Damaged, $"tree {frame.Id} could be read a moment ago, and cannot be read now. No snapshot was changed.",
            "Storage, network or memory of this machine are not reliable; `check --read-data` says more.");
        foreach (Node node in nodes)
        {
            if (node.Type != NodeType.Directory || _whole.Find(SubtreeOf(node).Value) >= 0)
            {
                continue;
            }

            if (_repaired.GetValueOrDefault(SubtreeOf(node)) is { Id: { } id } repaired)
            {
                node.Subtree = id;
                below.Add((node.Name, repaired));
                continue;
            }

            faults.Add(new NodeFault(node.Name, NodeFaultKind.UnreadableDirectory, "replaced with empty directory", 0));
            node.Subtree = await SaveAsync([], cancellationToken).ConfigureAwait(false);
        }

        _repaired.Add(frame.Id, new RepairedTree(await SaveAsync(nodes, cancellationToken).ConfigureAwait(false), faults, below));
    }

    private bool IsKnown(TreeId tree) => _whole.Find(tree.Value) >= 0 || _repaired.ContainsKey(tree);

    /// <summary>The tree of a directory; zero where it has none.</summary>
    private static TreeId SubtreeOf(Node directory) => directory.Subtree ?? default;

    /// <summary>The nodes of a tree, repaired but for its directories; null where it is lost: that is said only after a second reading.</summary>
    private async ValueTask<List<Node>?> FindNodesAsync(TreeId tree, List<NodeFault> faults, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                return ReadNodes(await repository.LoadBlobAsync(new BlobHandle(tree), cancellationToken).ConfigureAwait(false), tree, faults) is { } nodes
                    ? _nodes.Repair(nodes, faults)
                    : null;
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
