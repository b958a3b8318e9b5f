using System.Runtime.Versioning;

namespace Sots.Backup.Alarms;

/// <summary>The runtime asks <c>statvfs</c>, which takes any folder.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixDriveSpace : DriveSpaceQuery
{
    /// <inheritdoc/>
    public override DriveSpace? Find(string folder)
    {
        try
        {
            DriveInfo drive = new(folder);
            return drive.TotalSize > 0 ? new DriveSpace(drive.AvailableFreeSpace, drive.TotalSize) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
