using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Backup.Operations;

/// <summary>Lists the entries of a snapshot.</summary>
public static class ListOperation
{
    /// <summary>Visits the entries in the order of their names, a folder before what is in it. A shared lock is held by the caller.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="options">What to show.</param>
    /// <param name="visit">Gets the full path in the snapshot and the entry.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">InvalidRequest where the starting path is no folder; what loading trees throws.</exception>
    public static async Task RunAsync(
        IndexedRepository repository, Snapshot snapshot, ListOptions options, Action<string, Node> visit, CancellationToken cancellationToken)
    {
        string[] folders = [.. options.Folders.Select(folder => folder.TrimEnd('/'))];
        TreeId start = await FindFolderAsync(repository, snapshot.Tree, options.Subpath, cancellationToken).ConfigureAwait(false);
        PathBudget budget = new();
        Stack<(List<Node> Nodes, int Next, string Path)> open = new();
        await EnterAsync(start, "").ConfigureAwait(false);
        while (open.TryPop(out (List<Node> Nodes, int Next, string Path) folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (folder.Next == folder.Nodes.Count)
            {
                continue;
            }

            open.Push(folder with { Next = folder.Next + 1 });
            Node node = folder.Nodes[folder.Next];
            string path = folder.Path + "/" + PathText.ToText(node.Name);
            bool within = folders.Length == 0 || folders.Any(wanted => IsAtOrBelow(path, wanted));
            if (within)
            {
                visit(path, node);
            }

            bool enter = (within && (options.Recursive || folders.Length == 0)) || folders.Any(wanted => IsAtOrBelow(wanted, path));
            if (enter && node.Subtree is { } subtree)
            {
                if (open.Count > Limits.TreeDepth || PathBudget.IsTooLong(path.Length))
                {
                    throw new RepositoryException(RepositoryErrorKind.LimitExceeded, $"{PathBudget.Shorten(path)} lies deeper than {Limits.TreeDepth} folders, or has a longer path than any system can follow.");
                }

                await EnterAsync(subtree, path).ConfigureAwait(false);
            }
        }

        async ValueTask EnterAsync(TreeId tree, string path)
        {
            List<Node> nodes = await repository.LoadTreeAsync(tree, cancellationToken).ConfigureAwait(false);
            budget.Enter(tree, nodes.Count);
            open.Push((nodes, 0, path));
        }
    }

    /// <summary>The tree of a folder of a snapshot.</summary>
    /// <exception cref="RepositoryException">InvalidRequest: there is no such folder.</exception>
    internal static async ValueTask<TreeId> FindFolderAsync(IndexedRepository repository, TreeId root, string path, CancellationToken cancellationToken)
    {
        TreeId tree = root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] wanted = PathText.ToBytes(name);
            List<Node> nodes = await repository.LoadTreeAsync(tree, cancellationToken).ConfigureAwait(false);
            tree = nodes.Find(node => node.Name.AsSpan().SequenceEqual(wanted))?.Subtree
                ?? throw new RepositoryException(RepositoryErrorKind.InvalidRequest, $"path {path}: there is no folder '{name}' in the snapshot.", "`ls` shows its paths.");
        }

        return tree;
    }

    private static bool IsAtOrBelow(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == '/');
}
