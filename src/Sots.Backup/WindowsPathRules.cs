using System.Text;

namespace Sots.Backup;

/// <summary>Paths of Windows: UTF-8 bytes, drives and shares, two separators.</summary>
internal sealed class WindowsPathRules : PathRules
{
    private static readonly string[] DeviceNames =
    [
        "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$",
        "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM\u00B9", "COM\u00B2", "COM\u00B3",
        "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT\u00B9", "LPT\u00B2", "LPT\u00B3",
    ];

    /// <inheritdoc/>
    public override byte Separator => (byte)'\\';

    /// <inheritdoc/>
    public override bool IsSeparator(byte value) => value is (byte)'\\' or (byte)'/';

    /// <inheritdoc/>
    /// <remarks>
    /// A drive is a letter and a colon. <c>\\host\share</c> is a volume, and so are <c>\\?\C:</c>, <c>\\.\pipe</c> and <c>\\?\UNC\host\share</c>.
    /// </remarks>
    public override int VolumeLength(ReadOnlySpan<byte> path)
    {
        if (path.Length >= 2 && path[1] == (byte)':' && char.IsAsciiLetter((char)path[0]))
        {
            return 2;
        }

        if (path.IsEmpty || !IsSeparator(path[0]))
        {
            return 0;
        }

        if (HasPrefix(path, @"\\.\UNC\"u8) || HasPrefix(path, @"\\?\UNC\"u8))
        {
            return ShareLength(path, 8);
        }

        if (HasPrefix(path, @"\\.\"u8) || HasPrefix(path, @"\\?\"u8) || HasPrefix(path, @"\??\"u8))
        {
            return NextSeparator(path, 4);
        }

        return path.Length >= 2 && IsSeparator(path[1]) ? ShareLength(path, 2) : 0;
    }

    /// <inheritdoc/>
    public override bool IsAbsolute(DiskPath path)
    {
        int volume = VolumeLength(path.Bytes);
        return volume > 0 && (IsSeparator(path.Bytes[0]) || (volume < path.Bytes.Length && IsSeparator(path.Bytes[volume])));
    }

    /// <inheritdoc/>
    /// <remarks>A walk asks this of every entry: usual names are compared without making text of them.</remarks>
    public override bool AreSameName(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        Ascii.IsValid(left) && Ascii.IsValid(right) ? Ascii.EqualsIgnoreCase(left, right)
            : left.SequenceEqual(right) || PathText.ToText(left).Equals(PathText.ToText(right), StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    /// <remarks>A bare drive <c>C:</c> is its root, as restic takes it; <c>C:a</c> lies in the working directory where that is on C.</remarks>
    public override DiskPath MakeAbsolute(DiskPath path, DiskPath workingDirectory)
    {
        ReadOnlySpan<byte> bytes = path.Bytes;
        ReadOnlySpan<byte> working = workingDirectory.Bytes;
        if (IsAbsolute(path))
        {
            return Clean(path);
        }

        int volume = VolumeLength(bytes);
        ReadOnlySpan<byte> workingVolume = working[..VolumeLength(working)];
        ReadOnlySpan<byte> rest = bytes[volume..];
        if (volume == 0)
        {
            return Clean(rest.Length > 0 && IsSeparator(rest[0])
                ? new DiskPath([.. workingVolume, .. rest])
                : Join(workingDirectory, rest));
        }

        return Clean(rest.Length > 0 && AreSameName(bytes[..volume], workingVolume)
            ? Join(workingDirectory, rest)
            : new DiskPath([.. bytes[..volume], Separator, .. rest]));
    }

    /// <inheritdoc/>
    /// <remarks>A name with a colon that cleaning would bring to the front (<c>a/../c:</c>) is kept from becoming a drive.</remarks>
    public override DiskPath Clean(DiskPath path)
    {
        DiskPath cleaned = base.Clean(path);
        return VolumeLength(path.Bytes) == 0 && VolumeLength(cleaned.Bytes) > 0
            ? new DiskPath(IsSeparator(cleaned.Bytes[0])
                ? [Separator, (byte)'.', .. cleaned.Bytes]
                : [(byte)'.', Separator, .. cleaned.Bytes])
            : cleaned;
    }

    /// <summary>
    /// The form without limit of length and without reading anything into names: <c>\\?\C:\a</c>, <c>\\?\UNC\host\share\a</c>.
    /// </summary>
    /// <param name="path">Absolute and cleaned.</param>
    public static string Extend(DiskPath path)
    {
        string text = path.ToString();
        if (text.StartsWith(@"\\?\", StringComparison.Ordinal) || text.StartsWith(@"\\.\", StringComparison.Ordinal))
        {
            return text;
        }

        return text.StartsWith(@"\\", StringComparison.Ordinal) ? @"\\?\UNC\" + text[2..] : @"\\?\" + text;
    }

    /// <summary>Whether a path is nothing but a volume: <c>C:\</c>, <c>\\host\share</c>.</summary>
    public bool IsVolumeRoot(DiskPath path) => VolumeLength(path.Bytes) > 0 && Components(path).Count == 1;

    /// <inheritdoc/>
    internal override string? WhyNameRefused(ReadOnlySpan<byte> name)
    {
        foreach (byte value in name)
        {
            if (value < 0x20)
            {
                return "Windows allows no control characters in names";
            }

            if (value is (byte)'\\' or (byte)':' or (byte)'<' or (byte)'>' or (byte)'|' or (byte)'?' or (byte)'*' or (byte)'"')
            {
                return $"Windows allows no '{(char)value}' in names";
            }
        }

        if (name[^1] is (byte)'.' or (byte)' ')
        {
            return "Windows drops a dot or a space at the end of a name";
        }

        string text = PathText.ToText(name);
        if (!PathText.ToBytes(text).AsSpan().SequenceEqual(name))
        {
            return "the name is not valid UTF-8, so Windows has no characters for it";
        }

        if (text.Length > 255)
        {
            return "the name is longer than the 255 characters that Windows allows";
        }

        // The device is meant whatever follows the first dot, and spaces before the dot do not count.
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        string stem = (dot < 0 ? text : text[..dot]).TrimEnd(' ');
        return DeviceNames.Contains(stem, StringComparer.OrdinalIgnoreCase)
            ? $"{stem.ToUpperInvariant()} is the name of a device on Windows"
            : null;
    }

    /// <inheritdoc/>
    /// <remarks><c>\\host\share</c> becomes <c>host_share</c>. What else is wrong with such a name is refused as it is of any.</remarks>
    internal override byte[] FolderOfVolume(byte[] name)
    {
        if (!name.AsSpan().StartsWith(@"\\"u8))
        {
            return name;
        }

        byte[] folder = name.AsSpan().TrimStart((byte)'\\').ToArray();
        folder.AsSpan().Replace((byte)'\\', (byte)'_');
        return folder;
    }

    private bool HasPrefix(ReadOnlySpan<byte> path, ReadOnlySpan<byte> prefix)
    {
        if (path.Length < prefix.Length)
        {
            return false;
        }

        for (int i = 0; i < prefix.Length; i++)
        {
            bool same = prefix[i] == (byte)'\\' ? IsSeparator(path[i]) : path[i] == prefix[i];
            bool sameLetter = char.IsAsciiLetter((char)prefix[i]) && (path[i] | 0x20) == (prefix[i] | 0x20);
            if (!same && !sameLetter)
            {
                return false;
            }
        }

        return true;
    }

    private int NextSeparator(ReadOnlySpan<byte> path, int start)
    {
        while (start < path.Length && !IsSeparator(path[start]))
        {
            start++;
        }

        return start;
    }

    private int ShareLength(ReadOnlySpan<byte> path, int hostStart)
    {
        int hostEnd = NextSeparator(path, hostStart);
        return hostEnd == path.Length ? hostEnd : NextSeparator(path, hostEnd + 1);
    }
}
