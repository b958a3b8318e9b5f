using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Backup.Archiving;

/// <summary>
/// A directory on its way into a tree. Every entry has a slot, filled by whoever finishes it; who fills the last one finishes the
/// directory. Slots of entries that were left out stay null.
/// </summary>
internal sealed class DirectoryBuild
{
    private Node?[] _slots;
    private string? _path;
    private int _open;

    /// <summary>Starts a directory.</summary>
    /// <param name="node">Its own node, without the subtree; null for the root.</param>
    /// <param name="above">The directory it lies in, or null for the root.</param>
    /// <param name="slot">Its slot there.</param>
    /// <param name="entries">Number of slots.</param>
    /// <param name="parentNode">Its node in the parent snapshot, or null.</param>
    public DirectoryBuild(Node? node, DirectoryBuild? above, int slot, int entries, Node? parentNode)
    {
        Node = node;
        Above = above;
        Slot = slot;
        ParentNode = parentNode;
        Started = System.Diagnostics.Stopwatch.GetTimestamp();
        _slots = new Node?[entries];
        _open = entries + 1; // one for the walker, so that a directory never finishes while it is still being listed
    }

    /// <summary>Its own node; null for the root.</summary>
    public Node? Node { get; }

    /// <summary>Where it was listed; null for the levels above targets, which are not listed.</summary>
    public DiskPath? Location { get; init; }

    /// <summary>The directory it lies in.</summary>
    public DirectoryBuild? Above { get; }

    /// <summary>Its slot there.</summary>
    public int Slot { get; }

    /// <summary>Its node in the parent snapshot.</summary>
    public Node? ParentNode { get; }

    /// <summary>Path in the snapshot; empty for the root. Made when it is first asked for: tens of thousands of directories may wait for their files.</summary>
    public string Path => _path ??= MakePath();

    /// <summary>Path in the snapshot of an entry.</summary>
    public string PathOf(ReadOnlySpan<byte> name) => $"{Path}/{PathText.ToText(name)}";

    /// <summary>When it was started, in ticks of the system's stopwatch.</summary>
    public long Started { get; }

    /// <summary>Fills a slot (null: the entry is left out). Returns true to the one who must finish the directory.</summary>
    public bool Fill(int slot, Node? node)
    {
        _slots[slot] = node;
        return Interlocked.Decrement(ref _open) == 0;
    }

    /// <summary>The walker has handed out all slots. Returns true to the one who must finish the directory.</summary>
    public bool AllHandedOut() => Interlocked.Decrement(ref _open) == 0;

    /// <summary>The nodes that came about, in order. They are the caller's now: nothing of them stays here.</summary>
    public List<Node> TakeNodes()
    {
        List<Node> nodes = new(_slots.Length);
        foreach (Node? node in _slots)
        {
            if (node is not null)
            {
                nodes.Add(node);
            }
        }

        _slots = [];
        return nodes;
    }

    /// <summary>Level by level and not by recursion: folders may lie thousands deep.</summary>
    private string MakePath()
    {
        Stack<DirectoryBuild> levels = new();
        DirectoryBuild top = this;
        for (; top is { _path: null, Above: { } above }; top = above)
        {
            levels.Push(top);
        }

        System.Text.StringBuilder path = new(top._path ?? "");
        foreach (DirectoryBuild level in levels)
        {
            path.Append('/').Append(PathText.ToText(level.Node!.Name));
        }

        return path.ToString();
    }
}
