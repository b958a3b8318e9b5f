namespace Sots.Backup;

/// <summary>
/// What a path means on a system, as text alone: nothing is asked of the disk, so the rules of Windows can be tried anywhere.
/// Cleaning is that of the Go language's path package, because restic's snapshot paths are made by it. Thread safe.
/// </summary>
public abstract class PathRules
{
    /// <summary>Linux, macOS and their kin.</summary>
    public static PathRules Posix { get; } = new PosixPathRules();

    /// <summary>Windows.</summary>
    public static PathRules Windows { get; } = new WindowsPathRules();

    /// <summary>The rules of this system.</summary>
    public static PathRules Current { get; } = OperatingSystem.IsWindows() ? Windows : Posix;

    /// <summary>The separator that cleaned paths have.</summary>
    public abstract byte Separator { get; }

    /// <summary>Whether a byte separates components.</summary>
    public abstract bool IsSeparator(byte value);

    /// <summary>Length of the leading volume name: <c>C:</c>, <c>\\host\share</c>; always 0 on POSIX.</summary>
    public abstract int VolumeLength(ReadOnlySpan<byte> path);

    /// <summary>Whether the path says where it begins. <c>\a</c> and <c>C:a</c> do not.</summary>
    public abstract bool IsAbsolute(DiskPath path);

    /// <summary>Whether two names are the same entry of a directory: by bytes on POSIX, without regard to case on Windows.</summary>
    public abstract bool AreSameName(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

    /// <summary>Why this system cannot keep an entry of a name that is otherwise sound, or null.</summary>
    internal abstract string? WhyNameRefused(ReadOnlySpan<byte> name);

    /// <summary>
    /// The name under which a restore puts the top folder of a snapshot: a share, <c>\\host\share</c>, cannot be one name on Windows. Any other
    /// stays as it is.
    /// </summary>
    internal virtual byte[] FolderOfVolume(byte[] name) => name;

    /// <summary>The absolute, cleaned form of a path.</summary>
    /// <param name="path">Absolute or relative.</param>
    /// <param name="workingDirectory">What it is relative to; absolute.</param>
    public abstract DiskPath MakeAbsolute(DiskPath path, DiskPath workingDirectory);

    /// <summary>
    /// The shortest equal path: single separators, no <c>.</c>, no <c>..</c> but leading ones of a relative path, no separator at the
    /// end. The empty path becomes <c>.</c>. Links are not looked at.
    /// </summary>
    public virtual DiskPath Clean(DiskPath path)
    {
        ReadOnlySpan<byte> bytes = path.Bytes;
        int volume = VolumeLength(bytes);
        List<byte> cleaned = [.. bytes[..volume]];
        bool rooted = volume < bytes.Length && IsSeparator(bytes[volume]);
        if (rooted)
        {
            cleaned.Add(Separator);
        }

        int root = cleaned.Count;
        List<int> starts = [];
        foreach (Range range in ComponentRanges(bytes, volume))
        {
            ReadOnlySpan<byte> component = bytes[range];
            if (component.SequenceEqual("."u8))
            {
                continue;
            }

            bool up = component.SequenceEqual(".."u8);
            if (up && starts.Count > 0 && !IsUp(cleaned, starts[^1]))
            {
                int start = starts[^1];
                starts.RemoveAt(starts.Count - 1);
                int end = start > root ? start - 1 : start;
                cleaned.RemoveRange(end, cleaned.Count - end);
                continue;
            }

            if (up && rooted)
            {
                continue;
            }

            if (starts.Count > 0)
            {
                cleaned.Add(Separator);
            }

            starts.Add(cleaned.Count);
            cleaned.AddRange(component);
        }

        bool isShare = volume > 0 && IsSeparator(bytes[0]);
        if (starts.Count == 0 && !rooted && !isShare)
        {
            cleaned.Add((byte)'.');
        }

        for (int i = 0; i < volume; i++)
        {
            cleaned[i] = IsSeparator(cleaned[i]) ? Separator : cleaned[i];
        }

        return new DiskPath([.. cleaned]);
    }

    /// <summary>The last component; a separator for a root, <c>.</c> for the empty path.</summary>
    public ReadOnlySpan<byte> Base(DiskPath path)
    {
        ReadOnlySpan<byte> bytes = path.Bytes;
        if (bytes.IsEmpty)
        {
            return "."u8;
        }

        bytes = bytes[VolumeLength(bytes)..];
        int end = bytes.Length;
        while (end > 0 && IsSeparator(bytes[end - 1]))
        {
            end--;
        }

        int start = end;
        while (start > 0 && !IsSeparator(bytes[start - 1]))
        {
            start--;
        }

        return start < end ? bytes[start..end] : new[] { Separator };
    }

    /// <summary>The directory that holds an entry, cleaned; of a root the root itself.</summary>
    public DiskPath Parent(DiskPath path)
    {
        ReadOnlySpan<byte> bytes = path.Bytes;
        int root = VolumeLength(bytes);
        root += root < bytes.Length && IsSeparator(bytes[root]) ? 1 : 0;
        int end = bytes.Length;
        while (end > root && IsSeparator(bytes[end - 1]))
        {
            end--;
        }

        while (end > root && !IsSeparator(bytes[end - 1]))
        {
            end--;
        }

        return Clean(new DiskPath(bytes[..end].ToArray()));
    }

    /// <summary>A path below a directory. The name is taken as it stands.</summary>
    public DiskPath Join(DiskPath directory, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> own = directory.Bytes;
        return own.IsEmpty || IsSeparator(own[^1])
            ? new DiskPath([.. own, .. name])
            : new DiskPath([.. own, Separator, .. name]);
    }

    /// <summary>Whether a path is a directory or lies below it. Both absolute and cleaned.</summary>
    public bool IsWithin(DiskPath path, DiskPath directory)
    {
        List<byte[]> inner = Components(path);
        List<byte[]> outer = Components(directory);
        return outer.Count <= inner.Count && outer.Zip(inner).All(pair => AreSameName(pair.First, pair.Second));
    }

    /// <summary>
    /// The directories of a snapshot that a target lies in, and its own name: the components of the cleaned path, <c>..</c> at the
    /// front dropped, and on Windows the volume first: <c>C:\a\b</c> gives C, a, b and <c>\\host\share\a</c> gives \\host\share, a.
    /// Empty for <c>.</c>, <c>..</c> and <c>/</c>. Source: docs/FORMAT.md, "From targets to trees".
    /// </summary>
    public List<byte[]> SnapshotComponents(DiskPath target)
    {
        ReadOnlySpan<byte> bytes = target.Bytes;
        int volume = VolumeLength(bytes);
        DiskPath rooted = Clean(new DiskPath([.. bytes[..volume], Separator, .. bytes[volume..]]));
        List<byte[]> components = Components(rooted);
        if (volume == 2)
        {
            components[0] = components[0][..1];
        }

        return components;
    }

    /// <summary>The volume, if there is one, and all the names of a path; <c>.</c>, which cleaning may have to leave on Windows, is none.</summary>
    internal List<byte[]> Components(DiskPath path)
    {
        ReadOnlySpan<byte> bytes = path.Bytes;
        int volume = VolumeLength(bytes);
        List<byte[]> components = volume > 0 ? [bytes[..volume].ToArray()] : [];
        foreach (Range range in ComponentRanges(bytes, volume))
        {
            if (!bytes[range].SequenceEqual("."u8))
            {
                components.Add(bytes[range].ToArray());
            }
        }

        return components;
    }

    private List<Range> ComponentRanges(ReadOnlySpan<byte> bytes, int start)
    {
        List<Range> ranges = [];
        for (int i = start; i <= bytes.Length; i++)
        {
            if (i == bytes.Length || IsSeparator(bytes[i]))
            {
                if (i > start)
                {
                    ranges.Add(start..i);
                }

                start = i + 1;
            }
        }

        return ranges;
    }

    private static bool IsUp(List<byte> path, int start) =>
        path.Count - start == 2 && path[start] == (byte)'.' && path[start + 1] == (byte)'.';
}
