using Sots.Backup.Alarms;

namespace Sots.Backup.Machine;

/// <summary>Free space of drives.</summary>
public static class DiskSpace
{
    /// <summary>
    /// Bytes that this user can still write where a path lies or would lie; null where the system does not say (a path that leads nowhere).
    /// </summary>
    /// <param name="path">Absolute; of a folder that is not there yet, the nearest above it counts.</param>
    public static long? FindFreeBytes(string path) => DriveSpace.Find(path)?.FreeBytes;
}
