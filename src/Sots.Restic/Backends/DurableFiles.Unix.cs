using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Sots.Restic.Backends;

/// <summary>What Linux and macOS have in common. Source: docs/FORMAT.md, section 2.</summary>
[UnsupportedOSPlatform("windows")]
internal abstract class UnixDurableFiles : IDurableFiles
{
    /// <summary>Stands in place of an error number. What is no file will not be one in a second either.</summary>
    private const int NotRegular = -1;

    private const uint GroupRead = 0x20; // 0040

    public string FullForm(string path) => Path.GetFullPath(path);

    public bool IsOnLocalDisk(string folder) => LocalDisk.Holds(folder, static full => full);

    public long? FindLength(string path) => Find(path) is (uint mode, long length) && IsRegular(mode) ? length : null;

    public bool IsGroupReadable(string path)
    {
        try
        {
            return Find(path) is (uint mode, _) && IsRegular(mode) && (mode & GroupRead) != 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public SafeFileHandle OpenForReading(string path, out long length)
    {
        // A pipe in a file's place must not stop us for ever: it is opened without waiting, looked at, and refused.
        int descriptor = Posix.OpenForReading(path);
        if (descriptor < 0)
        {
            throw Posix.Failure(Posix.LastError);
        }

        SafeFileHandle file = new(descriptor, ownsHandle: true);
        try
        {
            (uint mode, length) = Find(descriptor);
            return IsRegular(mode) ? file : throw new IOException("not a regular file", NotRegular);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public bool CreateFolder(string path, bool forGroup)
    {
        if (Posix.MakeFolder(path, forGroup ? 0x1F8u /* 0770 */ : 0x1C0u /* 0700 */) == 0)
        {
            return true;
        }

        int error = Posix.LastError;
        return error == PosixNumbers.Exists ? false : throw Posix.Failure(error);
    }

    public SafeFileHandle CreateNew(string path, long length)
    {
        // With CreateNew the runtime passes O_CREAT|O_EXCL and follows no link. Only a stream takes the mode; only its handle is kept.
        SafeFileHandle file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }).SafeFileHandle;
        Preallocate(Descriptor(file), length);
        return file;
    }

    public bool Flush(SafeFileHandle file)
    {
        if (Sync(Descriptor(file)) == 0)
        {
            return true;
        }

        int error = Posix.LastError;
        return CannotSync(error) ? false : throw Posix.Failure(error);
    }

    public void Close(SafeFileHandle file)
    {
        int descriptor = Descriptor(file);
        file.SetHandleAsInvalid();
        if (Posix.Close(descriptor) != 0 && Posix.LastError is int error and not PosixNumbers.Interrupted)
        {
            throw Posix.Failure(error);
        }
    }

    public void Rename(string from, string to)
    {
        if (Posix.Rename(from, to) != 0)
        {
            throw Posix.Failure(Posix.LastError);
        }
    }

    public void FlushFolder(string path)
    {
        int descriptor = Posix.OpenForReading(path);
        if (descriptor < 0)
        {
            // A folder that may be written but not read cannot be flushed by itself; that is no reason to refuse it.
            int error = Posix.LastError;
            if (error is PosixNumbers.AccessDenied or PosixNumbers.NotFound)
            {
                return;
            }

            throw Posix.Failure(error);
        }

        int failure = Sync(descriptor) == 0 ? 0 : Posix.LastError;
        _ = Posix.Close(descriptor);
        failure = failure == 0 ? FailureOfOpening(path) : failure;
        if (failure != 0 && failure != PosixNumbers.NotFound && !CannotSync(failure))
        {
            throw Posix.Failure(failure);
        }
    }

    /// <summary>
    /// 0 where a folder that was flushed can be opened still. XFS answers the flush of a folder with success when it has just lost its disk
    /// and with it what was to be flushed; opening anything is refused then.
    /// </summary>
    private static int FailureOfOpening(string path)
    {
        int again = Posix.OpenForReading(path);
        if (again >= 0)
        {
            _ = Posix.Close(again);
            return 0;
        }

        return Posix.LastError is int error and not PosixNumbers.AccessDenied ? error : 0;
    }

    public void MakeReadOnly(string path, bool forGroup) => _ = Posix.ChangeMode(path, forGroup ? 0x120u /* 0440 */ : 0x100u /* 0400 */);

    public void Remove(string path)
    {
        if (Posix.Unlink(path) != 0)
        {
            throw Posix.Failure(Posix.LastError);
        }
    }

    public virtual void ForgetCached(string path)
    {
    }

    public RepositoryErrorKind KindOf(int error) => error switch
    {
        PosixNumbers.NotFound => RepositoryErrorKind.Missing,
        NotRegular => RepositoryErrorKind.Damaged,
        PosixNumbers.NoSpace => RepositoryErrorKind.StorageFull,
        _ when error == PosixNumbers.Current.QuotaExceeded => RepositoryErrorKind.StorageFull,
        PosixNumbers.AccessDenied or PosixNumbers.NotPermitted or PosixNumbers.ReadOnlyFileSystem => RepositoryErrorKind.PermissionDenied,
        PosixNumbers.NotAFolder => RepositoryErrorKind.InvalidRequest,
        _ when error == PosixNumbers.Current.TooManyLinks || error == PosixNumbers.Current.NameTooLong => RepositoryErrorKind.InvalidRequest,
        _ => RepositoryErrorKind.Storage,
    };

    /// <summary>Writes a file or folder through to the disk; -1 on failure.</summary>
    protected abstract int Sync(int descriptor);

    /// <summary>True where the error only says that there is nothing to sync here.</summary>
    protected virtual bool CannotSync(int error) => error == PosixNumbers.Current.NotSupported || error == PosixNumbers.InvalidArgument;

    /// <summary>Reserves room; a failure is no failure, the write will tell.</summary>
    protected abstract void Preallocate(int descriptor, long length);

    /// <summary>Mode and length of a file, following links; null where there is none.</summary>
    protected abstract (uint Mode, long Length)? Find(string path);

    /// <summary>Mode and length of an open file.</summary>
    protected abstract (uint Mode, long Length) Find(int descriptor);

    private static bool IsRegular(uint mode) => (mode & PosixNumbers.KindMask) == PosixNumbers.RegularFile;

    private static int Descriptor(SafeFileHandle file) => (int)file.DangerousGetHandle();
}
