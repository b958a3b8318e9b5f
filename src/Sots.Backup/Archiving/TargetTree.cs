using Sots.Backup.Sources;

namespace Sots.Backup.Archiving;

/// <summary>
/// One level of the directories that a snapshot's root consists of: the components of the targets. A leaf stands for a target that is
/// walked; an inner level is a plain directory that holds only what leads to targets. Source: docs/FORMAT.md, "From targets to trees".
/// </summary>
internal sealed class TargetTree
{
    private readonly SortedDictionary<byte[], TargetTree> _children = new(NameOrder.Instance);

    private TargetTree(DiskPath metadataPath) => MetadataPath = metadataPath;

    /// <summary>Where the metadata of an inner level comes from; of a leaf the target itself.</summary>
    public DiskPath MetadataPath { get; private set; }

    /// <summary>What is walked; null for an inner level.</summary>
    public DiskPath? Target { get; private set; }

    /// <summary>True where a person named this target: rules do not apply to it.</summary>
    public bool IsExplicit { get; private set; }

    /// <summary>The next levels by name, sorted bytewise.</summary>
    public IReadOnlyDictionary<byte[], TargetTree> Children => _children;

    private DiskPath Root { get; set; }

    /// <summary>Lays out targets.</summary>
    /// <param name="targets">As given, absolute or relative.</param>
    /// <param name="workingDirectory">What relative ones are relative to.</param>
    /// <param name="fileSystem">Lists targets that have no name of their own (<c>.</c>, <c>/</c>), and those that hold others.</param>
    /// <exception cref="SourceException">Such a target cannot be listed.</exception>
    public static TargetTree Create(IReadOnlyList<DiskPath> targets, DiskPath workingDirectory, SourceFileSystem fileSystem)
    {
        TargetTree root = new(workingDirectory);
        foreach (DiskPath given in targets)
        {
            DiskPath target = DiskPaths.Clean(given);
            if (DiskPaths.SnapshotComponents(target).Count > 0)
            {
                root.Add(target, workingDirectory, isExplicit: true);
                continue;
            }

            // A target without a name of its own stands for its entries.
            foreach (byte[] name in NamesIn(fileSystem, DiskPaths.MakeAbsolute(target, workingDirectory)))
            {
                root.Add(PathRules.Current.Clean(PathRules.Current.Join(target, name)), workingDirectory, isExplicit: false);
            }
        }

        root.SplitTargetsThatHoldOthers(fileSystem);
        return root;
    }

    private void Add(DiskPath target, DiskPath workingDirectory, bool isExplicit)
    {
        List<byte[]> components = DiskPaths.SnapshotComponents(target);
        DiskPath root = RootOf(target);
        TargetTree level = this;
        for (int depth = 0; depth < components.Count; depth++)
        {
            DiskPath path = Ancestor(target, components.Count - 1 - depth);
            byte[] name = depth == 0 ? UniqueName(components[0], root) : components[depth];
            if (!level._children.TryGetValue(name, out TargetTree? next))
            {
                next = new TargetTree(DiskPaths.MakeAbsolute(path, workingDirectory)) { Root = root };
                level._children.Add(name, next);
            }

            level = next;
        }

        level.Target ??= level.MetadataPath;
        level.IsExplicit |= isExplicit;
    }

    /// <summary>Two targets from different roots may begin with the same name; the later one gets a number.</summary>
    private byte[] UniqueName(byte[] name, DiskPath root)
    {
        byte[] unique = name;
        for (int i = 1; _children.TryGetValue(unique, out TargetTree? other) && other.Root != root; i++)
        {
            unique = [.. name, .. System.Text.Encoding.ASCII.GetBytes($"-{i}")];
        }

        return unique;
    }

    private void SplitTargetsThatHoldOthers(SourceFileSystem fileSystem)
    {
        Stack<TargetTree> open = new([this]);
        while (open.TryPop(out TargetTree? level))
        {
            if (level.Target is { } target && level._children.Count > 0)
            {
                foreach (byte[] name in NamesIn(fileSystem, target))
                {
                    DiskPath path = target.Join(name);
                    if (!level._children.TryGetValue(name, out TargetTree? child))
                    {
                        level._children.Add(name, child = new TargetTree(path) { Root = level.Root });
                    }

                    child.Target ??= path;
                }

                level.Target = null;
            }

            foreach (TargetTree child in level._children.Values)
            {
                open.Push(child);
            }
        }
    }

    private static List<byte[]> NamesIn(SourceFileSystem fileSystem, DiskPath directory)
    {
        using SourceDirectory listing = fileSystem.OpenDirectory(directory, followLink: true);
        return [.. Enumerable.Range(0, listing.Count).Select(i => listing.NameOf(i).ToArray())];
    }

    private static DiskPath Ancestor(DiskPath path, int levels)
    {
        for (; levels > 0; levels--)
        {
            path = DiskPaths.Parent(path);
        }

        return path;
    }

    /// <summary>Where a target hangs: the volume's root, or the leading <c>..</c> of a relative one.</summary>
    private static DiskPath RootOf(DiskPath target)
    {
        List<byte[]> components = PathRules.Current.Components(target);
        if (DiskPaths.IsAbsolute(target))
        {
            return Ancestor(target, components.Count);
        }

        DiskPath root = DiskPath.FromText(".");
        foreach (byte[] _ in components.Where(component => component.AsSpan().SequenceEqual(".."u8)))
        {
            root = root.Join(".."u8);
        }

        return root;
    }
}

/// <summary>Order of names in a tree: by their bytes, unsigned.</summary>
internal sealed class NameOrder : IComparer<byte[]>
{
    /// <summary>The one instance.</summary>
    public static NameOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
