using Microsoft.Win32.SafeHandles;
using Sots.Backup.Native;

namespace Sots.Backup.Sources;

/// <summary>The status of paths and handles on Windows.</summary>
internal static unsafe class WindowsStatus
{
    private const int BasicLevel = 1;
    private const int SearchByName = 0;

    /// <summary>Begins a search with as few questions to the disk as Windows can: no short names, large blocks.</summary>
    public static FindHandle FindFirst(string pattern, FindBuffer* buffer)
    {
        const uint largeFetch = 2;
        return Kernel32.FindFirst(pattern, BasicLevel, buffer, SearchByName, 0, largeFetch);
    }

    /// <summary>The status of a path.</summary>
    /// <param name="extended">In the extended form.</param>
    /// <param name="follow">Whether a link is followed.</param>
    /// <param name="status">The status.</param>
    /// <param name="links">Number of hard links, which the format does not keep on Windows; 1 where it cannot be told.</param>
    /// <returns>0 or an error code.</returns>
    public static int Query(string extended, bool follow, out FileStatus status, out uint links)
    {
        using SafeFileHandle handle = Kernel32.CreateFile(
            extended,
            Kernel32.ReadAttributes,
            Kernel32.ShareAll,
            0,
            Kernel32.OpenExisting,
            Kernel32.BackupSemantics | (follow ? 0 : Kernel32.OpenReparsePoint),
            0);
        if (!handle.IsInvalid)
        {
            return Query(handle, out status, out links);
        }

        int error = Win32Error.Last;
        links = 1;
        status = default;
        if (error is Win32Error.FileNotFound or Win32Error.PathNotFound || follow)
        {
            return error;
        }

        // A file that cannot be opened at all (the page file, an entry whose rights are denied) is still shown by its directory.
        FindBuffer buffer;
        using FindHandle search = FindFirst(extended, &buffer);
        if (search.IsInvalid)
        {
            return error;
        }

        status = From(buffer);
        return 0;
    }

    /// <summary>The status of an open file or directory.</summary>
    public static int Query(SafeFileHandle handle, out FileStatus status, out uint links)
    {
        HandleBuffer buffer;
        AttributeTagBuffer tag = default;
        if (!Kernel32.GetInformation(handle, &buffer))
        {
            status = default;
            links = 1;
            return Win32Error.Last;
        }

        // File systems without reparse points refuse the second question.
        _ = (buffer.Attributes & WindowsFacts.ReparsePoint) != 0
            && Kernel32.GetInformation(handle, Kernel32.AttributeTagInformation, &tag, (uint)sizeof(AttributeTagBuffer));
        WindowsFacts facts = new(buffer.Attributes, tag.ReparseTag, buffer.CreationTime);
        status = facts.ToStatus(SizeOf(buffer.SizeHigh, buffer.SizeLow), buffer.LastWriteTime, buffer.LastAccessTime);
        links = buffer.Links;
        return 0;
    }

    /// <summary>The status that a directory listing carries.</summary>
    public static FileStatus From(in FindBuffer buffer)
    {
        uint tag = (buffer.Attributes & WindowsFacts.ReparsePoint) != 0 ? buffer.ReparseTag : 0;
        return new WindowsFacts(buffer.Attributes, tag, buffer.CreationTime)
            .ToStatus(SizeOf(buffer.SizeHigh, buffer.SizeLow), buffer.LastWriteTime, buffer.LastAccessTime);
    }

    private static long SizeOf(uint high, uint low) => unchecked((long)(((ulong)high << 32) | low));
}
