namespace Sots.Restic.Trees;

/// <summary>An extended attribute.</summary>
/// <param name="Name">Its name as bytes; not UTF-8 names are damaged by the format.</param>
/// <param name="Value">Its value; may be empty.</param>
public readonly record struct ExtendedAttribute(byte[] Name, byte[] Value);

/// <summary>A generic (so far: Windows) attribute.</summary>
/// <param name="Key">For example <c>windows.creation_time</c>.</param>
/// <param name="Json">Its value as compact JSON, exactly as it stands in the tree.</param>
public readonly record struct GenericAttribute(string Key, byte[] Json);

/// <summary>
/// One entry of a directory with its metadata, and the blobs or the subtree it stands for. Names and link targets are bytes: on Unix
/// whatever the file system holds, on Windows UTF-8.
/// </summary>
/// <remarks>Mutable while it is being made; nothing changes it after it went into a tree. Not thread safe.</remarks>
public sealed partial class Node
{
    /// <summary>The name in its directory: not empty, no '/', no NUL.</summary>
    public required byte[] Name { get; init; }

    /// <summary>
    /// True if <see cref="Name"/> can be the name of one entry of one directory. A tree with another name is read, so that it can be
    /// reported; nothing is ever written to or restored from such a name.
    /// </summary>
    public bool HasSafeName => IsSafeName(Name);

    /// <summary>False for an empty name, <c>.</c> and <c>..</c>, and for a name with a '/' or NUL in it.</summary>
    public static bool IsSafeName(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && !name.ContainsAny((byte)'/', (byte)0) && !name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8);

    /// <summary>What it is.</summary>
    public required NodeType Type { get; init; }

    /// <summary>The type string where <see cref="Type"/> is <see cref="NodeType.Unknown"/>, otherwise null.</summary>
    public string? UnknownType { get; init; }

    /// <summary>Mode in the bits of <see cref="NodeMode"/>.</summary>
    public uint Mode { get; set; }

    /// <summary>Time of the last change of content.</summary>
    public NodeTime ModifiedTime { get; set; }

    /// <summary>Time of the last access; equal to <see cref="ModifiedTime"/> unless access times are asked for.</summary>
    public NodeTime AccessTime { get; set; }

    /// <summary>Time of the last change of metadata (Unix ctime); on Windows equal to <see cref="ModifiedTime"/>.</summary>
    public NodeTime ChangeTime { get; set; }

    /// <summary>Numeric owner; 0 on Windows.</summary>
    public uint UserId { get; set; }

    /// <summary>Numeric group; 0 on Windows.</summary>
    public uint GroupId { get; set; }

    /// <summary>Name of the owner, empty where unknown.</summary>
    public string User { get; set; } = "";

    /// <summary>Name of the group, empty where unknown.</summary>
    public string Group { get; set; } = "";

    /// <summary>Inode number, 0 where there is none (Windows).</summary>
    public ulong Inode { get; set; }

    /// <summary>Number of the device the file lies on (<c>st_dev</c>), 0 on Windows.</summary>
    public ulong DeviceId { get; set; }

    /// <summary>Bytes of content; files only.</summary>
    public ulong Size { get; set; }

    /// <summary>Number of hard links; not for directories and pipes.</summary>
    public ulong Links { get; set; }

    /// <summary>Target of a symbolic link as bytes, otherwise null.</summary>
    public byte[]? LinkTarget { get; set; }

    /// <summary>Extended attributes in the order the system lists them.</summary>
    public IReadOnlyList<ExtendedAttribute> ExtendedAttributes { get; set; } = [];

    /// <summary>Generic attributes, sorted bytewise by key.</summary>
    public IReadOnlyList<GenericAttribute> GenericAttributes { get; set; } = [];

    /// <summary>Device number of a device node (<c>st_rdev</c>).</summary>
    public ulong Device { get; set; }

    /// <summary>The data blobs of a file in order; empty for an empty file, null for everything that is not a file.</summary>
    public IReadOnlyList<BlobId>? Content { get; set; }

    /// <summary>The tree of a directory; null for everything else.</summary>
    public TreeId? Subtree { get; set; }

    /// <summary>An error text that very old programs wrote; never written by this one.</summary>
    public string? Error { get; set; }
}
