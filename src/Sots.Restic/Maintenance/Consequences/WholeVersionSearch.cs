using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance.Consequences;

/// <summary>
/// Looks through other snapshots for a version of a path that can be had. Trees that several snapshots share are looked at once for each
/// path; at most <see cref="MaxTrees"/> trees in all. Not thread safe.
/// </summary>
/// <param name="repository">The repository.</param>
/// <param name="snapshots">Where to look, in the order of preference.</param>
/// <param name="isWhole">Whether a node that is there can be had: a file, or a directory whose tree could be read.</param>
public sealed class WholeVersionSearch(IndexedRepository repository, IReadOnlyList<SavedSnapshot> snapshots, Func<Node, bool> isWhole)
{
    /// <summary>After this many trees nothing more is found: 5,000.</summary>
    public const int MaxTrees = 5_000;

    /// <summary>Trees that are kept for the next path.</summary>
    private const int KeptTrees = 64;

    private readonly Dictionary<TreeId, List<Node>?> _kept = [];
    private int _read;

    /// <summary>The first of the snapshots that has a path whole, or null where none was found.</summary>
    /// <param name="path">The names from the root of a snapshot; at least one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<SavedSnapshot?> FindAsync(IReadOnlyList<byte[]> path, CancellationToken cancellationToken)
    {
        HashSet<(int Depth, TreeId Tree)> without = [];
        foreach (SavedSnapshot snapshot in snapshots)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (path.Count > 0 && await HasAsync(snapshot.Snapshot.Tree, path, without, cancellationToken).ConfigureAwait(false))
            {
                return snapshot;
            }
        }

        return null;
    }

    private async ValueTask<bool> HasAsync(TreeId root, IReadOnlyList<byte[]> path, HashSet<(int Depth, TreeId Tree)> without, CancellationToken cancellationToken)
    {
        TreeId tree = root;
        for (int depth = 0; without.Add((depth, tree)); depth++)
        {
            Node? node = (await LoadAsync(tree, cancellationToken).ConfigureAwait(false))?.Find(entry => entry.Name.AsSpan().SequenceEqual(path[depth]));
            if (node is null || depth == path.Count - 1)
            {
                return node is not null
                    && isWhole(node)
                    && (node.Subtree is not { } last || await LoadAsync(last, cancellationToken).ConfigureAwait(false) is not null);
            }

            if (node is not { Type: NodeType.Directory, Subtree: { } next })
            {
                return false;
            }

            tree = next;
        }

        // Met before, and it was not there.
        return false;
    }

    private async ValueTask<List<Node>?> LoadAsync(TreeId tree, CancellationToken cancellationToken)
    {
        if (_kept.TryGetValue(tree, out List<Node>? nodes) || _read >= MaxTrees)
        {
            return nodes;
        }

        _read++;
        try
        {
            nodes = await repository.LoadTreeAsync(tree, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException)
        {
            // Not whole is all that has to be known.
        }

        if (_kept.Count >= KeptTrees)
        {
            _kept.Clear();
        }

        _kept.Add(tree, nodes);
        return nodes;
    }
}
