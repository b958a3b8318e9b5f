using Sots.Backup.Native;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>A directory of the target on Linux: every operation is relative to its descriptor and follows no link.</summary>
internal sealed class LinuxTargetDirectory(Descriptor descriptor, DiskPath path) : TargetDirectory(path, PathRules.Posix)
{
    private const uint OwnerOnlyFile = 0x180;
    private const uint OwnerOnlyDirectory = 0x1C0;

    /// <summary>How often an operation begins again because somebody else changed the entry in between.</summary>
    private const int Attempts = 4;

    /// <inheritdoc/>
    public override List<byte[]> Entries()
    {
        using Descriptor listed = Libc.OpenAt(descriptor, ".\0"u8, OpenFlags.ReadOnly | OpenFlags.Directory)
            ?? throw LinuxTargetFileSystem.Failure("open", Path, Libc.LastError);
        (NameTable? names, int error) = DirectoryNames.Read(listed);
        if (names is null)
        {
            throw LinuxTargetFileSystem.Failure("readdir", Path, error);
        }

        List<byte[]> entries = new(names.Count);
        for (int i = 0; i < names.Count; i++)
        {
            entries.Add(names[i].ToArray());
        }

        return entries;
    }

    /// <inheritdoc/>
    public override void FlushFileSystem()
    {
        if (Libc.SyncFileSystem(descriptor) != 0 && Libc.LastError is not (Errno.Invalid or Errno.NotSupported))
        {
            throw LinuxTargetFileSystem.Failure("syncfs", Path, Libc.LastError);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => descriptor.Dispose();

    /// <inheritdoc/>
    private protected override TargetDirectory OpenDirectoryCore(byte[] name, bool create)
    {
        byte[] terminated = Libc.Terminated(name);
        bool created = false;
        for (int attempt = 1; ; attempt++)
        {
            Descriptor? opened = OpenDirectory(terminated);
            int error = opened is null ? Libc.LastError : 0;
            if (opened is not null)
            {
                return new LinuxTargetDirectory(opened, PathOf(name)) { WasCreated = created };
            }

            if (!create || attempt == Attempts || error is not (Errno.NoEntry or Errno.NotDirectory or Errno.Loop))
            {
                throw LinuxTargetFileSystem.Failure("open", PathOf(name), error);
            }

            if (error != Errno.NoEntry)
            {
                RemoveCore(name, recursive: false);
            }

            created = Libc.MakeDirectoryAt(descriptor, terminated, OwnerOnlyDirectory) == 0;
            if (!created && Libc.LastError != Errno.Exists)
            {
                throw LinuxTargetFileSystem.Failure("mkdir", PathOf(name), Libc.LastError);
            }
        }
    }

    /// <inheritdoc/>
    private protected override bool TryGetStatusCore(byte[] name, out FileStatus status)
    {
        if (Libc.Statx(descriptor, Libc.Terminated(name), Libc.AtSymlinkNoFollow, out StatxBuffer buffer))
        {
            status = LinuxStatus.From(buffer);
            return true;
        }

        status = default;
        return Libc.LastError == Errno.NoEntry ? false : throw LinuxTargetFileSystem.Failure("lstat", PathOf(name), Libc.LastError);
    }

    /// <inheritdoc/>
    private protected override TargetFile OpenForWriteCore(byte[] name, out bool existed)
    {
        byte[] terminated = Libc.Terminated(name);
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            existed = TryGetStatusCore(name, out FileStatus status);
            if (existed && !IsOverwritable(status))
            {
                RemoveCore(name, recursive: false);
                existed = false;
            }

            int flags = OpenFlags.ReadWrite | OpenFlags.NoFollow | OpenFlags.NonBlocking;
            flags |= existed ? 0 : OpenFlags.Create | OpenFlags.Exclusive;
            Descriptor? opened = Libc.OpenAt(descriptor, terminated, flags, OwnerOnlyFile);
            int error = opened is null ? Libc.LastError : 0;
            if (opened is not null)
            {
                LinuxTargetFile file = new(opened, PathOf(name));
                if (IsOverwritable(file.Status()))
                {
                    return file;
                }

                file.Dispose();
            }
            else if (existed && error == Errno.AccessDenied && TryGrant(terminated, OwnerOnlyFile))
            {
                continue;
            }
            else if (existed && error == Errno.TextBusy)
            {
                // A running program: it keeps the old file, its name gets the new one.
                RemoveCore(name, recursive: false);
            }
            else if (error is not (Errno.NoEntry or Errno.Exists or Errno.Loop))
            {
                throw LinuxTargetFileSystem.Failure("open", PathOf(name), error);
            }
        }

        throw new TargetException(TargetErrorKind.Other, "open", PathOf(name), "another program keeps changing it");
    }

    /// <inheritdoc/>
    private protected override TargetFile OpenForReadCore(byte[] name)
    {
        int flags = OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking;
        LinuxTargetFile file = new(
            Libc.OpenAt(descriptor, Libc.Terminated(name), flags) ?? throw LinuxTargetFileSystem.Failure("open", PathOf(name), Libc.LastError),
            PathOf(name));
        if (file.Status().IsFile)
        {
            return file;
        }

        file.Dispose();
        throw new TargetException(TargetErrorKind.Other, "open", PathOf(name), "it is not a regular file");
    }

    /// <inheritdoc/>
    private protected override TargetFile CreateFileCore(byte[] name)
    {
        int flags = OpenFlags.ReadWrite | OpenFlags.NoFollow | OpenFlags.Create | OpenFlags.Exclusive;
        return new LinuxTargetFile(
            Libc.OpenAt(descriptor, Libc.Terminated(name), flags, OwnerOnlyFile)
                ?? throw LinuxTargetFileSystem.Failure("create", PathOf(name), Libc.LastError),
            PathOf(name));
    }

    /// <inheritdoc/>
    private protected override void RenameOverCore(byte[] temporary, byte[] name) =>
        Check(Libc.RenameAt(descriptor, Libc.Terminated(temporary), descriptor, Libc.Terminated(name)), "rename", name);

    /// <inheritdoc/>
    private protected override void CreateSymlinkCore(byte[] name, ReadOnlySpan<byte> target) =>
        Check(Libc.SymlinkAt(Libc.Terminated(target), descriptor, Libc.Terminated(name)), "symlink", name);

    /// <inheritdoc/>
    private protected override void CreateHardLinkCore(TargetDirectory existingDirectory, byte[] existingName, byte[] name)
    {
        Descriptor source = ((LinuxTargetDirectory)existingDirectory).Handle;
        Check(Libc.LinkAt(source, Libc.Terminated(existingName), descriptor, Libc.Terminated(name), 0), "link", name);
    }

    /// <inheritdoc/>
    private protected override void CreateSpecialCore(byte[] name, Node node)
    {
        uint kind = node.Type switch
        {
            NodeType.Fifo => 0x1000,
            NodeType.CharDevice => 0x2000,
            _ => 0x6000,
        };
        ulong device = node.Type == NodeType.Fifo ? 0 : node.Device;
        Check(Libc.MakeNodeAt(descriptor, Libc.Terminated(name), kind | OwnerOnlyFile, device), "mknod", name);
    }

    /// <inheritdoc/>
    private protected override bool RemoveCore(byte[] name, bool recursive)
    {
        byte[] terminated = Libc.Terminated(name);
        if (Libc.UnlinkAt(descriptor, terminated, 0) == 0)
        {
            return true;
        }

        int error = Libc.LastError;
        if (error == Errno.NoEntry)
        {
            return false;
        }

        if (error is not (Errno.IsDirectory or Errno.NotPermitted))
        {
            throw LinuxTargetFileSystem.Failure("remove", PathOf(name), error);
        }

        if (recursive && TryGetStatusCore(name, out FileStatus status) && status.IsDirectory)
        {
            using TargetDirectory inner = OpenDirectoryCore(name, create: false);
            TreeRemoval.RemoveContent(inner);
        }

        if (Libc.UnlinkAt(descriptor, terminated, Libc.AtRemoveDirectory) == 0)
        {
            return true;
        }

        // "Not a directory" means that the first refusal was the true one.
        throw LinuxTargetFileSystem.Failure("remove", PathOf(name), Libc.LastError == Errno.NotDirectory ? error : Libc.LastError);
    }

    /// <inheritdoc/>
    private protected override void ApplyMetadataCore(byte[]? name, Node node, MetadataOptions options, Action<string> problem)
    {
        DiskPath entry = name is null ? Path : PathOf(name);
        using Descriptor handle = Libc.OpenAt(
            descriptor, Libc.Terminated(name ?? "."u8), OpenFlags.PathOnly | OpenFlags.NoFollow)
            ?? throw LinuxTargetFileSystem.Failure("open", entry, Libc.LastError);
        new LinuxMetadata(handle, entry, problem).Apply(node, options);
    }

    private Descriptor Handle => descriptor;

    private static bool IsOverwritable(in FileStatus status) => status.IsFile && status.Links <= 1;

    private Descriptor? OpenDirectory(byte[] terminated)
    {
        const int attempts = 2;
        for (int attempt = 1; ; attempt++)
        {
            Descriptor? opened = Libc.OpenAt(
                descriptor, terminated, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
            bool isClosed = opened is null ? Libc.LastError == Errno.AccessDenied : !LetsOwnerIn(opened);
            if (!isClosed || attempt == attempts)
            {
                return opened;
            }

            if (!TryGrant(terminated, OwnerOnlyDirectory))
            {
                return opened ?? Denied();
            }

            opened?.Dispose();
        }

        static Descriptor? Denied()
        {
            System.Runtime.InteropServices.Marshal.SetLastPInvokeError(Errno.AccessDenied);
            return null;
        }
    }

    /// <summary>Whether the owner of an open directory may write into it, or need not care because this process is root or not the owner.</summary>
    private static bool LetsOwnerIn(Descriptor opened) =>
        !Libc.Statx(opened, "\0"u8, Libc.AtEmptyPath, out StatxBuffer buffer)
        || (buffer.Mode & OwnerOnlyDirectory) == OwnerOnlyDirectory
        || buffer.UserId != Libc.EffectiveUser()
        || buffer.UserId == 0;

    /// <summary>Gives the owner of a regular file or directory access to it. The metadata applied at the end set the mode right.</summary>
    private bool TryGrant(byte[] terminated, uint permissions)
    {
        using Descriptor? handle = Libc.OpenAt(descriptor, terminated, OpenFlags.PathOnly | OpenFlags.NoFollow);
        return handle is not null
            && Libc.Statx(handle, "\0"u8, Libc.AtEmptyPath, out StatxBuffer buffer)
            && FileStatus.TypeOf(NodeMode.FromPosix(buffer.Mode)) is NodeType.File or NodeType.Directory
            && buffer.UserId == Libc.EffectiveUser()
            && Libc.ChangeMode(Libc.Terminated(PathText.ToBytes(handle.ProcPath)), permissions) == 0;
    }

    private void Check(int result, string action, byte[] name)
    {
        if (result != 0)
        {
            throw LinuxTargetFileSystem.Failure(action, PathOf(name), Libc.LastError);
        }
    }
}
