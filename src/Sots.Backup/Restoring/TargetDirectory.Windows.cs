using Microsoft.Win32.SafeHandles;
using Sots.Backup.Native;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>
/// A directory of the target on Windows. It is held open without sharing deletion: as long as it is, neither it nor a directory above
/// it can be renamed, removed or replaced, so the paths below it stay what they are.
/// </summary>
internal sealed class WindowsTargetDirectory(SafeFileHandle handle, DiskPath path) : TargetDirectory(path, PathRules.Windows)
{
    private const uint ReplaceExisting = 1;
    private const uint DirectoryLink = 1;
    private const uint AllowUnprivileged = 2;

    /// <summary>Opens a directory so that it stays where it is.</summary>
    public static SafeFileHandle Hold(DiskPath path, bool followLink)
    {
        SafeFileHandle handle = Kernel32.CreateFile(
            WindowsPathRules.Extend(path),
            Kernel32.ListDirectory | Kernel32.ReadAttributes,
            Kernel32.ShareRead | Kernel32.ShareWrite,
            0,
            Kernel32.OpenExisting,
            Kernel32.BackupSemantics | (followLink ? 0 : Kernel32.OpenReparsePoint),
            0);
        int error = handle.IsInvalid ? Win32Error.Last : WindowsStatus.Query(handle, out FileStatus status, out _) switch
        {
            0 when !status.IsDirectory => Win32Error.AlreadyExists,
            int other => other,
        };
        if (error == 0)
        {
            return handle;
        }

        handle.Dispose();
        throw WindowsTargetFileSystem.Failure("open", path, error);
    }

    /// <inheritdoc/>
    public override List<byte[]> Entries()
    {
        try
        {
            using WindowsSourceDirectory listed = new(Path);
            List<byte[]> entries = new(listed.Count);
            for (int i = 0; i < listed.Count; i++)
            {
                entries.Add(listed.NameOf(i).ToArray());
            }

            return entries;
        }
        catch (SourceException exception)
        {
            throw new TargetException(
                exception.Kind == SourceErrorKind.Denied ? TargetErrorKind.Denied : TargetErrorKind.Other,
                "readdir", Path, exception.Reason, exception);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => handle.Dispose();

    /// <inheritdoc/>
    private protected override TargetDirectory OpenDirectoryCore(byte[] name, bool create)
    {
        DiskPath path = PathOf(name);
        bool created = false;
        if (create)
        {
            if (TryGetStatusCore(name, out FileStatus status) && !status.IsDirectory)
            {
                RemoveCore(name, recursive: false);
            }

            string extended = Extended(name);
            int error = WindowsTargetFileSystem.Retry(() => Kernel32.CreateDirectory(extended, 0));
            created = error == 0;
            if (error is not (0 or Win32Error.AlreadyExists))
            {
                throw WindowsTargetFileSystem.Failure("mkdir", path, error);
            }
        }

        return new WindowsTargetDirectory(Hold(path, followLink: false), path) { WasCreated = created };
    }

    /// <inheritdoc/>
    private protected override bool TryGetStatusCore(byte[] name, out FileStatus status) => TryGetStatus(name, out status, out _);

    /// <inheritdoc/>
    private protected override TargetFile OpenForWriteCore(byte[] name, out bool existed)
    {
        existed = TryGetStatus(name, out FileStatus status, out uint links);
        if (existed && (!status.IsFile || links > 1))
        {
            RemoveCore(name, recursive: false);
            existed = false;
        }

        if (!existed)
        {
            return CreateFileCore(name);
        }

        ClearReadOnly(name, status);
        WindowsTargetFile file = Open(name, Kernel32.OpenExisting);
        if (file.Status().IsFile)
        {
            return file;
        }

        file.Dispose();
        throw new TargetException(TargetErrorKind.Other, "open", PathOf(name), "another program keeps changing it");
    }

    /// <inheritdoc/>
    private protected override TargetFile OpenForReadCore(byte[] name)
    {
        WindowsTargetFile file = Open(name, Kernel32.OpenExisting, Kernel32.GenericRead, Kernel32.ShareAll);
        if (file.Status().IsFile)
        {
            return file;
        }

        file.Dispose();
        throw new TargetException(TargetErrorKind.Other, "open", PathOf(name), "it is not a regular file");
    }

    /// <inheritdoc/>
    private protected override TargetFile CreateFileCore(byte[] name) => Open(name, Kernel32.CreateNew);

    /// <inheritdoc/>
    private protected override void RenameOverCore(byte[] temporary, byte[] name)
    {
        if (TryGetStatusCore(name, out FileStatus status))
        {
            ClearReadOnly(name, status);
            if (!status.IsDirectory && (status.Windows.Attributes & WindowsFacts.Directory) != 0)
            {
                // A link to a folder and a junction are folders to the renaming, which replaces none. What they lead to stays.
                RemoveCore(name, recursive: false);
            }
        }

        string from = Extended(temporary);
        string to = Extended(name);
        Check(WindowsTargetFileSystem.Retry(() => Kernel32.MoveFile(from, to, ReplaceExisting)), "rename", name);
    }

    /// <inheritdoc/>
    /// <remarks>Windows has links to files and links to directories: which one it is, what the target is now decides.</remarks>
    private protected override void CreateSymlinkCore(byte[] name, ReadOnlySpan<byte> target)
    {
        DiskPath destination = PathRules.Windows.MakeAbsolute(new DiskPath(target.ToArray()), Path);
        bool isDirectory = WindowsStatus.Query(WindowsPathRules.Extend(destination), follow: true, out FileStatus status, out _) == 0
            && status.IsDirectory;
        byte made = Kernel32.CreateSymbolicLink(
            Extended(name), PathText.ToText(target).Replace('/', '\\'), AllowUnprivileged | (isDirectory ? DirectoryLink : 0));
        Check(made != 0 ? 0 : Win32Error.Last, "symlink", name);
    }

    /// <inheritdoc/>
    private protected override void CreateHardLinkCore(TargetDirectory existingDirectory, byte[] existingName, byte[] name)
    {
        string existing = ((WindowsTargetDirectory)existingDirectory).Extended(existingName);
        string made = Extended(name);
        Check(WindowsTargetFileSystem.Retry(() => Kernel32.CreateHardLink(made, existing, 0)), "link", name);
    }

    /// <inheritdoc/>
    private protected override void CreateSpecialCore(byte[] name, Node node) => throw new TargetException(
        TargetErrorKind.Other, "mknod", PathOf(name), "Windows has no pipes and devices in directories");

    /// <inheritdoc/>
    private protected override bool RemoveCore(byte[] name, bool recursive)
    {
        if (!TryGetStatusCore(name, out FileStatus status))
        {
            return false;
        }

        if (status.IsDirectory && recursive)
        {
            using TargetDirectory inner = OpenDirectoryCore(name, create: false);
            TreeRemoval.RemoveContent(inner);
        }

        ClearReadOnly(name, status);
        string extended = Extended(name);

        // Also a link to a directory and a junction are directories to Windows, and removing them leaves alone what they lead to.
        bool isDirectory = (status.Windows.Attributes & WindowsFacts.Directory) != 0;
        int error = WindowsTargetFileSystem.Retry(
            () => isDirectory ? Kernel32.RemoveDirectory(extended) : Kernel32.DeleteFile(extended));
        Check(error is Win32Error.FileNotFound ? 0 : error, "remove", name);
        return true;
    }

    /// <inheritdoc/>
    private protected override void ApplyMetadataCore(byte[]? name, Node node, MetadataOptions options, Action<string> problem) =>
        new WindowsMetadata(name is null ? Path : PathOf(name), problem).Apply(node);

    private bool TryGetStatus(byte[] name, out FileStatus status, out uint links)
    {
        int error = WindowsStatus.Query(Extended(name), follow: false, out status, out links);
        return error is 0 ? true
            : error is Win32Error.FileNotFound or Win32Error.PathNotFound ? false
            : throw WindowsTargetFileSystem.Failure("lstat", PathOf(name), error);
    }

    private WindowsTargetFile Open(
        byte[] name, uint disposition, uint access = Kernel32.GenericRead | Kernel32.GenericWrite,
        uint share = Kernel32.ShareRead | Kernel32.ShareDelete)
    {
        string extended = Extended(name);
        SafeFileHandle? opened = null;
        int error = WindowsTargetFileSystem.Retry(() =>
        {
            opened?.Dispose();
            opened = Kernel32.CreateFile(
                extended,
                access,
                share,
                0,
                disposition,
                Kernel32.OpenReparsePoint,
                0);
            return !opened.IsInvalid;
        });
        if (error == 0)
        {
            return new WindowsTargetFile(opened!, PathOf(name));
        }

        opened?.Dispose();
        throw WindowsTargetFileSystem.Failure(disposition == Kernel32.CreateNew ? "create" : "open", PathOf(name), error);
    }

    private void ClearReadOnly(byte[] name, in FileStatus status)
    {
        const uint plain = WindowsFacts.Hidden | WindowsFacts.System | WindowsFacts.Archive;
        uint attributes = status.Windows.Attributes;
        if ((attributes & WindowsFacts.ReadOnly) != 0)
        {
            uint kept = attributes & plain;

            // What this cannot change, the operation it is for will report.
            _ = Kernel32.SetAttributes(Extended(name), kept == 0 ? WindowsFacts.Normal : kept);
        }
    }

    private string Extended(byte[] name) => WindowsPathRules.Extend(PathOf(name));

    private void Check(int error, string action, byte[] name)
    {
        if (error != 0)
        {
            throw WindowsTargetFileSystem.Failure(action, PathOf(name), error);
        }
    }
}
