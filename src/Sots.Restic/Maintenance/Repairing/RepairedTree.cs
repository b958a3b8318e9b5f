using System.Text;
using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>What was wrong with an entry of a directory.</summary>
public enum NodeFaultKind
{
    /// <summary>Blobs of a file are not there: the file becomes shorter.</summary>
    MissingContent,

    /// <summary>The size was not that of its blobs together. Nothing is lost.</summary>
    WrongSize,

    /// <summary>A type that cannot be restored: the entry goes.</summary>
    InvalidType,

    /// <summary>Entries of a directory that cannot be read: they go, the others stay.</summary>
    UnreadableEntries,

    /// <summary>A directory whose tree cannot be read: it becomes empty.</summary>
    UnreadableDirectory,

    /// <summary>A name that cannot be restored, or an order or form that cannot be stored. Nothing is lost.</summary>
    Name,
}

/// <summary>What was wrong with an entry, within its directory.</summary>
/// <param name="Name">Its name; empty for the directory itself.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Change">What becomes of it, in restic's words.</param>
/// <param name="LostBytes">Bytes of content that are lost; 0 where that is not known.</param>
internal readonly record struct NodeFault(byte[] Name, NodeFaultKind Kind, string Change, ulong LostBytes);

/// <summary>What a repair changes at a path of a snapshot.</summary>
/// <param name="Path">The path in the snapshot, as people read it.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Change">What becomes of it, in restic's words.</param>
/// <param name="LostBytes">Bytes of content that are lost; 0 where that is not known.</param>
public sealed record PathRepair(string Path, NodeFaultKind Kind, string Change, ulong LostBytes)
{
    /// <summary>True where something cannot be restored any more; false where only a size, a name or an order is put right.</summary>
    public bool IsLoss => Kind is NodeFaultKind.MissingContent or NodeFaultKind.InvalidType or NodeFaultKind.UnreadableEntries or NodeFaultKind.UnreadableDirectory;
}

/// <summary>A tree and what a repair makes of it. Shared by all snapshots that hold it. Immutable once it is made.</summary>
internal sealed class RepairedTree
{
    private readonly List<NodeFault> _faults;
    private readonly List<(byte[] Name, RepairedTree Tree)> _below;

    public RepairedTree(TreeId? id, List<NodeFault> faults, List<(byte[] Name, RepairedTree Tree)> below)
    {
        Id = id;
        _faults = faults;
        _below = below;
    }

    /// <summary>The tree it becomes; null where it cannot be read.</summary>
    public TreeId? Id { get; }

    /// <summary>Everything that changes in it and below it, with the paths it has in a snapshot.</summary>
    /// <param name="path">The path of the tree; empty for a root.</param>
    public IEnumerable<PathRepair> Repairs(string path)
    {
        Stack<(RepairedTree Tree, string Path)> open = new([(this, path)]);
        while (open.TryPop(out (RepairedTree Tree, string Path) place))
        {
            foreach (NodeFault fault in place.Tree._faults)
            {
                yield return new PathRepair(PathOf(place.Path, fault.Name), fault.Kind, fault.Change, fault.LostBytes);
            }

            for (int i = place.Tree._below.Count - 1; i >= 0; i--)
            {
                (byte[] name, RepairedTree tree) = place.Tree._below[i];
                open.Push((tree, PathOf(place.Path, name)));
            }
        }
    }

    private static string PathOf(string path, byte[] name) =>
        name.Length == 0 && path.Length > 0 ? path : new StringBuilder(path).Append('/').Append(NameQuoting.QuoteToString(name)).ToString();
}
