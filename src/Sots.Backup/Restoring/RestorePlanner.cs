using Sots.Backup.Archiving;
using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>
/// Walks the trees of a snapshot and decides what is restored. Refuses, with a reason each, what cannot be restored exactly or what would
/// lead out of the target. No recursion; nothing is believed about sizes but what the index says of the blobs.
/// </summary>
/// <param name="repository">Where the trees come from.</param>
/// <param name="options">What was asked for.</param>
/// <param name="rules">How the target's system understands names.</param>
/// <param name="repositoryPath">Where below the target the repository lies, which must not be restored over; null where it does not.</param>
/// <param name="problem">Told a path and why it is not restored.</param>
/// <param name="lost">Told the paths among these whose content is not in the repository; null where nobody wants to know.</param>
/// <param name="budget">What the snapshot may lead to; null for the usual.</param>
internal sealed class RestorePlanner(
    IndexedRepository repository, RestoreOptions options, PathRules rules, byte[]? repositoryPath, Action<string, string> problem,
    Action<string>? lost = null, PathBudget? budget = null)
{
    private readonly RestorePlan _plan = new();
    private readonly Dictionary<(ulong Inode, ulong Device), PlannedFile> _firstNames = [];
    private readonly Stack<(PlannedDirectory Directory, TreeId Tree, int Depth)> _open = [];
    private readonly PathBudget _budget = budget ?? new PathBudget();

    /// <summary>The index does not give all that the snapshot needs: the packs themselves may.</summary>
    public bool MissesContent { get; private set; }

    /// <summary>Makes the plan.</summary>
    /// <exception cref="RepositoryException">The snapshot's root, or the part that was asked for, is not there.</exception>
    public async Task<RestorePlan> PlanAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        PlannedDirectory root = new(null, null);
        _plan.Directories.Add(root);
        root.IsNeeded = options.Filter.TakesTargetItself;
        (TreeId tree, Node? single) = await FindStartAsync(snapshot.Tree, cancellationToken).ConfigureAwait(false);
        if (single is not null)
        {
            root.IsExact = false;
            Plan(root, single, 0);
        }
        else
        {
            _open.Push((root, tree, 0));
        }

        while (_open.TryPop(out (PlannedDirectory Directory, TreeId Tree, int Depth) next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await PlanDirectoryAsync(next.Directory, next.Tree, next.Depth, cancellationToken).ConfigureAwait(false);
        }

        return _plan;
    }

    /// <summary>Follows SNAPSHOT:PATH down to the tree, or to the one entry that is no directory.</summary>
    private async ValueTask<(TreeId Tree, Node? Single)> FindStartAsync(TreeId root, CancellationToken cancellationToken)
    {
        TreeId tree = root;
        string[] parts = options.Subpath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < parts.Length; i++)
        {
            byte[] name = PathText.ToBytes(parts[i]);
            Node? node = ParentDirectory.Of(await repository.LoadTreeAsync(tree, cancellationToken).ConfigureAwait(false)).Find(name);
            if (node is { Type: NodeType.Directory, Subtree: { } subtree })
            {
                tree = subtree;
                continue;
            }

            if (node is not null && i == parts.Length - 1)
            {
                return (tree, node);
            }

            throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest,
                $"path {options.Subpath}: '{parts[i]}' is not {(node is null ? "in the snapshot" : "a folder")}",
                "`ls` shows what a snapshot holds; names are told apart by upper and lower case.");
        }

        return (tree, null);
    }

    private async ValueTask PlanDirectoryAsync(PlannedDirectory directory, TreeId tree, int depth, CancellationToken cancellationToken)
    {
        List<Node> nodes;
        try
        {
            nodes = await repository.LoadTreeAsync(tree, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (directory.Above is not null && e.Kind is RepositoryErrorKind.Damaged or RepositoryErrorKind.Missing or RepositoryErrorKind.LimitExceeded)
        {
            directory.IsExact = false;
            MissesContent |= e.Kind == RepositoryErrorKind.Missing;
            lost?.Invoke(directory.ToString());
            Refuse(directory.ToString(), $"its list of entries cannot be read, so nothing in it is restored: {e.Message}");
            return;
        }

        _budget.Enter(tree, nodes.Count);
        NameSet names = new(rules, nodes.Count);
        directory.Names = options.Delete ? names : null;
        int firstChild = _plan.Directories.Count;
        foreach (Node node in nodes)
        {
            byte[] name = NameOnDisk(node, depth);
            string? reason = TargetNames.WhyRefused(name, rules)
                ?? (names.Add(name) ? null : "another entry of this folder has the same name here");
            if (reason is not null)
            {
                directory.IsExact = false;
                Refuse(directory.TextOf(node.Name), $"not restored: {reason}");
                continue;
            }

            directory.HasTemporaryNames |= TargetDirectory.IsTemporaryName(node.Name);
            Plan(directory, node, depth);
        }

        // Pushed in reverse, so that directories come in the order of their names.
        for (int i = _plan.Directories.Count - 1; i >= firstChild; i--)
        {
            PlannedDirectory child = _plan.Directories[i];
            _open.Push((child, child.Node!.Subtree!.Value, depth + 1));
        }
    }

    private void Plan(PlannedDirectory directory, Node node, int depth)
    {
        bool isDirectory = node.Type == NodeType.Directory;
        byte[]? path = options.Filter.TakesEverything && repositoryPath is null ? null : directory.PathOf(node.Name);
        bool selected = path is null || options.Filter.Selects(path, isDirectory);
        if (path is not null && repositoryPath is not null && rules.AreSameName([.. directory.PathOnDisk(), (byte)'/', .. NameOnDisk(node, depth)], repositoryPath))
        {
            Refuse(PathText.ToText(path), "not restored: the repository itself is in this place");
        }
        else if (isDirectory)
        {
            PlanSubdirectory(directory, node, path, selected, depth);
        }
        else if (selected)
        {
            switch (node.Type)
            {
                case NodeType.File:
                    PlanFile(directory, node);
                    break;
                case NodeType.Symlink or NodeType.Fifo or NodeType.BlockDevice or NodeType.CharDevice:
                    Need(directory);
                    _plan.Specials.Add(new PlannedSpecial(directory, node));
                    break;
                case NodeType.Socket:
                    break;
                default:
                    Refuse(directory.TextOf(node.Name), $"not restored: its type '{node.UnknownType ?? node.Type.ToString()}' is not known");
                    break;
            }
        }
    }

    private void PlanSubdirectory(PlannedDirectory directory, Node node, byte[]? path, bool selected, int depth)
    {
        if (!selected && !options.Filter.MayContain(path))
        {
            return;
        }

        string? reason = node.Subtree is null ? "the folder has no tree"
            : depth + 1 >= Limits.TreeDepth ? $"folders are nested more than {Limits.TreeDepth} deep"
            : PathBudget.IsTooLong(directory.PathLength + node.Name.Length) ? "its path is longer than any system can follow"
            : null;
        if (reason is not null)
        {
            Refuse(directory.TextOf(node.Name), "not restored: " + reason);
            directory.IsExact = false;
            return;
        }

        PlannedDirectory child = new(directory, node, NameOnDisk(node, depth));
        _plan.Directories.Add(child);
        if (selected)
        {
            Need(child);
        }
    }

    /// <summary>The top of a snapshot may be a volume, of which a folder can be made. Deeper down such a name is none.</summary>
    private byte[] NameOnDisk(Node node, int depth) =>
        depth == 0 && node.Type == NodeType.Directory && options.Subpath.AsSpan().Trim('/').IsEmpty ? rules.FolderOfVolume(node.Name) : node.Name;

    private void PlanFile(PlannedDirectory directory, Node node)
    {
        if (WhyNotRestorable(node) is { } reason)
        {
            lost?.Invoke(directory.TextOf(node.Name));
            Refuse(directory.TextOf(node.Name), $"not restored: {reason}");
            return;
        }

        Need(directory);
        PlannedFile file = new(directory, node);
        if (node.Links > 1 && node.Inode != 0)
        {
            if (_firstNames.TryGetValue((node.Inode, node.DeviceId), out PlannedFile? first) && first.Node.Content!.SequenceEqual(node.Content!))
            {
                _plan.Links.Add(new PlannedLink(first, file));
                return;
            }

            _firstNames[(node.Inode, node.DeviceId)] = file;
        }

        _plan.Files.Add(file);
    }

    /// <summary>Looks at all blobs of a file: they must be there and add up to its size. Null where they do, otherwise the reason.</summary>
    private string? WhyNotRestorable(Node node)
    {
        if (node.Content is null)
        {
            return "the snapshot has no list of its content";
        }

        ulong size = 0;
        for (int i = 0; i < node.Content.Count; i++)
        {
            if (!repository.Index.TryFind(new BlobHandle(node.Content[i]), out BlobLocation location))
            {
                MissesContent = true;
                return $"part {i + 1} of {node.Content.Count} of its content, {node.Content[i]}, is missing in the repository";
            }

            if (location.PlainLength > Limits.DataBlobLength)
            {
                return $"part {i + 1} of {node.Content.Count} of its content is said to have {location.PlainLength} bytes; at most {Limits.DataBlobLength} are taken";
            }

            size += location.PlainLength;
        }

        // The index may be wrong about a length.
        MissesContent |= size != node.Size;
        return size == node.Size ? null : $"it is said to have {node.Size} bytes, but its content has {size}";
    }

    private static void Need(PlannedDirectory directory)
    {
        for (PlannedDirectory? needed = directory; needed is { IsNeeded: false }; needed = needed.Above)
        {
            needed.IsNeeded = true;
        }
    }

    private void Refuse(string path, string message) => problem(path, message);
}
