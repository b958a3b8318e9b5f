using System.Text;
using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance;

/// <summary>
/// Where a tree was met first: a snapshot and the names on the way. Kept as a chain, so that a directory costs one small object and
/// paths are only made for messages.
/// </summary>
internal sealed class TreePlace
{
    /// <summary>Longer paths are cut in messages.</summary>
    private const int MaxPathLength = 4096;

    private readonly TreePlace? _parent;
    private readonly byte[] _name;
    private readonly SnapshotId _snapshot;

    /// <summary>The root of a snapshot.</summary>
    public TreePlace(SnapshotId snapshot)
    {
        _snapshot = snapshot;
        _name = [];
    }

    /// <summary>A directory in another one.</summary>
    public TreePlace(TreePlace parent, byte[] name)
    {
        _parent = parent;
        _name = name;
        _snapshot = parent._snapshot;
    }

    /// <summary>For messages: <c>/a/b in snapshot 1a2b3c4d</c>.</summary>
    public override string ToString() => Of([]);

    /// <summary>For messages: the place of an entry of this directory.</summary>
    public string Of(ReadOnlySpan<byte> entry) => $"{PathOf(entry)} in snapshot {_snapshot.Value.ToShortString()}";

    /// <summary>The names on the way from the root of the snapshot, that of the directory itself last.</summary>
    public List<byte[]> Names()
    {
        List<byte[]> names = [];
        for (TreePlace place = this; place._parent is not null; place = place._parent)
        {
            names.Add(place._name);
        }

        names.Reverse();
        return names;
    }

    /// <summary>For messages: the path of an entry of this directory, or of the directory itself where the name is empty.</summary>
    public string PathOf(ReadOnlySpan<byte> entry)
    {
        StringBuilder path = new();
        foreach (byte[] name in Names())
        {
            path.Append('/').Append(NameQuoting.QuoteToString(name));
            if (path.Length > MaxPathLength)
            {
                break;
            }
        }

        if (!entry.IsEmpty || path.Length == 0)
        {
            path.Append('/').Append(NameQuoting.QuoteToString(entry));
        }

        if (path.Length > MaxPathLength)
        {
            path.Length = MaxPathLength;
            path.Append('…');
        }

        return path.ToString();
    }
}
