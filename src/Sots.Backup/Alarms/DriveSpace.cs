namespace Sots.Backup.Alarms;

/// <summary>Room on the drive that holds a folder. Sizes in bytes.</summary>
/// <param name="FreeBytes">What this user may still use.</param>
/// <param name="TotalBytes">The whole drive.</param>
public sealed record DriveSpace(long FreeBytes, long TotalBytes)
{
    /// <summary>The room at a folder; of one that is not there, at the nearest folder above it. Null where the system does not say.</summary>
    /// <param name="folder">Absolute path.</param>
    public static DriveSpace? Find(string folder)
    {
        for (string? existing = folder; existing is not null; existing = Path.GetDirectoryName(existing))
        {
            if (Directory.Exists(existing))
            {
                return DriveSpaceQuery.Current.Find(existing);
            }
        }

        return null;
    }
}

/// <summary>Asks the system.</summary>
internal abstract class DriveSpaceQuery
{
    /// <summary>This system's way.</summary>
    public static DriveSpaceQuery Current { get; } = OperatingSystem.IsWindows() ? new WindowsDriveSpace() : new UnixDriveSpace();

    /// <summary>The room at a folder that is there; null where the system does not say.</summary>
    public abstract DriveSpace? Find(string folder);
}
