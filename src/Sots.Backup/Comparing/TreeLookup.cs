using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Backup.Comparing;

/// <summary>
/// Finds entries of trees by their path. Folders that were looked into before, by another path or in another snapshot, are not loaded again
/// as long as they are among the last <see cref="KeptTrees"/>. Not thread safe.
/// </summary>
/// <param name="repository">The repository.</param>
public sealed class TreeLookup(IndexedRepository repository)
{
    /// <summary>Folders that are kept.</summary>
    public const int KeptTrees = 256;

    private readonly Dictionary<TreeId, List<Node>> _kept = [];

    /// <summary>The entry of a path; null where there is none.</summary>
    /// <param name="root">The tree to begin at.</param>
    /// <param name="path">"/"-separated; empty names do not count.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">A tree on the way cannot be read.</exception>
    public async ValueTask<Node?> FindAsync(TreeId root, string path, CancellationToken cancellationToken)
    {
        TreeId? tree = root;
        Node? found = null;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (tree is not { } folder)
            {
                return null;
            }

            byte[] wanted = PathText.ToBytes(name);
            found = (await LoadAsync(folder, cancellationToken).ConfigureAwait(false)).Find(node => node.Name.AsSpan().SequenceEqual(wanted));
            tree = found?.Subtree;
            if (found is null)
            {
                return null;
            }
        }

        return found;
    }

    /// <summary>What is in a folder.</summary>
    /// <exception cref="RepositoryException">It cannot be read.</exception>
    public async ValueTask<IReadOnlyList<Node>> ListAsync(TreeId folder, CancellationToken cancellationToken) =>
        await LoadAsync(folder, cancellationToken).ConfigureAwait(false);

    private async ValueTask<List<Node>> LoadAsync(TreeId tree, CancellationToken cancellationToken)
    {
        if (!_kept.TryGetValue(tree, out List<Node>? nodes))
        {
            nodes = await repository.LoadTreeAsync(tree, cancellationToken).ConfigureAwait(false);
            if (_kept.Count >= KeptTrees)
            {
                _kept.Clear();
            }

            _kept[tree] = nodes;
        }

        return nodes;
    }
}
