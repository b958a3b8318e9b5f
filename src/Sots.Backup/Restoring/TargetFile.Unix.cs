using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Sots.Backup.Sources;
using Sots.Restic.Backends;

namespace Sots.Backup.Restoring;

/// <summary>A file of the target through the runtime.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class PortableTargetFile(SafeFileHandle handle, PortableSourceFileSystem reader, DiskPath path) : TargetFile
{
    /// <inheritdoc/>
    public override void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(handle, bytes, offset);
        }
        catch (IOException exception)
        {
            throw new TargetException(TargetErrorKind.Other, "write", path, exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        try
        {
            return RandomAccess.Read(handle, buffer, offset);
        }
        catch (IOException exception)
        {
            throw new TargetException(TargetErrorKind.Other, "read", path, exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public override void SetLength(long length) => Run("truncate", () => RandomAccess.SetLength(handle, length));

    /// <inheritdoc/>
    public override void Preallocate(long length)
    {
    }

    /// <inheritdoc/>
    public override void Flush() => Run("fsync", () => DiskFlush.File(handle));

    /// <inheritdoc/>
    public override FileStatus Status() => PortableTargetFileSystem.Guard("fstat", path, () => reader.GetStatus(path, followLinks: false));

    /// <inheritdoc/>
    public override void Dispose() => handle.Dispose();

    private void Run(string action, Action operation) => PortableTargetFileSystem.Guard(action, path, () =>
    {
        operation();
        return 0;
    });
}
