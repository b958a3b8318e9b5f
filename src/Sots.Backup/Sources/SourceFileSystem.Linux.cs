using Sots.Backup.Native;
using Sots.Restic.Trees;

namespace Sots.Backup.Sources;

/// <summary>Reads a Linux disk: statx, getdents64 and openat on bytes, never through text.</summary>
internal sealed class LinuxSourceFileSystem : SourceFileSystem
{
    private const int MaxLinkTarget = 1 << 16;

    /// <inheritdoc/>
    public override SourceDirectory OpenDirectory(DiskPath path, bool followLink = false)
    {
        int flags = OpenFlags.ReadOnly | OpenFlags.Directory | (followLink ? 0 : OpenFlags.NoFollow);
        using ReachablePath reachable = ReachablePath.Of(path, "open");
        Descriptor descriptor = OpenQuietly(reachable, flags) ?? throw NotOpened(path, reachable, Libc.LastError);
        try
        {
            return new LinuxSourceDirectory(descriptor, path);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override FileStatus GetStatus(DiskPath path, bool followLinks)
    {
        string action = followLinks ? "stat" : "lstat";
        using ReachablePath reachable = ReachablePath.Of(path, action);
        return Libc.Statx(reachable.Directory, reachable.Rest, followLinks ? 0 : Libc.AtSymlinkNoFollow, out StatxBuffer buffer)
            ? LinuxStatus.From(buffer)
            : throw Failure(action, path, Libc.LastError);
    }

    /// <inheritdoc/>
    public override SourceFile OpenFile(DiskPath path)
    {
        // Not blocking: a pipe that took the file's place must not hold the backup until somebody writes into it.
        int flags = OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking;
        using ReachablePath reachable = ReachablePath.Of(path, "open");
        Descriptor descriptor = OpenQuietly(reachable, flags) ?? throw Failure("open", path, Libc.LastError);
        try
        {
            FileStatus status = LinuxSourceFile.StatusOf(descriptor, path);
            return status.IsFile
                ? new LinuxSourceFile(descriptor, path, status)
                : throw new SourceException(SourceErrorKind.NotRegular, "open", path, "it is no longer a regular file");
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Turns an error number into the exception.</summary>
    internal static SourceException Failure(string action, DiskPath path, int error) => new(
        error switch
        {
            Errno.NoEntry or Errno.NotDirectory => SourceErrorKind.Vanished,
            Errno.AccessDenied or Errno.NotPermitted => SourceErrorKind.Denied,
            Errno.Busy or Errno.TextBusy => SourceErrorKind.Locked,
            Errno.Loop => SourceErrorKind.NotRegular,
            _ => SourceErrorKind.Other,
        },
        action,
        path,
        Errno.Describe(error));

    /// <inheritdoc/>
    private protected override void AddMetadata(
        Node node, DiskPath path, in FileStatus status, Action<string> problem, bool followLinks)
    {
        using ReachablePath reachable = ReachablePath.Of(path, "open");
        if (node.Type == NodeType.Symlink)
        {
            node.LinkTarget = ReadLink(path, reachable);
        }

        node.User = AccountNames.UserOf(node.UserId);
        node.Group = AccountNames.GroupOf(node.GroupId);
        node.ExtendedAttributes = ExtendedAttributeReader.OfPath(reachable.ForPathCalls, followLinks).Read(path, problem);
    }

    /// <summary>"Not a directory" is said of a directory that became something else, and of one below such.</summary>
    private static SourceException NotOpened(DiskPath path, in ReachablePath reachable, int error) =>
        error == Errno.NotDirectory && Libc.Statx(reachable.Directory, reachable.Rest, Libc.AtSymlinkNoFollow, out _)
            ? new SourceException(SourceErrorKind.NotRegular, "open", path, "it is no longer a folder")
            : Failure("open", path, error);

    /// <summary>Opens without touching the access time where that is allowed, which it is to the owner alone.</summary>
    private static Descriptor? OpenQuietly(in ReachablePath path, int flags)
    {
        Descriptor? opened = Libc.OpenAt(path.Directory, path.Rest, flags | OpenFlags.NoAccessTime);
        return opened is null && Libc.LastError == Errno.NotPermitted
            ? Libc.OpenAt(path.Directory, path.Rest, flags)
            : opened;
    }

    private static byte[] ReadLink(DiskPath path, in ReachablePath reachable)
    {
        for (int length = 256; length <= MaxLinkTarget; length *= 4)
        {
            byte[] buffer = new byte[length];
            nint read = Libc.ReadLinkAt(reachable.Directory, reachable.Rest, buffer, (nuint)length);
            if (read < 0)
            {
                throw Libc.LastError == Errno.Invalid
                    ? new SourceException(SourceErrorKind.NotRegular, "readlink", path, "it is no longer a symbolic link")
                    : Failure("readlink", path, Libc.LastError);
            }

            if (read < length)
            {
                return buffer[..(int)read];
            }
        }

        throw new SourceException(SourceErrorKind.Other, "readlink", path, "the target is longer than 64 KiB");
    }
}

/// <summary>From statx to the format's terms.</summary>
internal static class LinuxStatus
{
    /// <summary>Translates one result.</summary>
    public static FileStatus From(in StatxBuffer buffer)
    {
        uint mode = NodeMode.FromPosix(buffer.Mode);
        return new FileStatus
        {
            Type = FileStatus.TypeOf(mode),
            Mode = mode,
            SizeBytes = unchecked((long)buffer.Size),
            ModifiedTime = TimeOf(buffer.ModifiedTime),
            AccessTime = TimeOf(buffer.AccessTime),
            ChangeTime = TimeOf(buffer.ChangeTime),
            UserId = buffer.UserId,
            GroupId = buffer.GroupId,
            Inode = buffer.Inode,
            DeviceId = StatxBuffer.JoinDevice(buffer.DeviceMajor, buffer.DeviceMinor),
            Device = StatxBuffer.JoinDevice(buffer.RawDeviceMajor, buffer.RawDeviceMinor),
            Links = buffer.Links,
        };
    }

    private static DiskTime TimeOf(StatxTime time) => new(time.Seconds, unchecked((int)time.Nanoseconds));
}
