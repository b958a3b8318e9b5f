using Microsoft.Win32.SafeHandles;
using Sots.Backup.Native;
using Sots.Backup.Sources;

namespace Sots.Backup.Restoring;

/// <summary>A file of the target on Windows.</summary>
internal sealed unsafe class WindowsTargetFile(SafeFileHandle handle, DiskPath path) : TargetFile
{
    /// <inheritdoc/>
    public override void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(handle, bytes, offset);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure("write", exception);
        }
    }

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        try
        {
            return RandomAccess.Read(handle, buffer, offset);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure("read", exception);
        }
    }

    /// <inheritdoc/>
    public override void SetLength(long length)
    {
        try
        {
            RandomAccess.SetLength(handle, length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure("truncate", exception);
        }
    }

    /// <inheritdoc/>
    public override void Preallocate(long length)
    {
        // Reserving less than the file has would cut it off.
        if (length > Status().SizeBytes
            && !Kernel32.SetInformation(handle, Kernel32.AllocationInformation, &length, sizeof(long))
            && Win32Error.Last is Win32Error.DiskFull or Win32Error.HandleDiskFull)
        {
            throw WindowsTargetFileSystem.Failure("allocate", path, Win32Error.DiskFull);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure("flush", exception);
        }
    }

    /// <inheritdoc/>
    public override FileStatus Status()
    {
        int error = WindowsStatus.Query(handle, out FileStatus status, out _);
        return error == 0 ? status : throw WindowsTargetFileSystem.Failure("fstat", path, error);
    }

    /// <inheritdoc/>
    public override void Dispose() => handle.Dispose();

    private TargetException Failure(string action, Exception exception) =>
        WindowsTargetFileSystem.Failure(action, path, Win32Error.In(exception), exception);
}
