using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Sots.Restic.Backends;

/// <summary>
/// The few calls of the C library that the runtime has no honest form of: it does not report a failed fsync, cannot open a folder
/// and follows a rename that failed with attempts of its own. Every result is checked by the callers, every interrupted call repeated.
/// </summary>
/// <remarks>
/// The library is found through the main program, not by name, so that a preloaded library sees the calls; tests that make
/// single calls fail depend on it. This class sets the one import resolver that an assembly may have.
/// </remarks>
internal static partial class Posix
{
    private const string Library = "sots-libc";

    static Posix() => NativeLibrary.SetDllImportResolver(typeof(Posix).Assembly, Resolve);

    /// <summary>The error number of the last failed call on this thread.</summary>
    public static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>Opens a file or folder for reading, never waiting for a pipe's other end; -1 on failure.</summary>
    public static int OpenForReading(string path)
    {
        int flags = PosixNumbers.Current.OpenNonBlocking | PosixNumbers.Current.OpenCloseOnExec;
        int descriptor;
        do
        {
            descriptor = Open(path, flags);
        }
        while (Interrupted(descriptor));

        return descriptor;
    }

    /// <summary>Writes a file or folder through to the disk; -1 on failure. Must not be repeated on the same file after a failure.</summary>
    public static int Sync(int descriptor)
    {
        int result;
        do
        {
            result = FSync(descriptor);
        }
        while (Interrupted(result));

        return result;
    }

    /// <summary>Like <see cref="Sync"/>, and empties the drive's own cache too (macOS only, where fsync leaves it full).</summary>
    public static int SyncDrive(int descriptor)
    {
        const int FullSync = 51;
        int result;
        do
        {
            result = FileControl(descriptor, FullSync);
        }
        while (Interrupted(result));

        return result;
    }

    /// <summary>Closes a descriptor; -1 on failure. Never repeated: the descriptor is gone even when the call was interrupted.</summary>
    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    /// <summary>Renames, replacing what has the new name; -1 on failure.</summary>
    [LibraryImport(Library, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string from, string to);

    /// <summary>Removes a file's name; -1 on failure.</summary>
    [LibraryImport(Library, EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    /// <summary>Makes one folder; -1 on failure.</summary>
    [LibraryImport(Library, EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeFolder(string path, uint mode);

    /// <summary>Sets the permission bits; -1 on failure.</summary>
    [LibraryImport(Library, EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeMode(string path, uint mode);

    /// <summary>Reserves room for a file (Linux only); -1 on failure.</summary>
    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(int descriptor, int mode, long offset, long length);

    /// <summary>Tells the system how a file will be used (Linux only); 0, or an error number. Length 0 means to the end.</summary>
    [LibraryImport(Library, EntryPoint = "posix_fadvise")]
    public static partial int Advise(int descriptor, long offset, long length, int advice);

    /// <summary>Facts about a file (Linux only): the layout of the result is the same on every processor.</summary>
    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int StatX(int folder, string path, int flags, uint mask, byte* result);

    /// <summary>Facts about a file (macOS on ARM).</summary>
    [LibraryImport(Library, EntryPoint = "stat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int Stat(string path, byte* result);

    /// <summary>Facts about a file (macOS on Intel, where the plain name is an older layout).</summary>
    [LibraryImport(Library, EntryPoint = "stat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int StatInode64(string path, byte* result);

    /// <summary>Facts about an open file (macOS on ARM).</summary>
    [LibraryImport(Library, EntryPoint = "fstat", SetLastError = true)]
    public static unsafe partial int FStat(int descriptor, byte* result);

    /// <summary>Facts about an open file (macOS on Intel).</summary>
    [LibraryImport(Library, EntryPoint = "fstat$INODE64", SetLastError = true)]
    public static unsafe partial int FStatInode64(int descriptor, byte* result);

    /// <summary>Sends a signal; signal 0 only asks whether the process is there. -1 on failure.</summary>
    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    /// <summary>The user this process belongs to.</summary>
    [LibraryImport(Library, EntryPoint = "getuid")]
    public static partial uint UserId();

    /// <summary>The group this process belongs to.</summary>
    [LibraryImport(Library, EntryPoint = "getgid")]
    public static partial uint GroupId();

    /// <summary>This machine's name in full, or null where the system does not tell. (The runtime's own form cuts it at the first dot.)</summary>
    public static unsafe string? HostName()
    {
        Span<byte> name = stackalloc byte[1025];
        fixed (byte* start = name)
        {
            if (GetHostName(start, (nuint)name.Length) != 0)
            {
                return null;
            }
        }

        int end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }

    /// <summary>An error number as the exception the runtime itself would use, with the system's words.</summary>
    public static IOException Failure(int error) => new(Marshal.GetPInvokeErrorMessage(error), error);

    private static bool Interrupted(int result) => result == -1 && LastError == PosixNumbers.Interrupted;

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path) =>
        library == Library ? NativeLibrary.GetMainProgramHandle() : 0;

    // Both take further arguments only with flags that are never passed here, so the plain calling convention is right.
    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FileControl(int descriptor, int command);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport(Library, EntryPoint = "gethostname", SetLastError = true)]
    private static unsafe partial int GetHostName(byte* name, nuint length);
}
