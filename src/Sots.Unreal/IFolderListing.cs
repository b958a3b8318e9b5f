namespace Sots.Unreal;

/// <summary>A name in a folder.</summary>
internal readonly record struct FolderEntry(string Name, bool IsFolder);

/// <summary>The little of a disk that discovering roots needs.</summary>
internal interface IFolderListing
{
    /// <summary>What is in the folder; links to folders are left out. Empty where the folder cannot be read.</summary>
    IEnumerable<FolderEntry> List(string folder);

    /// <summary>The text of a small file, or null where it cannot be read or is longer than <paramref name="maxBytes"/>.</summary>
    string? ReadText(string file, int maxBytes);
}

/// <summary>The disk.</summary>
internal sealed class DiskFolders : IFolderListing
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    internal static DiskFolders Instance { get; } = new();

    /// <inheritdoc/>
    public IEnumerable<FolderEntry> List(string folder)
    {
        List<FolderEntry> entries = [];
        try
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything))
            {
                if (entry is not DirectoryInfo || !IsLink(entry))
                {
                    entries.Add(new FolderEntry(entry.Name, entry is DirectoryInfo));
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or System.Security.SecurityException)
        {
            // A folder that vanished or cannot be listed holds no roots we know of; the backup itself reports it.
        }

        return entries;
    }

    /// <inheritdoc/>
    public string? ReadText(string file, int maxBytes)
    {
        try
        {
            // The length is asked before opening, which leaves out pipes and devices.
            if (new FileInfo(file) is not { Exists: true, Length: > 0 } found || found.Length > maxBytes)
            {
                return null;
            }

            using StreamReader reader = new(
                new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), detectEncodingFromByteOrderMarks: true);
            char[] buffer = new char[found.Length];
            return new string(buffer, 0, reader.ReadBlock(buffer));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>A symbolic link or junction. The folders of cloud drives are reparse points too, but no links.</summary>
    private static bool IsLink(FileSystemInfo folder)
    {
        try
        {
            return folder.Attributes.HasFlag(FileAttributes.ReparsePoint) && folder.LinkTarget is not null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
