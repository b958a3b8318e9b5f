using Sots.Restic.Index;
using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance.Consequences;

/// <summary>Says which nodes of a tree cannot be restored as they were, and what is to blame. Thread safe.</summary>
internal sealed class NodeDamage(MasterIndex index, LostContent lost)
{
    private readonly NodeCheck _check = new(index);

    /// <summary>Looks at every node; hands over each that is lost with what is to blame, once for each culprit.</summary>
    /// <param name="tree">The tree they are in, which is to blame for what is wrong with a node itself.</param>
    /// <param name="nodes">Its nodes.</param>
    /// <param name="report">Called for each.</param>
    public void Run(TreeId tree, IReadOnlyList<Node> nodes, Action<Node, string> report)
    {
        _check.Run(nodes, (node, fault) =>
        {
            if (fault.Loses)
            {
                report(node, LostContent.NameOf(fault.Missing ?? new BlobHandle(tree)));
            }
        });
        foreach (Node node in nodes)
        {
            if (node is { Type: NodeType.File, Content: { } content })
            {
                foreach (string culprit in content.Select(Blame).OfType<string>().Distinct())
                {
                    report(node, culprit);
                }
            }
        }
    }

    /// <summary>Whether all content of a file can be had.</summary>
    public bool IsWhole(Node node)
    {
        bool whole = true;
        Run(default, [node], (_, _) => whole = false);
        return whole;
    }

    // What no index names is a fault of the node already.
    private string? Blame(BlobId id) => index.Contains(new BlobHandle(id)) ? lost.Blame(new BlobHandle(id), index) : null;
}
