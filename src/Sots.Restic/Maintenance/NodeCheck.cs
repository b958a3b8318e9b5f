using Sots.Restic.Index;
using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance;

/// <summary>Something that is wrong with a node of a tree.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Text">Half a sentence that follows the name.</param>
/// <param name="Loses">Whether a restore cannot give the entry as it was.</param>
/// <param name="Missing">The blob that no index names, where that is the fault.</param>
internal readonly record struct NodeFault(FindingKind Kind, string Text, bool Loses = true, BlobHandle? Missing = null);

/// <summary>
/// Says what is wrong with the nodes of a tree: everything that restic's check finds, and what it passes over but a restore stumbles on
/// (sizes, names, their order). Thread safe.
/// </summary>
/// <param name="index">Where blobs lie.</param>
/// <param name="used">Where the packs of files are noted, or null.</param>
internal sealed class NodeCheck(MasterIndex index, UsedPacks? used = null)
{
    /// <summary>Looks at every node and hands over each fault with the node it is in.</summary>
    public void Run(IReadOnlyList<Node> nodes, Action<Node, NodeFault> report)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            Node node = nodes[i];
            CheckName(node, i > 0 ? nodes[i - 1] : null, report);
            switch (node.Type)
            {
                case NodeType.File:
                    CheckFile(node, report);
                    break;
                case NodeType.Directory when node.Subtree is null:
                    report(node, new(FindingKind.NodeSubtree, "is a directory without a subtree"));
                    break;
                case NodeType.Directory when node.Subtree.Value.Value.IsZero:
                    report(node, new(FindingKind.NodeSubtree, "is a directory whose subtree id is null"));
                    break;
                case NodeType.Unknown or NodeType.Irregular:
                    report(node, new(FindingKind.NodeType, $"has the invalid type \"{node.UnknownType ?? "irregular"}\""));
                    break;
            }
        }
    }

    private static void CheckName(Node node, Node? before, Action<Node, NodeFault> report)
    {
        if (!node.HasSafeName)
        {
            string fault = node.Name.Length == 0 ? "has an empty name" : "has a name that is '.' or '..', or holds a '/' or NUL; a restore refuses it";
            report(node, new(FindingKind.NodeName, fault));
        }

        int order = before is null ? 1 : node.Name.AsSpan().SequenceCompareTo(before.Name);
        if (order <= 0)
        {
            string fault = order == 0 ? "stands in its directory twice; a restore gives only one of them" : "is not in the order of names";
            report(node, new(FindingKind.NodeOrder, fault, Loses: order == 0));
        }
    }

    private void CheckFile(Node node, Action<Node, NodeFault> report)
    {
        if (node.Content is null)
        {
            report(node, new(FindingKind.NodeContent, "is a file without a list of blobs"));
            return;
        }

        ulong size = 0;
        int missing = 0;
        BlobId firstMissing = default;
        BlobId? tooLong = null;
        foreach (BlobId id in node.Content)
        {
            if (index.TryFind(new BlobHandle(id), out BlobLocation location))
            {
                size += location.PlainLength;
                used?.Add(location.Pack);
                tooLong = location.PlainLength > Limits.DataBlobLength ? id : tooLong;
            }
            else if (missing++ == 0)
            {
                firstMissing = id;
            }
        }

        if (missing > 0)
        {
            string rest = missing > 1 ? $", and {missing - 1} more of its {node.Content.Count}" : "";
            report(node, firstMissing.Value.IsZero
                ? new(FindingKind.NodeContent, $"has the null id among its blobs{rest}")
                : new(FindingKind.BlobMissing, $"needs blob {firstMissing}, which is not in the index{rest}", Missing: new BlobHandle(firstMissing)));
        }
        else if (tooLong is { } blob)
        {
            report(node, new(FindingKind.NodeContent, $"needs blob {blob}, which is said to be longer than the {Limits.DataBlobLength} bytes that are taken"));
        }
        else if (size != node.Size)
        {
            report(node, new(FindingKind.NodeSize, $"has a size of {node.Size} bytes, but its blobs have {size}"));
        }
    }
}
