using System.Globalization;
using System.Text;
using Sots.Restic.Trees;

namespace Sots.Backup.Sources;

/// <summary>
/// What Windows tells about an entry, and what the format makes of it. Text and numbers only, so it is the same on every system.
/// Source: docs/FORMAT.md, "Windows values".
/// </summary>
/// <param name="Attributes">The attributes as Windows numbers them.</param>
/// <param name="ReparseTag">The kind of reparse point, 0 where it is none.</param>
/// <param name="CreationTime">Ticks of 100 ns since 1601-01-01T00:00:00Z.</param>
public readonly record struct WindowsFacts(uint Attributes, uint ReparseTag, ulong CreationTime)
{
    internal const uint ReadOnly = 0x1;
    internal const uint Hidden = 0x2;
    internal const uint System = 0x4;
    internal const uint Directory = 0x10;
    internal const uint Archive = 0x20;
    internal const uint Normal = 0x80;
    internal const uint Temporary = 0x100;
    internal const uint ReparsePoint = 0x400;
    internal const uint Offline = 0x1000;
    internal const uint NotContentIndexed = 0x2000;
    internal const uint RecallOnOpen = 0x4_0000;
    internal const uint RecallOnDataAccess = 0x40_0000;

    private const uint SymlinkTag = 0xA000_000C;
    private const uint MountPointTag = 0xA000_0003;
    private const uint SocketTag = 0x8000_0023;
    private const uint DeduplicatedTag = 0x8000_0013;
    private const uint CompressedTag = 0x8000_0017;
    private const uint CloudTag = 0x9000_001A;
    private const uint CloudTagMask = 0xFFFF_0FFF;
    private const uint NameSurrogate = 0x2000_0000;
    private const long TicksPerSecond = 10_000_000;
    private const long UnixEpochSeconds = 11_644_473_600;

    /// <summary>True where reading the content would fetch it over the network first (OneDrive and the like).</summary>
    public bool IsPlaceholder => (Attributes & (RecallOnOpen | RecallOnDataAccess | Offline)) != 0;

    /// <summary>True of a junction, and of a folder in which a volume is mounted.</summary>
    internal bool IsJunction => (Attributes & ReparsePoint) != 0 && ReparseTag == MountPointTag;

    /// <summary>
    /// The status that restic gives such an entry: no inode, owner and device, permissions from the read-only attribute alone, and the
    /// change time equal to the time of the last write.
    /// </summary>
    internal FileStatus ToStatus(long sizeBytes, ulong lastWrite, ulong lastAccess)
    {
        uint mode = Mode();
        DiskTime modified = TimeOf(lastWrite);
        return new FileStatus
        {
            Type = FileStatus.TypeOf(mode),
            Mode = mode,
            SizeBytes = sizeBytes,
            ModifiedTime = modified,
            AccessTime = TimeOf(lastAccess),
            ChangeTime = modified,
            Windows = this,
        };
    }

    /// <summary>
    /// The mode. Reparse points that stand for another place are symbolic links or, like junctions, irregular; those that are only
    /// another way of keeping content (deduplicated, compressed, in the cloud) are what they look like.
    /// </summary>
    internal uint Mode()
    {
        uint mode = (Attributes & ReadOnly) != 0 ? 0x124u : 0x1B6u;
        bool isReparsePoint = (Attributes & ReparsePoint) != 0;
        if (isReparsePoint && ReparseTag == SymlinkTag)
        {
            return mode | NodeMode.Symlink;
        }

        if (isReparsePoint && ReparseTag == SocketTag)
        {
            return mode | NodeMode.Socket;
        }

        if (isReparsePoint && (ReparseTag & NameSurrogate) != 0)
        {
            return mode | NodeMode.Irregular;
        }

        if ((Attributes & Directory) != 0)
        {
            return mode | NodeMode.Directory | 0x49;
        }

        bool keepsContent = ReparseTag is DeduplicatedTag or CompressedTag || (ReparseTag & CloudTagMask) == CloudTag;
        return isReparsePoint && !keepsContent ? mode | NodeMode.Irregular : mode;
    }

    /// <summary>The generic attributes of a node, in the bytes that restic writes.</summary>
    /// <param name="securityDescriptor">Self-relative, or null where it is not kept.</param>
    internal List<GenericAttribute> ToGenericAttributes(byte[]? securityDescriptor)
    {
        string creation = string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"LowDateTime\":{unchecked((uint)CreationTime)},\"HighDateTime\":{CreationTime >> 32}}}");
        List<GenericAttribute> attributes =
        [
            new(WindowsAttributeKeys.CreationTime, Encoding.ASCII.GetBytes(creation)),
            new(WindowsAttributeKeys.FileAttributes, Encoding.ASCII.GetBytes(Attributes.ToString(CultureInfo.InvariantCulture))),
        ];
        if (securityDescriptor is not null)
        {
            // Base64 has no character that JSON or its HTML-safe form escapes.
            string base64 = $"\"{Convert.ToBase64String(securityDescriptor)}\"";
            attributes.Add(new(WindowsAttributeKeys.SecurityDescriptor, Encoding.ASCII.GetBytes(base64)));
        }

        return attributes;
    }

    /// <summary>The instant of a Windows file time.</summary>
    internal static DiskTime TimeOf(ulong fileTime)
    {
        long ticks = unchecked((long)fileTime);
        long seconds = Math.DivRem(ticks, TicksPerSecond, out long rest);
        if (rest < 0)
        {
            seconds--;
            rest += TicksPerSecond;
        }

        return new DiskTime(seconds - UnixEpochSeconds, (int)(rest * 100));
    }

    /// <summary>The Windows file time of an instant, rounded down to 100 ns and held within what Windows accepts (1601 to 30827).</summary>
    internal static long FileTimeOf(long unixSeconds, int nanoseconds)
    {
        Int128 ticks = (((Int128)unixSeconds + UnixEpochSeconds) * TicksPerSecond) + (nanoseconds / 100);
        return (long)Int128.Clamp(ticks, 1, long.MaxValue);
    }
}

/// <summary>Keys of the generic attributes that Windows nodes have.</summary>
internal static class WindowsAttributeKeys
{
    public const string CreationTime = "windows.creation_time";
    public const string FileAttributes = "windows.file_attributes";
    public const string SecurityDescriptor = "windows.security_descriptor";
}
