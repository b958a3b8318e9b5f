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
internal sealed class RestorePlanner(IndexedRepository repository, RestoreOptions options, PathRules rules, Action<string, string> problem)
{
    private readonly RestorePlan _plan = new();
    private readonly Dictionary<(ulong Inode, ulong Device), PlannedFile> _firstNames = [];
    private readonly Stack<(PlannedDirectory Directory, TreeId Tree, int Depth)> _open = [];

    /// <summary>Makes the plan.</summary>
    /// <exception cref="RepositoryException">The snapshot's root, or the part that was asked for, is not there.</exception>
    public async Task<RestorePlan> PlanAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        PlannedDirectory root = new(null, null, new DiskPathText([])) { IsNeeded = true };
        _plan.Directories.Add(root);
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
            Refuse(directory.Path, $"its list of entries cannot be read, so nothing in it is restored: {e.Message}");
            return;
        }

        HashSet<string> names = new(nodes.Count, rules == PathRules.Windows ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        directory.Names = options.Delete ? names : null;
        int firstChild = _plan.Directories.Count;
        foreach (Node node in nodes)
        {
            DiskPathText path = directory.Path.Join(node.Name);
            string? reason = TargetNames.WhyRefused(node.Name, rules);
            if (reason is null && !names.Add(Convert.ToHexString(node.Name) is var hex && rules == PathRules.Windows ? PathText.ToText(node.Name) : hex))
            {
                reason = "another entry of this folder has the same name here";
            }

            if (reason is not null)
            {
                directory.IsExact = false;
                Refuse(path, $"not restored: {reason}");
                continue;
            }

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
        DiskPathText path = directory.Path.Join(node.Name);
        bool isDirectory = node.Type == NodeType.Directory;
        bool selected = options.Filter.Selects(path.Bytes, isDirectory);
        if (isDirectory)
        {
            PlanSubdirectory(directory, node, path, selected, depth);
        }
        else if (selected)
        {
            switch (node.Type)
            {
                case NodeType.File:
                    PlanFile(directory, node, path);
                    break;
                case NodeType.Symlink or NodeType.Fifo or NodeType.BlockDevice or NodeType.CharDevice:
                    Need(directory);
                    _plan.Specials.Add(new PlannedSpecial(directory, node));
                    break;
                case NodeType.Socket:
                    break;
                default:
                    Refuse(path, $"not restored: its type '{node.UnknownType ?? node.Type.ToString()}' is not known");
                    break;
            }
        }
    }

    private void PlanSubdirectory(PlannedDirectory directory, Node node, DiskPathText path, bool selected, int depth)
    {
        if (!selected && !options.Filter.MayContain(path.Bytes))
        {
            return;
        }

        if (node.Subtree is null || depth + 1 >= Limits.TreeDepth)
        {
            Refuse(path, node.Subtree is null ? "not restored: the folder has no tree" : $"not restored: folders are nested more than {Limits.TreeDepth} deep");
            directory.IsExact = false;
            return;
        }

        PlannedDirectory child = new(directory, node, path);
        _plan.Directories.Add(child);
        if (selected)
        {
            Need(child);
        }
    }

    private void PlanFile(PlannedDirectory directory, Node node, DiskPathText path)
    {
        if (FindBlobs(node, path) is not { } blobs)
        {
            return;
        }

        Need(directory);
        PlannedFile file = new(directory, node, blobs);
        if (node.Links > 1 && node.Inode != 0)
        {
            if (_firstNames.TryGetValue((node.Inode, node.DeviceId), out PlannedFile? first) && first.Blobs.AsSpan().SequenceEqual(blobs))
            {
                _plan.Links.Add(new PlannedLink(first, file));
                return;
            }

            _firstNames[(node.Inode, node.DeviceId)] = file;
        }

        _plan.Files.Add(file);
    }

    /// <summary>The blobs of a file with their places, or null where the file cannot be had; the reason is reported then.</summary>
    private PlannedBlob[]? FindBlobs(Node node, DiskPathText path)
    {
        if (node.Content is null)
        {
            Refuse(path, "not restored: the snapshot has no list of its content");
            return null;
        }

        PlannedBlob[] blobs = new PlannedBlob[node.Content.Count];
        long offset = 0;
        for (int i = 0; i < blobs.Length; i++)
        {
            if (!repository.Index.TryFind(new BlobHandle(node.Content[i]), out BlobLocation location))
            {
                Refuse(path, $"not restored: part {i + 1} of {blobs.Length} of its content, {node.Content[i]}, is missing in the repository");
                return null;
            }

            blobs[i] = new PlannedBlob(node.Content[i], offset, checked((int)location.PlainLength));
            offset += blobs[i].Length;
        }

        if ((ulong)offset != node.Size)
        {
            Refuse(path, $"not restored: it is said to have {node.Size} bytes, but its content has {offset}");
            return null;
        }

        return blobs;
    }

    private static void Need(PlannedDirectory directory)
    {
        for (PlannedDirectory? needed = directory; needed is { IsNeeded: false }; needed = needed.Above)
        {
            needed.IsNeeded = true;
        }
    }

    private void Refuse(DiskPathText path, string message) => problem(path.ToString(), message);
}
