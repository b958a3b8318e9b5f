using Sots.Restic;

namespace Sots.Backup.Sources;

/// <summary>Files that list what a backup saves: <c>--files-from</c> and its two plainer forms.</summary>
public static class TargetList
{
    /// <summary>Longest list that is read, in bytes.</summary>
    public const int MaxFileBytes = 256 << 20;

    /// <summary>
    /// One pattern a line, trimmed; empty lines and those that start with "#" do not count. A pattern with <c>*</c>, <c>?</c> or
    /// <c>[</c> stands for what is on the disk now; one that finds nothing stays as it is, and is reported when it cannot be saved.
    /// </summary>
    /// <param name="path">The list.</param>
    /// <param name="workingDirectory">What relative patterns are relative to; absolute.</param>
    /// <exception cref="RepositoryException">InvalidRequest: the list cannot be read, or a pattern is invalid.</exception>
    public static IReadOnlyList<DiskPath> ReadPatterns(string path, string workingDirectory)
    {
        List<DiskPath> targets = [];
        foreach (DiskPath line in Split(WithoutMark(Read(path)), (byte)'\n'))
        {
            string pattern = line.ToString().Trim();
            if (pattern.Length > 0 && pattern[0] != '#')
            {
                targets.AddRange(PathGlob.Expand(pattern, workingDirectory).Select(DiskPath.FromText));
            }
        }

        return targets;
    }

    /// <summary>One path a line, taken as it is; empty lines do not count.</summary>
    /// <exception cref="RepositoryException">InvalidRequest: the list cannot be read.</exception>
    public static IReadOnlyList<DiskPath> ReadVerbatim(string path) => Split(WithoutMark(Read(path)), (byte)'\n');

    /// <summary>Paths that each end with a NUL byte, as <c>find -print0</c> writes them.</summary>
    /// <exception cref="RepositoryException">InvalidRequest: the list cannot be read, or does not end with NUL.</exception>
    public static IReadOnlyList<DiskPath> ReadRaw(string path)
    {
        byte[] content = Read(path);
        return content.Length == 0 || content[^1] == 0
            ? Split(content, 0)
            : throw Invalid(path, "it does not end with a NUL byte, so its last path may be cut off");
    }

    private static List<DiskPath> Split(ReadOnlySpan<byte> content, byte separator)
    {
        List<DiskPath> lines = [];
        foreach (Range range in content.Split(separator))
        {
            ReadOnlySpan<byte> line = content[range];
            if (separator == (byte)'\n' && line.EndsWith("\r"u8))
            {
                line = line[..^1];
            }

            if (line.Length > 0)
            {
                lines.Add(new DiskPath(line.ToArray()));
            }
        }

        return lines;
    }

    private static ReadOnlySpan<byte> WithoutMark(byte[] content) =>
        content.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? content.AsSpan(3) : content;

    private static byte[] Read(string path)
    {
        try
        {
            return new FileInfo(path).Length <= MaxFileBytes ? File.ReadAllBytes(path) : throw Invalid(path, $"it is longer than {MaxFileBytes} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Invalid(path, e.Message, e);
        }
    }

    private static RepositoryException Invalid(string path, string why, Exception? inner = null) =>
        new(RepositoryErrorKind.InvalidRequest, $"The list {path} cannot be used: {why}", null, inner);
}
