using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace Sots.Restic.Backends;

/// <summary>
/// What <see cref="LocalBackend"/> needs of the operating system, one call a step, so that the order of the steps stands in one place.
/// Failures are the runtime's own (<see cref="IOException"/> with the system's error number in HResult,
/// <see cref="UnauthorizedAccessException"/>); <see cref="KindOf"/> says what they mean. All members may be called concurrently.
/// </summary>
internal interface IDurableFiles
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        MatchType = MatchType.Simple,
    };

    /// <summary>The absolute form of a path in which every length and name is allowed.</summary>
    string FullForm(string path);

    /// <summary>Length of a regular file, following links; null where there is nothing or something else than a regular file.</summary>
    long? FindLength(string path);

    /// <summary>True where a file can be read by its group; false where that is unknown.</summary>
    bool IsGroupReadable(string path);

    /// <summary>Opens a regular file; anything else is refused without waiting for it.</summary>
    SafeFileHandle OpenForReading(string path, out long length);

    /// <summary>Reads at a place: 1 to the length of the buffer, or 0 at the end of the file. Interrupted calls are repeated.</summary>
    int Read(SafeFileHandle file, Span<byte> buffer, long offset) => RandomAccess.Read(file, buffer, offset);

    /// <summary>Writes all the bytes at a place. Interrupted and short calls are made good.</summary>
    void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file, bytes, offset);

    /// <summary>All names in a folder, in any order.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, or something else of that name.</exception>
    List<string> Names(string folder) =>
        [.. new FileSystemEnumerable<string>(folder, static (ref FileSystemEntry entry) => entry.FileName.ToString(), Everything)];

    /// <summary>Whether there is a folder, following links; false where that cannot be found out.</summary>
    bool FolderExists(string path) => Directory.Exists(path);

    /// <summary>Whether there is anything of a name, a link that leads nowhere too; false where that cannot be found out.</summary>
    bool Exists(string path)
    {
        try
        {
            return Path.Exists(path) || new FileInfo(path).LinkTarget is not null;
        }
        catch (Exception e) when (StorageError.IsOne(e))
        {
            return false;
        }
    }

    /// <summary>Makes one folder whose parent is there; false where it was there already.</summary>
    bool CreateFolder(string path, bool forGroup);

    /// <summary>Creates a file that must not be there, for its owner only, with room reserved where the file system can.</summary>
    SafeFileHandle CreateNew(string path, long length);

    /// <summary>
    /// Writes a file through to the disk; false where the file system has no such thing. After a failure the file is to be thrown
    /// away: the system forgets what it could not write, so a second attempt would succeed without cause.
    /// </summary>
    bool Flush(SafeFileHandle file);

    /// <summary>Closes a file that was written and says so if that fails.</summary>
    void Close(SafeFileHandle file);

    /// <summary>Gives a file its final name, in its folder or another of the repository's, replacing what has it.</summary>
    void Rename(string from, string to);

    /// <summary>Writes a folder's entries through to the disk, where the file system has such a thing.</summary>
    void FlushFolder(string path);

    /// <summary>Takes everybody's right to write away, as far as the file system lets us; never fails.</summary>
    void MakeReadOnly(string path, bool forGroup);

    /// <summary>Removes a file. Of a missing one <see cref="KindOf"/> says so.</summary>
    void Remove(string path);

    /// <summary>Asks the system to forget what it keeps of a file in memory. A wish; never fails.</summary>
    void ForgetCached(string path)
    {
    }

    /// <summary>Whether a folder is on a disk of this computer; false where that cannot be found out, and by default. Never fails.</summary>
    bool IsOnLocalDisk(string folder) => false;

    /// <summary>What an error number in <see cref="Exception.HResult"/> means.</summary>
    RepositoryErrorKind KindOf(int error);
}

/// <summary>Chooses the operating system's form of <see cref="IDurableFiles"/>.</summary>
internal static class DurableFiles
{
    /// <summary>That of the system we run on.</summary>
    public static IDurableFiles OfThisSystem { get; } =
        OperatingSystem.IsWindows() ? new WindowsDurableFiles(new SharingPatience(Thread.Sleep))
        : OperatingSystem.IsMacOS() ? new MacDurableFiles()
        : new LinuxDurableFiles();
}
