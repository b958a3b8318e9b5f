using Sots.Backup.Sources;

namespace Sots.Backup.Archiving;

/// <summary>
/// Makes sure that a path still leads through the folders that were listed. Entries are opened by their path; a folder above them that
/// became a link meanwhile would lead elsewhere, and what is there would be saved under a name that it does not have.
/// </summary>
internal static class FolderTrail
{
    /// <summary>
    /// Looks at the folder of an entry after the entry was read. One that is the same as when it was listed vouches for all above it; one
    /// that was replaced by another folder does if those above it do, and so does one of which it cannot be told, as on Windows.
    /// </summary>
    /// <param name="fileSystem">The source.</param>
    /// <param name="directory">The folder; levels above the targets are not looked at.</param>
    /// <exception cref="SourceException">Vanished, or NotRegular where something else than a folder is in its place.</exception>
    public static void Verify(SourceFileSystem fileSystem, DirectoryBuild directory)
    {
        for (DirectoryBuild? level = directory; level is { Location: { } location, Node: { } node }; level = level.Above)
        {
            FileStatus now = fileSystem.GetStatus(location, followLinks: false);
            if (!now.IsDirectory)
            {
                throw new SourceException(
                    SourceErrorKind.NotRegular, "open", location, "it was a folder when it was listed and is none now; what is below it was not saved");
            }

            if (now.Inode != 0 && now.Inode == node.Inode && now.DeviceId == node.DeviceId)
            {
                return;
            }
        }
    }
}
