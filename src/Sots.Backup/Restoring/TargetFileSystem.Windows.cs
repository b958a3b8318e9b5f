using Microsoft.Win32.SafeHandles;
using Sots.Backup.Native;

namespace Sots.Backup.Restoring;

/// <summary>The target on Windows.</summary>
internal sealed class WindowsTargetFileSystem : TargetFileSystem
{
    /// <inheritdoc/>
    public override TargetDirectory OpenRoot(DiskPath target, bool create)
    {
        if (!PathRules.Windows.IsAbsolute(target))
        {
            throw new TargetException(TargetErrorKind.Other, "open", target, "the target must be an absolute path");
        }

        DiskPath cleaned = PathRules.Windows.Clean(target);
        if (create)
        {
            CreateAll(cleaned);
        }

        return new WindowsTargetDirectory(WindowsTargetDirectory.Hold(cleaned, followLink: true), cleaned);
    }

    /// <summary>Turns an error code into the exception.</summary>
    internal static TargetException Failure(string action, DiskPath path, int error, Exception? inner = null) => new(
        error switch
        {
            Win32Error.AccessDenied or Win32Error.PrivilegeNotHeld => TargetErrorKind.Denied,
            Win32Error.DiskFull or Win32Error.HandleDiskFull => TargetErrorKind.Full,
            Win32Error.AlreadyExists or Win32Error.FileExists or Win32Error.NotEmpty => TargetErrorKind.Exists,
            Win32Error.InvalidName or Win32Error.NameTooLong => TargetErrorKind.NameRefused,
            Win32Error.FileNotFound or Win32Error.PathNotFound => TargetErrorKind.Missing,
            Win32Error.SharingViolation or Win32Error.LockViolation or Win32Error.DeletePending => TargetErrorKind.Locked,
            _ => TargetErrorKind.Other,
        },
        action,
        path,
        error == Win32Error.SharingViolation ? "another program has it open" : Win32Error.Describe(error),
        inner);

    /// <summary>Calls with patience for programs that hold a file for a moment; the call returns success as the system does.</summary>
    internal static int Retry(Func<bool> call) => SharingRetry.Run(() => call() ? 0 : Win32Error.Last, Thread.Sleep);

    /// <summary>Makes a directory and those above it that are missing.</summary>
    private static void CreateAll(DiskPath path)
    {
        Stack<DiskPath> missing = new();
        for (DiskPath at = path; !Exists(at); at = PathRules.Windows.Parent(at))
        {
            missing.Push(at);
            if (PathRules.Windows.Parent(at) == at)
            {
                break;
            }
        }

        while (missing.TryPop(out DiskPath next))
        {
            if (!Kernel32.CreateDirectory(WindowsPathRules.Extend(next), 0) && Win32Error.Last != Win32Error.AlreadyExists)
            {
                throw Failure("mkdir", next, Win32Error.Last);
            }
        }
    }

    private static bool Exists(DiskPath path)
    {
        using SafeFileHandle handle = Kernel32.CreateFile(
            WindowsPathRules.Extend(path), Kernel32.ReadAttributes, Kernel32.ShareAll, 0, Kernel32.OpenExisting, Kernel32.BackupSemantics, 0);
        return !handle.IsInvalid;
    }
}
