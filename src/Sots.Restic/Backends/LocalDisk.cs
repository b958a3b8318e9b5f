namespace Sots.Restic.Backends;

/// <summary>
/// Tells disks of this computer from shares. On a disk the system itself keeps the names of a folder, so that whatever was renamed into it
/// is in every listing that begins afterwards; the client of a share may answer from what it remembers.
/// </summary>
internal static class LocalDisk
{
    /// <summary>True where a folder is on a disk of this computer for certain; false where that cannot be found out. Never fails.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="driveOf">What the system knows a drive by: a path of Unix itself, a letter of Windows; null where links may lead anywhere.</param>
    public static bool Holds(string folder, Func<string, string?> driveOf)
    {
        try
        {
            return driveOf(Path.GetFullPath(folder)) is { } drive
                && new DriveInfo(drive).DriveType is DriveType.Fixed or DriveType.Ram or DriveType.Removable;
        }
        catch (Exception e) when (StorageError.IsOne(e) || e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
