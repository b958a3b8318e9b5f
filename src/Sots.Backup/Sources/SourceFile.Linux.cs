using Sots.Backup.Native;
using Sots.Restic.Trees;

namespace Sots.Backup.Sources;

/// <summary>A file open for reading on Linux.</summary>
internal sealed unsafe class LinuxSourceFile(Descriptor descriptor, DiskPath path, FileStatus status) : SourceFile
{
    /// <inheritdoc/>
    public override DiskPath Path => path;

    /// <inheritdoc/>
    public override FileStatus Status => status;

    /// <summary>The status of an open file.</summary>
    public static FileStatus StatusOf(Descriptor descriptor, DiskPath path) =>
        Libc.Statx(descriptor, "\0"u8, Libc.AtEmptyPath, out StatxBuffer buffer)
            ? LinuxStatus.From(buffer)
            : throw LinuxSourceFileSystem.Failure("fstat", path, Libc.LastError);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint read;
            do
            {
                read = Libc.Read(descriptor, start, (nuint)buffer.Length);
            }
            while (read < 0 && Libc.LastError == Errno.Interrupted);

            return read >= 0 ? (int)read : throw LinuxSourceFileSystem.Failure("read", path, Libc.LastError);
        }
    }

    /// <inheritdoc/>
    public override FileStatus StatusNow() => StatusOf(descriptor, path);

    /// <inheritdoc/>
    public override void Dispose() => descriptor.Dispose();

    /// <inheritdoc/>
    private protected override void AddMetadata(Node node, Action<string> problem)
    {
        node.User = AccountNames.UserOf(node.UserId);
        node.Group = AccountNames.GroupOf(node.GroupId);
        node.ExtendedAttributes = ExtendedAttributeReader.OfFile(descriptor).Read(path, problem);
    }
}
