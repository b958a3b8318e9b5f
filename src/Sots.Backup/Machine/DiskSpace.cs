namespace Sots.Backup.Machine;

/// <summary>Free space of drives.</summary>
public static class DiskSpace
{
    /// <summary>
    /// Bytes that this user can still write where a path lies or would lie; null where the system does not say (a network share on
    /// Windows, a path that leads nowhere).
    /// </summary>
    /// <param name="path">Absolute; of a folder that is not there yet, the nearest above it counts.</param>
    public static long? FindFreeBytes(string path)
    {
        try
        {
            string? existing = path;
            while (existing is not null && !Directory.Exists(existing))
            {
                existing = Path.GetDirectoryName(existing);
            }

            return existing is null ? null : new DriveInfo(existing).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
