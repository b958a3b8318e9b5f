using System.Text;
using Sots.Backup;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Testing;

/// <summary>A path below a test tree, "/"-separated: text, or bytes where it is to be no UTF-8.</summary>
public readonly record struct TreePath(byte[] Bytes)
{
    /// <summary>From text.</summary>
    public static implicit operator TreePath(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>From bytes.</summary>
    public static implicit operator TreePath(byte[] bytes) => new(bytes);

    /// <summary>The components.</summary>
    internal List<byte[]> Components => PathRules.Posix.Components(new DiskPath(Bytes));
}

/// <summary>
/// A tree of files to be made for a test. Reads like a directory listing; directories that are not listed are made on the way. Modes
/// are POSIX permissions in hexadecimal (0x1A4 is 644); set-id and sticky bits need root. Times that are not given are fixed and
/// different.
/// </summary>
public sealed class TreeOnDisk
{
    private const long FirstTime = 1_577_836_800;
    private readonly List<(List<byte[]> Path, Node Node, byte[]? Content, List<byte[]>? LinkedTo)> _entries = [];

    /// <summary>A directory.</summary>
    public TreeOnDisk Directory(TreePath path, uint mode = 0x1ED, DiskTime? modified = null, params (string Name, byte[] Value)[] attributes) =>
        Add(path, NodeType.Directory, mode, modified, attributes);

    /// <summary>A file with text in it.</summary>
    public TreeOnDisk File(TreePath path, string text, uint mode = 0x1A4, DiskTime? modified = null, params (string Name, byte[] Value)[] attributes) =>
        File(path, Encoding.UTF8.GetBytes(text), mode, modified, attributes);

    /// <summary>A file.</summary>
    public TreeOnDisk File(TreePath path, byte[] content, uint mode = 0x1A4, DiskTime? modified = null, params (string Name, byte[] Value)[] attributes) =>
        Add(path, NodeType.File, mode, modified, attributes, content);

    /// <summary>A symbolic link; the target is not looked at. On Linux its attributes are those of trusted programs, and need root.</summary>
    public TreeOnDisk Symlink(TreePath path, TreePath target, DiskTime? modified = null, params (string Name, byte[] Value)[] attributes) =>
        Add(path, NodeType.Symlink, 0x1FF, modified, attributes, target.Bytes);

    /// <summary>Another name for a file listed before.</summary>
    public TreeOnDisk HardLink(TreePath path, TreePath existing)
    {
        Add(path, NodeType.File, 0, null, []);
        _entries[^1] = _entries[^1] with { LinkedTo = existing.Components };
        return this;
    }

    /// <summary>A named pipe (Linux).</summary>
    public TreeOnDisk Fifo(TreePath path, uint mode = 0x1A4, DiskTime? modified = null) =>
        Add(path, NodeType.Fifo, mode, modified, []);

    /// <summary>A device (Linux, needs root).</summary>
    /// <param name="path">Where.</param>
    /// <param name="type">Block or character device.</param>
    /// <param name="device">Its number as stat(2) gives it.</param>
    /// <param name="mode">Permissions.</param>
    public TreeOnDisk Device(TreePath path, NodeType type, ulong device, uint mode = 0x1A4)
    {
        Add(path, type, mode, null, []);
        _entries[^1].Node.Device = device;
        return this;
    }

    /// <summary>Makes everything below a folder that exists. The folder itself keeps its metadata but for its times.</summary>
    public void WriteTo(string folder)
    {
        using TargetDirectory root = TargetFileSystem.Current.OpenRoot(DiskPath.FromText(folder), create: true);
        foreach ((List<byte[]> path, Node node, byte[]? content, List<byte[]>? linkedTo) in _entries)
        {
            In(root, path, directory => Make(root, directory, node, content, linkedTo));
        }

        // Deepest first: what is made inside a directory changes its times.
        foreach ((List<byte[]> path, Node node, _, List<byte[]>? linkedTo) in _entries.OrderByDescending(entry => entry.Path.Count))
        {
            if (linkedTo is null)
            {
                In(root, path, directory => directory.ApplyMetadata(
                    node, MetadataOptions.Default, problem => throw new InvalidOperationException(problem)));
            }
        }
    }

    private static void Make(TargetDirectory root, TargetDirectory directory, Node node, byte[]? content, List<byte[]>? linkedTo)
    {
        if (linkedTo is not null)
        {
            In(root, linkedTo, from => directory.CreateHardLink(from, linkedTo[^1], node.Name));
            return;
        }

        switch (node.Type)
        {
            case NodeType.Directory:
                directory.OpenOrCreateDirectory(node.Name).Dispose();
                break;
            case NodeType.File:
                using (TargetFile file = directory.CreateFile(node.Name))
                {
                    file.Write(0, content);
                }

                break;
            case NodeType.Symlink:
                directory.CreateSymlink(node.Name, content);
                break;
            default:
                directory.CreateSpecial(node);
                break;
        }
    }

    /// <summary>Does something in the directory that holds an entry.</summary>
    private static void In(TargetDirectory root, List<byte[]> path, Action<TargetDirectory> action)
    {
        Stack<TargetDirectory> opened = new([root]);
        try
        {
            foreach (byte[] name in path[..^1])
            {
                opened.Push(opened.Peek().OpenOrCreateDirectory(name));
            }

            action(opened.Peek());
        }
        finally
        {
            while (opened.Count > 1)
            {
                opened.Pop().Dispose();
            }
        }
    }

    private TreeOnDisk Add(
        TreePath path, NodeType type, uint permissions, DiskTime? modified, (string Name, byte[] Value)[] attributes, byte[]? content = null)
    {
        List<byte[]> components = path.Components;
        DiskTime time = modified ?? new DiskTime(FirstTime + _entries.Count, 123_456_700);
        NodeTime nodeTime = time.ToNodeTime(_ => 0);
        _entries.Add((
            components,
            new Node
            {
                Name = components[^1],
                Type = type,
                Mode = NodeMode.FromPosix(permissions),
                ModifiedTime = nodeTime,
                AccessTime = nodeTime,
                UserId = OperatingSystem.IsLinux() ? Sots.Backup.Native.Libc.EffectiveUser() : 0,
                GroupId = 0,
                ExtendedAttributes = [.. attributes.Select(a => new ExtendedAttribute(Encoding.UTF8.GetBytes(a.Name), a.Value))],
            },
            content,
            null));
        return this;
    }
}
