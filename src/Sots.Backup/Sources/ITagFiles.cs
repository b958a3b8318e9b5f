namespace Sots.Backup.Sources;

/// <summary>How <c>--exclude-if-present</c> looks at the disk. Thread safe.</summary>
public interface ITagFiles
{
    /// <summary>Whether something of that name is there, a link to nothing included.</summary>
    bool Exists(DiskPath path);

    /// <summary>Fills the buffer from the start of the file. Returns false where the file is shorter or cannot be read.</summary>
    bool TryReadStart(DiskPath path, Span<byte> buffer);
}

/// <summary>The tag files on the disk.</summary>
public sealed class DiskTagFiles : ITagFiles
{
    private readonly string _prefix;

    private DiskTagFiles(PathStyle style) => _prefix = style.HasDriveLetters ? @"\\?\" : "";

    /// <summary>The disk of this system.</summary>
    public static DiskTagFiles Native { get; } = new(PathStyle.Native);

    /// <inheritdoc/>
    public bool Exists(DiskPath path)
    {
        try
        {
            // Attributes are those of a link itself, and -1 where nothing is there.
            return (int)new FileInfo(Spell(path)).Attributes != -1;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public bool TryReadStart(DiskPath path, Span<byte> buffer)
    {
        try
        {
            FileInfo file = new(Spell(path));
            FileInfo target = file.LinkTarget is null ? file : (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;

            // Asked before opening: a pipe has no length, and opening it would wait for ever.
            if (!target.Exists || target.Length < buffer.Length)
            {
                return false;
            }

            using FileStream stream = new(
                target.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) == buffer.Length;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    // With the prefix Windows takes a name as it is: a long path, and names that end in a dot or a blank.
    private string Spell(DiskPath path)
    {
        string text = path.ToString();
        return _prefix.Length == 0 || text.StartsWith(@"\\", StringComparison.Ordinal) ? text : _prefix + text;
    }
}
