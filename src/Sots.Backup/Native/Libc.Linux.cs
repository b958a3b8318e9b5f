using System.Reflection;
using System.Runtime.InteropServices;

namespace Sots.Backup.Native;

/// <summary>
/// The calls of the C library that the runtime has no exact equal for. Every one sets the last P/Invoke error. The library is a
/// pseudo name resolved to the running program, so that whatever was loaded before the C library (a fault injector) is found first.
/// </summary>
/// <remarks>Layouts and constants are those of 64-bit Linux; the flags that differ between processors are in <see cref="OpenFlags"/>.</remarks>
internal static unsafe partial class Libc
{
    private const string Library = "sots-libc";

    public const int AtSymlinkNoFollow = 0x100;
    public const int AtRemoveDirectory = 0x200;
    public const int AtEmptyPath = 0x1000;
    public const int AtStatxForceSync = 0x2000;
    public const int AtStatxDontSync = 0x4000;
    public const int SeekFromHere = 1;
    public const int AdviceDontNeed = 4;
    public const uint StatxBasicStats = 0x7FF;
    public const int PriorityOfProcess = 0;

    static Libc() => NativeLibrary.SetDllImportResolver(typeof(Libc).Assembly, Resolve);

    /// <summary>The error of the last call.</summary>
    public static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>A copy that ends in NUL. The caller has made sure that there is none inside.</summary>
    public static byte[] Terminated(ReadOnlySpan<byte> path)
    {
        byte[] copy = new byte[path.Length + 1];
        path.CopyTo(copy);
        return copy;
    }

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true)]
    private static partial int OpenAtOnce(Descriptor directory, byte* path, int flags, uint mode);

    /// <summary>openat(2), repeated while a signal interrupts it. Always close-on-exec.</summary>
    /// <returns>The descriptor, or null with <see cref="LastError"/> set.</returns>
    public static Descriptor? OpenAt(Descriptor directory, ReadOnlySpan<byte> terminated, int flags, uint mode = 0)
    {
        fixed (byte* path = terminated)
        {
            int result;
            do
            {
                result = OpenAtOnce(directory, path, flags | OpenFlags.CloseOnExec, mode);
            }
            while (result < 0 && LastError == Errno.Interrupted);

            return result < 0 ? null : new Descriptor(result);
        }
    }

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(Descriptor file, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "lseek64", SetLastError = true)]
    public static partial long Seek(Descriptor file, long offset, int from);

    /// <summary>Tells the system how a file will be used; 0, or an error number. Length 0 means to the end.</summary>
    [LibraryImport(Library, EntryPoint = "posix_fadvise64")]
    public static partial int Advise(Descriptor file, long offset, long length, int advice);

    [LibraryImport(Library, EntryPoint = "pread64", SetLastError = true)]
    public static partial nint ReadAt(Descriptor file, byte* buffer, nuint length, long offset);

    [LibraryImport(Library, EntryPoint = "pwrite64", SetLastError = true)]
    public static partial nint WriteAt(Descriptor file, byte* buffer, nuint length, long offset);

    [LibraryImport(Library, EntryPoint = "ftruncate64", SetLastError = true)]
    public static partial int Truncate(Descriptor file, long length);

    [LibraryImport(Library, EntryPoint = "fallocate64", SetLastError = true)]
    public static partial int Allocate(Descriptor file, int mode, long offset, long length);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(Descriptor file);

    [LibraryImport(Library, EntryPoint = "syncfs", SetLastError = true)]
    public static partial int SyncFileSystem(Descriptor file);

    [LibraryImport(Library, EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint GetDirectoryEntries(Descriptor directory, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true)]
    private static partial int StatxOnce(Descriptor directory, byte* path, int flags, uint mask, StatxBuffer* buffer);

    /// <summary>statx(2) of a name relative to a directory, or with an empty name of the descriptor itself.</summary>
    public static bool Statx(Descriptor directory, ReadOnlySpan<byte> terminated, int flags, out StatxBuffer buffer, int sync = AtStatxDontSync)
    {
        fixed (byte* path = terminated)
        fixed (StatxBuffer* target = &buffer)
        {
            int result;
            do
            {
                result = StatxOnce(directory, path, flags | sync, StatxBasicStats, target);
            }
            while (result < 0 && LastError == Errno.Interrupted);

            return result == 0;
        }
    }

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true)]
    public static partial nint ReadLinkAt(Descriptor directory, byte[] path, byte[] buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true)]
    public static partial int MakeDirectoryAt(Descriptor directory, byte[] name, uint mode);

    [LibraryImport(Library, EntryPoint = "mknodat", SetLastError = true)]
    public static partial int MakeNodeAt(Descriptor directory, byte[] name, uint mode, ulong device);

    [LibraryImport(Library, EntryPoint = "symlinkat", SetLastError = true)]
    public static partial int SymlinkAt(byte[] target, Descriptor directory, byte[] name);

    [LibraryImport(Library, EntryPoint = "linkat", SetLastError = true)]
    public static partial int LinkAt(Descriptor oldDirectory, byte[] oldName, Descriptor newDirectory, byte[] newName, int flags);

    [LibraryImport(Library, EntryPoint = "renameat", SetLastError = true)]
    public static partial int RenameAt(Descriptor oldDirectory, byte[] oldName, Descriptor newDirectory, byte[] newName);

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true)]
    public static partial int UnlinkAt(Descriptor directory, byte[] name, int flags);

    [LibraryImport(Library, EntryPoint = "fchownat", SetLastError = true)]
    public static partial int ChangeOwnerAt(Descriptor file, byte[] name, uint user, uint group, int flags);

    [LibraryImport(Library, EntryPoint = "chmod", SetLastError = true)]
    public static partial int ChangeMode(byte[] path, uint mode);

    [LibraryImport(Library, EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeFileMode(Descriptor file, uint mode);

    [LibraryImport(Library, EntryPoint = "futimens", SetLastError = true)]
    public static partial int SetFileTimes(Descriptor file, TimeSpec* accessAndModification);

    [LibraryImport(Library, EntryPoint = "utimensat", SetLastError = true)]
    public static partial int SetTimes(Descriptor directory, byte[] path, TimeSpec* accessAndModification, int flags);

    /// <summary>Niceness of one thread, which is what Linux means by a process here; 0 for the calling one.</summary>
    [LibraryImport(Library, EntryPoint = "setpriority", SetLastError = true)]
    public static partial int SetPriority(int which, int who, int niceness);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);

    /// <summary>ioprio_set(2) of one thread, which the C library has no function for.</summary>
    public static bool SetDiskPriority(int thread, int priority) => SystemCall(SystemCallNumbers.SetDiskPriority, 1, thread, priority) == 0;

    [LibraryImport(Library, EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport(Library, EntryPoint = "listxattr", SetLastError = true)]
    public static partial nint ListAttributes(byte[] path, byte[]? list, nuint length);

    [LibraryImport(Library, EntryPoint = "llistxattr", SetLastError = true)]
    public static partial nint ListLinkAttributes(byte[] path, byte[]? list, nuint length);

    [LibraryImport(Library, EntryPoint = "flistxattr", SetLastError = true)]
    public static partial nint ListFileAttributes(Descriptor file, byte[]? list, nuint length);

    [LibraryImport(Library, EntryPoint = "getxattr", SetLastError = true)]
    public static partial nint GetAttribute(byte[] path, byte[] name, byte[]? value, nuint length);

    [LibraryImport(Library, EntryPoint = "lgetxattr", SetLastError = true)]
    public static partial nint GetLinkAttribute(byte[] path, byte[] name, byte[]? value, nuint length);

    [LibraryImport(Library, EntryPoint = "fgetxattr", SetLastError = true)]
    public static partial nint GetFileAttribute(Descriptor file, byte[] name, byte[]? value, nuint length);

    [LibraryImport(Library, EntryPoint = "setxattr", SetLastError = true)]
    public static partial int SetAttribute(byte[] path, byte[] name, byte[] value, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "removexattr", SetLastError = true)]
    public static partial int RemoveAttribute(byte[] path, byte[] name);

    // The four account calls return the error instead of setting it. The record begins with a pointer to the name in every C library;
    // the numeric id follows the name and the password, both pointers.
    [LibraryImport(Library, EntryPoint = "getpwuid_r")]
    public static partial int FindUser(uint id, AccountRecord* record, byte* buffer, nuint length, AccountRecord** result);

    [LibraryImport(Library, EntryPoint = "getgrgid_r")]
    public static partial int FindGroup(uint id, AccountRecord* record, byte* buffer, nuint length, AccountRecord** result);

    [LibraryImport(Library, EntryPoint = "getpwnam_r")]
    public static partial int FindUserByName(byte* name, AccountRecord* record, byte* buffer, nuint length, AccountRecord** result);

    [LibraryImport(Library, EntryPoint = "getgrnam_r")]
    public static partial int FindGroupByName(byte* name, AccountRecord* record, byte* buffer, nuint length, AccountRecord** result);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name == Library ? NativeLibrary.GetMainProgramHandle() : 0;
}
