using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Sots.Restic.Backends;

/// <summary>
/// Windows: the folder entry is written through by the rename itself, files keep their attributes, and whatever a virus scanner can
/// get in the way of is tried again for two seconds. Source: docs/FORMAT.md, section 2.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed partial class WindowsDurableFiles(SharingPatience patience) : IDurableFiles
{
    private const int NotFound = 2, PathNotFound = 3, AccessDenied = 5, WriteProtected = 19, SharingViolation = 32, LockViolation = 33,
        HandleDiskFull = 39, DiskFull = 112, AlreadyExists = 183, QuotaExceeded = 1295, QuotaNotEnough = 1816;

    private const int InvalidName = 123, NameTooLong = 206, NotAFolder = 267;
    private const FileOptions NoBuffering = (FileOptions)0x2000_0000;
    private const uint ReplaceExisting = 1, WriteThrough = 8;

    private const string LongForm = @"\\?\";

    public string FullForm(string path)
    {
        if (path.StartsWith(LongForm, StringComparison.Ordinal))
        {
            return path;
        }

        string full = Path.GetFullPath(path);
        return full.StartsWith(@"\\", StringComparison.Ordinal) ? string.Concat(LongForm, "UNC", full.AsSpan(1)) : LongForm + full;
    }

    public bool IsOnLocalDisk(string folder) => LocalDisk.Holds(folder, DriveOf);

    public long? FindLength(string path)
    {
        try
        {
            FileAttributes attributes = File.GetAttributes(path);
            return (attributes & (FileAttributes.Directory | FileAttributes.Device)) == 0 ? new FileInfo(path).Length : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public bool IsGroupReadable(string path) => false;

    public SafeFileHandle OpenForReading(string path, out long length)
    {
        SafeFileHandle file = Open(() => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete));
        try
        {
            length = RandomAccess.GetLength(file);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public bool CreateFolder(string path, bool forGroup)
    {
        if (CreateDirectory(path, 0))
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == AlreadyExists ? false : throw Failure(error);
    }

    public SafeFileHandle CreateNew(string path, long length) =>
        Open(() => File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, FileOptions.None, length));

    public bool Flush(SafeFileHandle file) =>
        FlushFileBuffers(file) ? true : throw Failure(Marshal.GetLastPInvokeError());

    public void Close(SafeFileHandle file)
    {
        nint handle = file.DangerousGetHandle();
        file.SetHandleAsInvalid();
        if (!CloseHandle(handle))
        {
            throw Failure(Marshal.GetLastPInvokeError());
        }
    }

    public void Rename(string from, string to) =>
        Patiently(() => MoveFile(from, to, ReplaceExisting | WriteThrough));

    public void FlushFolder(string path)
    {
        // There is no such call here; the rename has written the entry through.
    }

    public void MakeReadOnly(string path, bool forGroup)
    {
        // A read-only attribute would keep other programs from removing what they may remove.
    }

    public void Remove(string path)
    {
        if ((File.GetAttributes(path) & FileAttributes.ReadOnly) != 0)
        {
            File.SetAttributes(path, FileAttributes.Normal);
        }

        Patiently(() => DeleteFile(path));
    }

    public void ForgetCached(string path)
    {
        try
        {
            // Opening a file around the cache empties the cache of it, as long as nobody else has it open.
            File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, NoBuffering).Dispose();
        }
        catch (Exception e) when (StorageError.IsOne(e))
        {
            // A wish.
        }
    }

    public RepositoryErrorKind KindOf(int error) => (error & 0xFFFF) switch
    {
        NotFound or PathNotFound => RepositoryErrorKind.Missing,
        DiskFull or HandleDiskFull or QuotaExceeded or QuotaNotEnough => RepositoryErrorKind.StorageFull,
        AccessDenied or WriteProtected => RepositoryErrorKind.PermissionDenied,
        InvalidName or NameTooLong or NotAFolder => RepositoryErrorKind.InvalidRequest,
        _ => RepositoryErrorKind.Storage,
    };

    private void Patiently(Func<bool> call)
    {
        int error = patience.Try(() => call() ? 0 : Marshal.GetLastPInvokeError(), MayPass);
        if (error != 0)
        {
            throw Failure(error);
        }
    }

    private SafeFileHandle Open(Func<SafeFileHandle> open)
    {
        SafeFileHandle? file = null;
        Exception? failure = null;
        _ = patience.Try(
            () =>
            {
                try
                {
                    file = open();
                    return 0;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    failure = e;
                    return e.HResult & 0xFFFF;
                }
            },
            MayPass);
        return file ?? throw failure!;
    }

    /// <summary>The drive of a path without links; through a link a letter says nothing of where the files are.</summary>
    private static string? DriveOf(string full)
    {
        string? root = Path.GetPathRoot(full);
        for (string? part = full; part is not null && part != root; part = Path.GetDirectoryName(part))
        {
            if ((File.GetAttributes(part) & FileAttributes.ReparsePoint) != 0)
            {
                return null;
            }
        }

        return root;
    }

    private static bool MayPass(int error) => error is AccessDenied or SharingViolation or LockViolation;

    private static IOException Failure(int error) =>
        new(Marshal.GetPInvokeErrorMessage(error), unchecked((int)0x80070000) | error);

    [LibraryImport("kernel32", EntryPoint = "CreateDirectoryW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateDirectory(string path, nint security);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle file);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CloseHandle(nint handle);

    [LibraryImport("kernel32", EntryPoint = "MoveFileExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool MoveFile(string from, string to, uint flags);

    [LibraryImport("kernel32", EntryPoint = "DeleteFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool DeleteFile(string path);
}
