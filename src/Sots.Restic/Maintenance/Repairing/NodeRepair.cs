using System.Globalization;
using System.Text;
using Sots.Restic.Index;
using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>
/// Makes of the nodes of a tree those that can be restored. Files lose the content that is not there, as restic's repair does it; what
/// restic passes over but no restore can use (names, types, order) is put right too. Source: docs/FORMAT.md, "Repair".
/// </summary>
/// <param name="index">What is there.</param>
internal sealed class NodeRepair(MasterIndex index)
{
    /// <summary>Repairs the nodes of a tree, in place or in others. Directories are the caller's.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="faults">Gets what was wrong.</param>
    /// <returns>The nodes in the order of their names.</returns>
    public List<Node> Repair(List<Node> nodes, List<NodeFault> faults)
    {
        List<Node> repaired = new(nodes.Count);
        bool rename = false;
        foreach (Node node in nodes)
        {
            if (node.Type is NodeType.Unknown or NodeType.Irregular)
            {
                faults.Add(new NodeFault(node.Name, NodeFaultKind.InvalidType, $"removed node with invalid type \"{node.UnknownType ?? "irregular"}\"", node.Size));
                continue;
            }

            if (node.Type == NodeType.File)
            {
                RepairContent(node, faults);
            }

            SortAttributes(node, faults);
            rename |= !node.HasSafeName || (repaired.Count > 0 && repaired[^1].Name.AsSpan().SequenceCompareTo(node.Name) >= 0);
            repaired.Add(node);
        }

        return rename ? Rename(repaired, faults) : repaired;
    }

    private void RepairContent(Node node, List<NodeFault> faults)
    {
        IReadOnlyList<BlobId> content = node.Content ?? [];
        List<BlobId> there = new(content.Count);
        ulong size = 0;
        foreach (BlobId id in content)
        {
            if (index.TryFind(new BlobHandle(id), out BlobLocation location))
            {
                there.Add(id);
                size += location.PlainLength;
            }
        }

        if (there.Count < content.Count)
        {
            faults.Add(new NodeFault(node.Name, NodeFaultKind.MissingContent, "removed missing content", node.Size > size ? node.Size - size : 0));
        }
        else if (size != node.Size)
        {
            faults.Add(new NodeFault(node.Name, NodeFaultKind.WrongSize, "fixed incorrect size", 0));
        }
        else if (node.Content is null)
        {
            faults.Add(new NodeFault(node.Name, NodeFaultKind.WrongSize, "got an empty list of blobs in place of none", 0));
        }

        node.Content = there;
        node.Size = size;
    }

    /// <summary>Attributes of which one stands there twice, or that are not sorted, cannot be written; the last one counts.</summary>
    private static void SortAttributes(Node node, List<NodeFault> faults)
    {
        IReadOnlyList<GenericAttribute> attributes = node.GenericAttributes;
        for (int i = 1; i < attributes.Count; i++)
        {
            if (TreeCodec.CompareAsUtf8(attributes[i - 1].Key, attributes[i].Key) >= 0)
            {
                Dictionary<string, GenericAttribute> last = [];
                foreach (GenericAttribute attribute in attributes)
                {
                    last[attribute.Key] = attribute;
                }

                List<GenericAttribute> sorted = [.. last.Values];
                sorted.Sort(static (a, b) => TreeCodec.CompareAsUtf8(a.Key, b.Key));
                node.GenericAttributes = sorted;
                faults.Add(new NodeFault(node.Name, NodeFaultKind.Name, "its attributes were sorted", 0));
                return;
            }
        }
    }

    /// <summary>
    /// Names that no file can have, and names that stand there twice, become others: nothing of what they hold is given up. The first of
    /// a name keeps it.
    /// </summary>
    private static List<Node> Rename(List<Node> nodes, List<NodeFault> faults)
    {
        SortedDictionary<byte[], Node> named = new(BytewiseOrder.Instance);
        foreach (Node node in nodes)
        {
            if (node.HasSafeName)
            {
                named.TryAdd(node.Name, node);
            }
        }

        foreach (Node node in nodes)
        {
            if (node.HasSafeName && ReferenceEquals(named[node.Name], node))
            {
                continue;
            }

            byte[] wanted = SafeName(node.Name);
            byte[] name = wanted;
            for (int number = 2; named.ContainsKey(name); number++)
            {
                name = [.. wanted, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $".{number}"))];
            }

            named.Add(name, WithName(node, name));
            faults.Add(new NodeFault(node.Name, NodeFaultKind.Name, $"got the name \"{NameQuoting.QuoteToString(name)}\"", 0));
        }

        if (faults.Count == 0)
        {
            faults.Add(new NodeFault([], NodeFaultKind.Name, "its entries were sorted by name", 0));
        }

        return [.. named.Values];
    }

    private static byte[] SafeName(byte[] name)
    {
        byte[] safe = name.Length == 0 || Node.IsSafeName(name) ? name : [.. name.Select(letter => letter is (byte)'/' or 0 ? (byte)'_' : letter)];
        return safe.Length == 0 || !Node.IsSafeName(safe) ? [.. Enumerable.Repeat((byte)'_', Math.Max(1, safe.Length))] : safe;
    }

    private static Node WithName(Node node, byte[] name) => new()
    {
        Name = name,
        Type = node.Type,
        Mode = node.Mode,
        ModifiedTime = node.ModifiedTime,
        AccessTime = node.AccessTime,
        ChangeTime = node.ChangeTime,
        UserId = node.UserId,
        GroupId = node.GroupId,
        User = node.User,
        Group = node.Group,
        Inode = node.Inode,
        DeviceId = node.DeviceId,
        Size = node.Size,
        Links = node.Links,
        LinkTarget = node.LinkTarget,
        ExtendedAttributes = node.ExtendedAttributes,
        GenericAttributes = node.GenericAttributes,
        Device = node.Device,
        Content = node.Content,
        Subtree = node.Subtree,
        Error = node.Error,
    };

    private sealed class BytewiseOrder : IComparer<byte[]>
    {
        public static BytewiseOrder Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
