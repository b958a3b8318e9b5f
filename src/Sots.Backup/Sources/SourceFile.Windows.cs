using Microsoft.Win32.SafeHandles;
using Sots.Backup.Native;
using Sots.Restic.Trees;

namespace Sots.Backup.Sources;

/// <summary>A file open for reading on Windows, with everything shared.</summary>
internal sealed class WindowsSourceFile(SafeFileHandle handle, DiskPath path, FileStatus status) : SourceFile
{
    private long _position;

    /// <inheritdoc/>
    public override DiskPath Path => path;

    /// <inheritdoc/>
    public override FileStatus Status => status;

    /// <summary>The status of an open file.</summary>
    public static FileStatus StatusOf(SafeFileHandle handle, DiskPath path)
    {
        int error = WindowsStatus.Query(handle, out FileStatus status, out _);
        return error == 0 ? status : throw WindowsSourceFileSystem.Failure("fstat", path, error);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            int read = RandomAccess.Read(handle, buffer, _position);
            _position += read;
            return read;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw WindowsSourceFileSystem.Failure("read", path, Win32Error.In(exception), exception);
        }
    }

    /// <inheritdoc/>
    public override void Skip(long bytes) => _position += bytes;

    /// <inheritdoc/>
    public override FileStatus StatusNow() => StatusOf(handle, path);

    /// <inheritdoc/>
    public override void Dispose() => handle.Dispose();

    /// <inheritdoc/>
    private protected override void AddMetadata(Node node, Action<string> problem) =>
        WindowsSourceFileSystem.AddGenericAttributes(node, path, status, problem);
}
