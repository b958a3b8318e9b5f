using System.Runtime.Versioning;
using Sots.Backup.Native;

namespace Sots.Backup.Alarms;

/// <summary>Asks by folder: a drive's letter says nothing of shares and of drives that are mounted in folders.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsDriveSpace : DriveSpaceQuery
{
    /// <inheritdoc/>
    public override DriveSpace? Find(string folder)
    {
        string withSeparator = Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;
        return Kernel32.GetDiskFreeSpace(withSeparator, out ulong free, out ulong total, out _) && total is > 0 and <= long.MaxValue
            ? new DriveSpace((long)Math.Min(free, long.MaxValue), (long)total)
            : null;
    }
}
