using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance.Consequences;

/// <summary>
/// Counts the different paths that are lost, for each culprit: goes down from the roots of all snapshots at once, one path after the other,
/// and only where damage reaches. Nothing recurses. Memory: 4 bytes for each snapshot and level of directories, and one directory's entries
/// for each level.
/// </summary>
/// <param name="repository">The repository.</param>
/// <param name="lost">What cannot be had.</param>
/// <param name="nodes">What that means for nodes.</param>
/// <param name="spread">Where to look.</param>
/// <param name="snapshots">The snapshots, newest first.</param>
/// <param name="maxTrees">After this many trees it is enough; the numbers are then least ones.</param>
internal sealed class DamagedPaths(
    IndexedRepository repository, LostContent lost, NodeDamage nodes, DamageSpread spread, IReadOnlyList<SavedSnapshot> snapshots, int maxTrees)
{
    /// <summary>A few trees can lead to any number of paths; more trees than this are not looked at. Takes some minutes.</summary>
    public const int MaxTrees = 200_000;

    private readonly Stack<Folder> _open = [];
    private readonly Dictionary<string, Toll> _tolls = [];
    private int _read;

    /// <summary>What each culprit costs.</summary>
    public IReadOnlyDictionary<string, Toll> Tolls => _tolls;

    /// <summary>All of it, each path once.</summary>
    public Toll Total { get; } = new(snapshots.Count);

    /// <summary>It was more than could be counted.</summary>
    public bool IsAtLeast { get; private set; }

    /// <summary>One path, and which tree it has in which snapshots.</summary>
    private sealed record Folder(TreePlace Place, Dictionary<TreeId, List<int>> Trees);

    /// <summary>Counts.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Dictionary<TreeId, List<int>> roots = [];
        for (int i = 0; i < snapshots.Count; i++)
        {
            Add(roots, snapshots[i].Snapshot.Tree, [i]);
        }

        if (roots.Count > 0)
        {
            TreePlace root = new(snapshots[0].Id);
            AddLostFolder(root, [], roots);
            _open.Push(new Folder(root, roots));
        }

        while (_open.TryPop(out Folder? folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await LookAtAsync(folder, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask LookAtAsync(Folder folder, CancellationToken cancellationToken)
    {
        Dictionary<ContentName, Dictionary<TreeId, List<int>>> below = [];
        Dictionary<ContentName, (SortedSet<string> Culprits, SortedSet<int> Snapshots)> files = [];
        foreach ((TreeId tree, List<int> holders) in folder.Trees)
        {
            if (_read++ >= maxTrees)
            {
                IsAtLeast = true;
                break;
            }

            List<Node> read;
            try
            {
                read = await repository.LoadTreeAsync(tree, cancellationToken).ConfigureAwait(false);
            }
            catch (RepositoryException)
            {
                // It could be read before: the storage is failing as we look.
                IsAtLeast = true;
                continue;
            }

            nodes.Run(tree, read, (node, culprit) =>
            {
                ContentName name = new(node.Name);
                if (!files.TryGetValue(name, out (SortedSet<string> Culprits, SortedSet<int> Snapshots) file))
                {
                    files.Add(name, file = (new SortedSet<string>(StringComparer.Ordinal), []));
                }

                file.Culprits.Add(culprit);
                file.Snapshots.UnionWith(holders);
            });
            foreach (Node node in read)
            {
                if (node is { Type: NodeType.Directory, Subtree: { } subtree } && spread.Reaches(subtree))
                {
                    ContentName name = new(node.Name);
                    if (!below.TryGetValue(name, out Dictionary<TreeId, List<int>>? trees))
                    {
                        below.Add(name, trees = []);
                    }

                    Add(trees, subtree, holders);
                }
            }
        }

        foreach ((ContentName name, (SortedSet<string> culprits, SortedSet<int> holders)) in files)
        {
            Count(new MetPath(folder.Place, name.Bytes, IsFolder: false, [.. holders]), culprits);
        }

        foreach ((ContentName name, Dictionary<TreeId, List<int>> trees) in below)
        {
            AddLostFolder(folder.Place, name.Bytes, trees);
            if (trees.Count > 0)
            {
                _open.Push(new Folder(new TreePlace(folder.Place, name.Bytes), trees));
            }
        }
    }

    /// <summary>Counts a folder whose trees are lost, and leaves of the trees only those that can be read and that damage reaches.</summary>
    private void AddLostFolder(TreePlace place, byte[] name, Dictionary<TreeId, List<int>> trees)
    {
        SortedSet<string> culprits = new(StringComparer.Ordinal);
        SortedSet<int> holders = [];
        foreach (TreeId tree in trees.Keys.ToList())
        {
            string? culprit = lost.Blame(tree, repository.Index);
            if (culprit is not null)
            {
                culprits.Add(culprit);
                holders.UnionWith(trees[tree]);
            }

            if (culprit is not null || !spread.Reaches(tree))
            {
                trees.Remove(tree);
            }
        }

        if (culprits.Count > 0)
        {
            Count(new MetPath(place, name, IsFolder: true, [.. holders]), culprits);
        }
    }

    private void Count(MetPath path, IEnumerable<string> culprits)
    {
        Total.Add(path);
        foreach (string culprit in culprits)
        {
            if (!_tolls.TryGetValue(culprit, out Toll? toll))
            {
                if (_tolls.Count >= CheckFindings.MaxCulprits)
                {
                    continue;
                }

                _tolls.Add(culprit, toll = new Toll(snapshots.Count));
            }

            toll.Add(path);
        }
    }

    private static void Add(Dictionary<TreeId, List<int>> trees, TreeId tree, List<int> holders)
    {
        if (!trees.TryGetValue(tree, out List<int>? known))
        {
            trees.Add(tree, known = new List<int>(holders.Count));
        }

        known.AddRange(holders);
    }

    /// <summary>Bytes of a name as a key.</summary>
    private readonly struct ContentName(byte[] bytes) : IEquatable<ContentName>
    {
        public byte[] Bytes { get; } = bytes;

        public bool Equals(ContentName other) => Bytes.AsSpan().SequenceEqual(other.Bytes);

        public override bool Equals(object? obj) => obj is ContentName other && Equals(other);

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.AddBytes(Bytes);
            return hash.ToHashCode();
        }
    }
}
