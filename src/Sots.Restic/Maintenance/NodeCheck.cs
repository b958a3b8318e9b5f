using Sots.Restic.Index;
using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance;

/// <summary>
/// Says what is wrong with the nodes of a tree: everything that restic's check finds, and what it passes over but a restore stumbles on
/// (sizes, names, their order).
/// </summary>
internal sealed class NodeCheck(MasterIndex index, CheckFindings findings, UsedPacks? used = null)
{
    /// <summary>Looks at every node.</summary>
    public void Run(TreeId tree, IReadOnlyList<Node> nodes, TreePlace place)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            Node node = nodes[i];
            void Report(FindingKind kind, string fault) =>
                findings.Add(kind, $"tree {tree}", $"tree {tree}: \"{NameQuoting.QuoteToString(node.Name)}\" {fault}; first met as {place.Of(node.Name)}");

            CheckName(node, i > 0 ? nodes[i - 1] : null, Report);
            switch (node.Type)
            {
                case NodeType.File:
                    CheckFile(node, Report);
                    break;
                case NodeType.Directory when node.Subtree is null:
                    Report(FindingKind.NodeSubtree, "is a directory without a subtree");
                    break;
                case NodeType.Directory when node.Subtree.Value.Value.IsZero:
                    Report(FindingKind.NodeSubtree, "is a directory whose subtree id is null");
                    break;
                case NodeType.Unknown or NodeType.Irregular:
                    Report(FindingKind.NodeType, $"has the invalid type \"{node.UnknownType ?? "irregular"}\"");
                    break;
            }
        }
    }

    private static void CheckName(Node node, Node? before, Action<FindingKind, string> report)
    {
        if (!node.HasSafeName)
        {
            report(FindingKind.NodeName, node.Name.Length == 0 ? "has an empty name" : "has a name that is '.' or '..', or holds a '/' or NUL; a restore refuses it");
        }

        int order = before is null ? 1 : node.Name.AsSpan().SequenceCompareTo(before.Name);
        if (order <= 0)
        {
            report(
                FindingKind.NodeOrder,
                order == 0 ? "stands in its directory twice; a restore gives only one of them" : "is not in the order of names");
        }
    }

    private void CheckFile(Node node, Action<FindingKind, string> report)
    {
        if (node.Content is null)
        {
            report(FindingKind.NodeContent, "is a file without a list of blobs");
            return;
        }

        ulong size = 0;
        int missing = 0;
        BlobId firstMissing = default;
        foreach (BlobId id in node.Content)
        {
            if (index.TryFind(new BlobHandle(id), out BlobLocation location))
            {
                size += location.PlainLength;
                used?.Add(location.Pack);
            }
            else if (missing++ == 0)
            {
                firstMissing = id;
            }
        }

        if (missing > 0)
        {
            string rest = missing > 1 ? $", and {missing - 1} more of its {node.Content.Count}" : "";
            report(
                firstMissing.Value.IsZero ? FindingKind.NodeContent : FindingKind.BlobMissing,
                firstMissing.Value.IsZero ? $"has the null id among its blobs{rest}" : $"needs blob {firstMissing}, which is not in the index{rest}");
        }
        else if (size != node.Size)
        {
            report(FindingKind.NodeSize, $"has a size of {node.Size} bytes, but its blobs have {size}");
        }
    }
}
