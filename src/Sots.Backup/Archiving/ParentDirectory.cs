using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Backup.Archiving;

/// <summary>A directory of the parent snapshot: its nodes by name. Immutable.</summary>
internal sealed class ParentDirectory
{
    private readonly List<Node> _nodes;

    private ParentDirectory(List<Node> nodes) => _nodes = nodes;

    /// <summary>Loads a directory of the parent.</summary>
    /// <exception cref="RepositoryException">Its tree is missing or damaged.</exception>
    public static async ValueTask<ParentDirectory> LoadAsync(IndexedRepository repository, TreeId tree, CancellationToken cancellationToken) =>
        Of(await repository.LoadTreeAsync(tree, cancellationToken).ConfigureAwait(false));

    /// <summary>Wraps nodes; foreign programs may leave them unsorted.</summary>
    public static ParentDirectory Of(List<Node> nodes)
    {
        for (int i = 1; i < nodes.Count; i++)
        {
            if (NameOrder.Instance.Compare(nodes[i - 1].Name, nodes[i].Name) > 0)
            {
                nodes.Sort((a, b) => NameOrder.Instance.Compare(a.Name, b.Name));
                break;
            }
        }

        return new ParentDirectory(nodes);
    }

    /// <summary>All nodes, sorted by name.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>The node of a name, or null.</summary>
    public Node? Find(ReadOnlySpan<byte> name)
    {
        int low = 0, high = _nodes.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = name.SequenceCompareTo(_nodes[middle].Name);
            if (order == 0)
            {
                return _nodes[middle];
            }

            if (order < 0)
            {
                high = middle - 1;
            }
            else
            {
                low = middle + 1;
            }
        }

        return null;
    }
}
