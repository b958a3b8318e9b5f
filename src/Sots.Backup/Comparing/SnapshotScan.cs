using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Backup.Comparing;

/// <summary>An entry that a scan meets.</summary>
/// <param name="Path">Where it is: "/"-separated, with a "/" in front.</param>
/// <param name="Node">What it is.</param>
/// <param name="Folder">The tree it stands in.</param>
public readonly record struct ScannedEntry(string Path, Node Node, TreeId Folder);

/// <summary>Decides what a scan finds. What it says of an entry may depend on its path and its node alone.</summary>
/// <typeparam name="T">What is kept of a find.</typeparam>
public interface IEntryFinder<T>
{
    /// <summary>Whether anything below a folder can be of interest.</summary>
    bool MayFindBelow(string folder);

    /// <summary>Adds what is found in an entry, the entry of a folder before those that are in it.</summary>
    ValueTask FindAsync(ScannedEntry entry, List<T> found, CancellationToken cancellationToken);
}

/// <summary>
/// Looks for something in many snapshots, one after the other. A folder that is the same as at its place in the snapshot before is not looked
/// into again: what was found in it is found again. So many snapshots cost little more than one. Not thread safe.
/// </summary>
/// <typeparam name="T">What is kept of a find.</typeparam>
/// <param name="repository">The repository.</param>
/// <param name="finder">What is looked for.</param>
/// <param name="problem">Told of each folder that cannot be read, once; it counts as one in which nothing is found.</param>
public sealed class SnapshotScan<T>(IndexedRepository repository, IEntryFinder<T> finder, Action<string, RepositoryException> problem)
{
    /// <summary>The newest scan of each project: snapshots of several are often mixed in one repository.</summary>
    private readonly Dictionary<string, Folder> _scanned = new(StringComparer.Ordinal);

    /// <summary>Trees that were loaded so far.</summary>
    public long LoadedTrees { get; private set; }

    /// <summary>Everything that is found in a snapshot, in the order of the names.</summary>
    /// <exception cref="RepositoryException">LimitExceeded: the snapshot leads to more than any disk holds.</exception>
    public async Task<IReadOnlyList<T>> RunAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        string project = string.Join('\0', [snapshot.Hostname, .. snapshot.Paths ?? []]);
        Folder? before = _scanned.GetValueOrDefault(project);
        Folder now = before?.Tree == snapshot.Tree ? before : await ScanAsync(snapshot.Tree, before, cancellationToken).ConfigureAwait(false);
        _scanned[project] = now;
        return now.Found;
    }

    private async Task<Folder> ScanAsync(TreeId root, Folder? before, CancellationToken cancellationToken)
    {
        PathBudget budget = new();
        Stack<Level> open = new();
        await EnterAsync(root, "", before).ConfigureAwait(false);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Level level = open.Peek();
            if (!level.TryNext(out Node? node))
            {
                open.Pop();
                if (!open.TryPeek(out Level? above))
                {
                    return level.Folder;
                }

                above.Folder.Add(level.Name, level.Folder);
                continue;
            }

            string name = PathText.ToText(node.Name), path = level.Path + "/" + name;
            await finder.FindAsync(new ScannedEntry(path, node, level.Folder.Tree), level.Folder.Found, cancellationToken).ConfigureAwait(false);
            if (node.Subtree is not { } tree || !finder.MayFindBelow(path))
            {
                continue;
            }

            if (open.Count >= Limits.TreeDepth || PathBudget.IsTooLong(path.Length))
            {
                throw new RepositoryException(
                    RepositoryErrorKind.LimitExceeded, $"{PathBudget.Shorten(path)} lies deeper than {Limits.TreeDepth} folders, or has a longer path than any system can follow.");
            }

            Folder? known = level.Before?.Find(name);
            if (known?.Tree == tree)
            {
                level.Folder.Add(name, known);
            }
            else
            {
                await EnterAsync(tree, path, known, name).ConfigureAwait(false);
            }
        }

        async ValueTask EnterAsync(TreeId tree, string path, Folder? known, string name = "")
        {
            List<Node> nodes = [];
            try
            {
                LoadedTrees++;
                nodes = await repository.LoadTreeAsync(tree, cancellationToken).ConfigureAwait(false);
            }
            catch (RepositoryException e)
            {
                problem(path.Length == 0 ? "/" : path, e);
            }

            budget.Enter(tree, nodes.Count);
            open.Push(new Level(new Folder(tree), known, nodes, path, name));
        }
    }

    /// <summary>A folder that was looked into.</summary>
    private sealed class Folder(TreeId tree)
    {
        private Dictionary<string, Folder>? _folders;

        public TreeId Tree => tree;

        public List<T> Found { get; } = [];

        public Folder? Find(string name) => _folders?.GetValueOrDefault(name);

        public void Add(string name, Folder folder)
        {
            (_folders ??= new Dictionary<string, Folder>(StringComparer.Ordinal))[name] = folder;
            Found.AddRange(folder.Found);
        }
    }

    /// <summary>A folder that is being looked into.</summary>
    private sealed class Level(Folder folder, Folder? before, List<Node> nodes, string path, string name)
    {
        private int _next;

        public Folder Folder => folder;

        public Folder? Before => before;

        public string Path => path;

        public string Name => name;

        public bool TryNext([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Node? node)
        {
            node = _next < nodes.Count ? nodes[_next++] : null;
            return node is not null;
        }
    }
}
