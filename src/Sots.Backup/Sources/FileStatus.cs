using Sots.Restic.Trees;

namespace Sots.Backup.Sources;

/// <summary>An instant as file systems keep it.</summary>
/// <param name="UnixSeconds">Whole seconds since 1970-01-01T00:00:00Z, rounded down; negative before.</param>
/// <param name="Nanoseconds">0 to 999,999,999, counted forward from <paramref name="UnixSeconds"/>.</param>
public readonly record struct DiskTime(long UnixSeconds, int Nanoseconds)
{
    /// <summary>The instant as a node keeps it.</summary>
    /// <param name="offsetOf">Gives the offset from UTC in minutes that holds at an instant (Unix seconds).</param>
    public NodeTime ToNodeTime(Func<long, short> offsetOf) => new(UnixSeconds, Nanoseconds, offsetOf(UnixSeconds));

    /// <summary>Whether a node holds this instant.</summary>
    public bool IsInstantOf(NodeTime time) => time.UnixSeconds == UnixSeconds && time.Nanoseconds == Nanoseconds;
}

/// <summary>What the system tells about an entry without opening it: the result of lstat, in the format's terms.</summary>
public readonly record struct FileStatus
{
    /// <summary>What it is; never <see cref="NodeType.Unknown"/>.</summary>
    public required NodeType Type { get; init; }

    /// <summary>Mode in the bits of <see cref="NodeMode"/>.</summary>
    public required uint Mode { get; init; }

    /// <summary>Length in bytes; of directories and special files whatever the system says.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Last change of content.</summary>
    public DiskTime ModifiedTime { get; init; }

    /// <summary>Last access.</summary>
    public DiskTime AccessTime { get; init; }

    /// <summary>Last change of metadata; on Windows equal to <see cref="ModifiedTime"/>, as restic does it.</summary>
    public DiskTime ChangeTime { get; init; }

    /// <summary>Numeric owner; 0 on Windows.</summary>
    public uint UserId { get; init; }

    /// <summary>Numeric group; 0 on Windows.</summary>
    public uint GroupId { get; init; }

    /// <summary>Inode; 0 on Windows.</summary>
    public ulong Inode { get; init; }

    /// <summary>The device it lies on, as stat(2) numbers it; 0 on Windows.</summary>
    public ulong DeviceId { get; init; }

    /// <summary>The device it stands for, as stat(2) numbers it; 0 unless it is a device node.</summary>
    public ulong Device { get; init; }

    /// <summary>Number of hard links; 0 on Windows.</summary>
    public ulong Links { get; init; }

    /// <summary>What only Windows knows; default elsewhere.</summary>
    public WindowsFacts Windows { get; init; }

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => Type == NodeType.Directory;

    /// <summary>Whether it is a regular file.</summary>
    public bool IsFile => Type == NodeType.File;

    /// <summary>
    /// Whether a file can be taken for the one that an earlier status describes: same kind, size, times and inode. Differs where a file
    /// was written to, or replaced, while it was read.
    /// </summary>
    public bool IsSameContent(in FileStatus earlier) =>
        Type == earlier.Type && SizeBytes == earlier.SizeBytes && ModifiedTime == earlier.ModifiedTime
        && ChangeTime == earlier.ChangeTime && Inode == earlier.Inode && DeviceId == earlier.DeviceId;

    /// <summary>
    /// A node with everything the status knows. Link target, attributes and names of accounts are for the caller, and so is content.
    /// Which kinds have a size and a count of links is the format's rule: docs/FORMAT.md, "Trees".
    /// </summary>
    internal Node ToNode(byte[] name, Func<long, short> offsetOf, bool withAccessTime)
    {
        NodeTime modified = ModifiedTime.ToNodeTime(offsetOf);
        return new Node
        {
            Name = name,
            Type = Type,
            Mode = Mode,
            ModifiedTime = modified,
            AccessTime = withAccessTime ? AccessTime.ToNodeTime(offsetOf) : modified,
            ChangeTime = ChangeTime.ToNodeTime(offsetOf),
            UserId = UserId,
            GroupId = GroupId,
            Inode = Inode,
            DeviceId = DeviceId,
            Size = Type == NodeType.File ? unchecked((ulong)SizeBytes) : 0,
            Links = Type is NodeType.Directory or NodeType.Fifo or NodeType.Socket ? 0 : Links,
            Device = Type is NodeType.BlockDevice or NodeType.CharDevice ? Device : 0,
        };
    }

    /// <summary>The kind that a mode stands for.</summary>
    internal static NodeType TypeOf(uint mode) =>
        (mode & NodeMode.Directory) != 0 ? NodeType.Directory
        : (mode & NodeMode.Symlink) != 0 ? NodeType.Symlink
        : (mode & NodeMode.CharDevice) != 0 ? NodeType.CharDevice
        : (mode & NodeMode.Device) != 0 ? NodeType.BlockDevice
        : (mode & NodeMode.Fifo) != 0 ? NodeType.Fifo
        : (mode & NodeMode.Socket) != 0 ? NodeType.Socket
        : (mode & NodeMode.Irregular) != 0 ? NodeType.Irregular
        : NodeType.File;
}
