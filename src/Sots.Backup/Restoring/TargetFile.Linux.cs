using Sots.Backup.Native;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>A file of the target on Linux.</summary>
internal sealed unsafe class LinuxTargetFile(Descriptor descriptor, DiskPath path) : TargetFile
{
    private const int KeepSize = 1;

    /// <inheritdoc/>
    public override void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            nint written;
            fixed (byte* start = bytes)
            {
                written = Libc.WriteAt(descriptor, start, (nuint)bytes.Length, offset);
            }

            if (written < 0 && Libc.LastError == Errno.Interrupted)
            {
                continue;
            }

            if (written <= 0)
            {
                throw LinuxTargetFileSystem.Failure("write", path, written == 0 ? Errno.NoSpace : Libc.LastError);
            }

            bytes = bytes[(int)written..];
            offset += written;
        }
    }

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint read;
            do
            {
                read = Libc.ReadAt(descriptor, start, (nuint)buffer.Length, offset);
            }
            while (read < 0 && Libc.LastError == Errno.Interrupted);

            return read >= 0 ? (int)read : throw LinuxTargetFileSystem.Failure("read", path, Libc.LastError);
        }
    }

    /// <inheritdoc/>
    public override void SetLength(long length)
    {
        if (Repeat(() => Libc.Truncate(descriptor, length)) is int error and not 0)
        {
            throw LinuxTargetFileSystem.Failure("truncate", path, error);
        }
    }

    /// <inheritdoc/>
    public override void Preallocate(long length)
    {
        int error = length > 0 ? Repeat(() => Libc.Allocate(descriptor, KeepSize, 0, length)) : 0;
        if (error is Errno.NoSpace or Errno.QuotaExceeded or Errno.FileTooBig)
        {
            throw LinuxTargetFileSystem.Failure("allocate", path, error);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        if (Repeat(() => Libc.Sync(descriptor)) is int error and not 0)
        {
            throw LinuxTargetFileSystem.Failure("fsync", path, error);
        }
    }

    /// <inheritdoc/>
    public override FileStatus Status() => Libc.Statx(descriptor, "\0"u8, Libc.AtEmptyPath, out StatxBuffer buffer)
        ? LinuxStatus.From(buffer)
        : throw LinuxTargetFileSystem.Failure("fstat", path, Libc.LastError);

    /// <inheritdoc/>
    public override bool TryApplyMetadata(Node node, MetadataOptions options, Action<string> problem)
    {
        LinuxMetadata.OfOpenFile(descriptor, path, problem).Apply(node, options);
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose() => descriptor.Dispose();

    private static int Repeat(Func<int> call)
    {
        while (call() != 0)
        {
            if (Libc.LastError != Errno.Interrupted)
            {
                return Libc.LastError;
            }
        }

        return 0;
    }
}
