using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Sots.Backup.Native;

namespace Sots.Backup.Restoring;

/// <summary>
/// Opens each file for writing without sharing it with anybody, which fails as well for the libraries of a running program. A read-only
/// file cannot be opened so by anyone; it is opened as for removing it.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsOpenFileProbe : OpenFileProbe
{
    private const uint NotShared = 0;

    /// <inheritdoc/>
    public override IReadOnlyList<HeldFile> Find(IReadOnlyCollection<DiskPath> files, CancellationToken cancellationToken)
    {
        List<HeldFile> held = [];
        foreach (DiskPath file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = WindowsPathRules.Extend(file);
            int error = TryOpen(path, Kernel32.GenericRead | Kernel32.GenericWrite);
            if (error == Win32Error.AccessDenied)
            {
                error = TryOpen(path, Kernel32.GenericRead | Kernel32.Delete);
            }

            // Any other error (not there, a folder, no right) says nothing of a holder.
            if (error is Win32Error.SharingViolation or Win32Error.LockViolation)
            {
                held.Add(new HeldFile(file, "another program"));
            }
        }

        return held;
    }

    private static int TryOpen(string path, uint access)
    {
        using SafeFileHandle handle = Kernel32.CreateFile(path, access, NotShared, 0, Kernel32.OpenExisting, Kernel32.OpenReparsePoint, 0);
        return handle.IsInvalid ? Win32Error.Last : 0;
    }
}
