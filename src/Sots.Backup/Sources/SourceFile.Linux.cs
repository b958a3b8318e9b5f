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
    /// <param name="descriptor">The file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="ask">On a network: ask the server, in place of what is remembered of it.</param>
    public static FileStatus StatusOf(Descriptor descriptor, DiskPath path, bool ask = false) =>
        Libc.Statx(descriptor, "\0"u8, Libc.AtEmptyPath, out StatxBuffer buffer, ask ? Libc.AtStatxForceSync : Libc.AtStatxDontSync)
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
    public override void Skip(long bytes)
    {
        if (Libc.Seek(descriptor, bytes, Libc.SeekFromHere) < 0)
        {
            throw LinuxSourceFileSystem.Failure("seek", path, Libc.LastError);
        }
    }

    /// <inheritdoc/>
    public override void ForgetCached() => _ = Libc.Advise(descriptor, offset: 0, length: 0, Libc.AdviceDontNeed);

    /// <inheritdoc/>
    public override FileStatus StatusNow() => StatusOf(descriptor, path, ask: true);

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
