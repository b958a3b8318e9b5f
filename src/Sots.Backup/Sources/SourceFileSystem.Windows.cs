using Microsoft.Win32.SafeHandles;
using Sots.Backup.Native;
using Sots.Restic.Trees;

namespace Sots.Backup.Sources;

/// <summary>Reads a Windows disk. NTFS extended attributes (those of OS/2) and alternate streams are not read.</summary>
internal sealed class WindowsSourceFileSystem : SourceFileSystem
{
    private static readonly WindowsPathRules Rules = (WindowsPathRules)PathRules.Windows;

    /// <inheritdoc/>
    public override SourceDirectory OpenDirectory(DiskPath path, bool followLink = false)
    {
        if (!followLink)
        {
            FileStatus status = GetStatus(path, followLinks: false);
            if (!status.IsDirectory)
            {
                throw new SourceException(SourceErrorKind.NotRegular, "open", path, "it is no longer a directory");
            }
        }

        return new WindowsSourceDirectory(path);
    }

    /// <inheritdoc/>
    public override FileStatus GetStatus(DiskPath path, bool followLinks)
    {
        string action = followLinks ? "stat" : "lstat";
        int error = WindowsStatus.Query(WindowsPathRules.Extend(path), followLinks, out FileStatus status, out _);
        return error == 0 ? status : throw Failure(action, path, error);
    }

    /// <inheritdoc/>
    public override SourceFile OpenFile(DiskPath path)
    {
        string extended = WindowsPathRules.Extend(path);
        SafeFileHandle handle = Open(path, extended, Kernel32.OpenReparsePoint);
        try
        {
            FileStatus status = WindowsSourceFile.StatusOf(handle, path);
            if (status.IsFile && (status.Windows.Attributes & WindowsFacts.ReparsePoint) != 0)
            {
                // Deduplicated, compressed or in the cloud: the handle above reads the stub, only a plain one reads the content.
                handle.Dispose();
                handle = Open(path, extended, 0);
                status = WindowsSourceFile.StatusOf(handle, path);
            }

            return status.IsFile
                ? new WindowsSourceFile(handle, path, status)
                : throw new SourceException(SourceErrorKind.NotRegular, "open", path, "it is no longer a regular file");
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Turns an error code into the exception.</summary>
    internal static SourceException Failure(string action, DiskPath path, int error, Exception? inner = null) => new(
        error switch
        {
            Win32Error.FileNotFound or Win32Error.PathNotFound or Win32Error.DeletePending => SourceErrorKind.Vanished,
            Win32Error.AccessDenied or Win32Error.PrivilegeNotHeld => SourceErrorKind.Denied,
            Win32Error.SharingViolation or Win32Error.LockViolation => SourceErrorKind.Locked,
            _ => SourceErrorKind.Other,
        },
        action,
        path,
        error switch
        {
            Win32Error.SharingViolation => "another program has it open and lets nobody read it",
            Win32Error.LockViolation => "another program has locked a part of it",
            _ => Win32Error.Describe(error),
        },
        inner);

    /// <summary>Adds the generic attributes of a node; used for paths and open files alike, as Windows gives them by name.</summary>
    internal static void AddGenericAttributes(Node node, DiskPath path, in FileStatus status, Action<string> problem)
    {
        if (node.Name.AsSpan().Contains((byte)':') || Rules.IsVolumeRoot(path))
        {
            return;
        }

        byte[]? descriptor = node.Type is NodeType.File or NodeType.Directory ? WindowsSecurity.Read(path, problem) : null;
        node.GenericAttributes = status.Windows.ToGenericAttributes(descriptor);
    }

    /// <inheritdoc/>
    private protected override void AddMetadata(
        Node node, DiskPath path, in FileStatus status, Action<string> problem, bool followLinks)
    {
        if (node.Type == NodeType.Symlink)
        {
            node.LinkTarget = ReadLink(path);
        }

        AddGenericAttributes(node, path, status, problem);
    }

    private static byte[] ReadLink(DiskPath path)
    {
        try
        {
            return new FileInfo(WindowsPathRules.Extend(path)).LinkTarget is string target
                ? PathText.ToBytes(target)
                : throw new SourceException(SourceErrorKind.NotRegular, "readlink", path, "it is no longer a symbolic link");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure("readlink", path, Win32Error.In(exception), exception);
        }
    }

    private static SafeFileHandle Open(DiskPath path, string extended, uint flags)
    {
        SafeFileHandle handle = Kernel32.CreateFile(
            extended,
            Kernel32.GenericRead,
            Kernel32.ShareAll,
            0,
            Kernel32.OpenExisting,
            Kernel32.SequentialScan | Kernel32.BackupSemantics | flags,
            0);
        if (!handle.IsInvalid)
        {
            return handle;
        }

        int error = Win32Error.Last;
        handle.Dispose();
        throw Failure("open", path, error);
    }
}
