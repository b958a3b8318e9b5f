using System.Text;
using Sots.Restic;

namespace Sots.Backup.Sources;

/// <summary>
/// A file with one pattern a line (<c>--exclude-file</c>). Lines are trimmed; empty ones and those that start with "#" do not count; then
/// variables are put in: <c>$NAME</c>, <c>${NAME}</c>, and <c>$$</c> for a dollar. UTF-8, or UTF-16 with a byte order mark.
/// </summary>
public static class PatternFile
{
    /// <summary>Longest file that is read, in bytes.</summary>
    public const int MaxFileBytes = 16 << 20;

    /// <summary>Longest line, in characters.</summary>
    public const int MaxLineLength = 64 << 10;

    /// <summary>Reads the patterns of a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="variable">Value of an environment variable, null where it is not set.</param>
    /// <exception cref="RepositoryException">InvalidRequest where the file cannot be read or is beyond the limits.</exception>
    public static IReadOnlyList<string> Read(string path, Func<string, string?> variable)
    {
        byte[] bytes;
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using MemoryStream copy = new();
            byte[] buffer = new byte[64 << 10];
            for (int read; (read = file.Read(buffer)) > 0;)
            {
                copy.Write(buffer, 0, read);
                if (copy.Length > MaxFileBytes)
                {
                    throw Invalid(path, $"expected at most {MaxFileBytes} bytes, found more");
                }
            }

            bytes = copy.ToArray();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Invalid(path, $"cannot be read: {error.Message}", error);
        }

        return Parse(bytes, variable, path);
    }

    /// <summary>Reads the patterns from the bytes of a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="variable">Value of an environment variable, null where it is not set.</param>
    /// <param name="name">What an error calls the file.</param>
    public static IReadOnlyList<string> Parse(ReadOnlySpan<byte> bytes, Func<string, string?> variable, string name)
    {
        List<string> patterns = [];
        int number = 0;
        ReadOnlySpan<char> text = Decode(bytes);
        foreach (Range range in text.Split('\n'))
        {
            ReadOnlySpan<char> raw = text[range];
            number++;
            if (raw.Length > MaxLineLength)
            {
                throw Invalid(name, $"line {number} is longer than {MaxLineLength} characters");
            }

            ReadOnlySpan<char> line = raw.Trim();
            if (line.Length > 0 && line[0] != '#')
            {
                patterns.Add(Expand(line, variable));
            }
        }

        return patterns;
    }

    /// <summary>Puts variables into a line. What is no name after "$" stays; a broken "${" vanishes, as in restic.</summary>
    internal static string Expand(ReadOnlySpan<char> line, Func<string, string?> variable)
    {
        StringBuilder text = new(line.Length);
        for (int dollar; (dollar = line.IndexOf('$')) >= 0 && dollar + 1 < line.Length;)
        {
            text.Append(line[..dollar]);
            line = line[(dollar + 1)..];
            int length = NameLength(line, out ReadOnlySpan<char> name);
            if (length == 0)
            {
                text.Append('$');
            }
            else if (name.Length > 0)
            {
                text.Append(name is "$" ? "$" : variable(name.ToString()));
            }

            line = line[length..];
        }

        return text.Append(line).ToString();
    }

    /// <summary>The name at the start of the text and how much of the text it takes with its braces.</summary>
    private static int NameLength(ReadOnlySpan<char> text, out ReadOnlySpan<char> name)
    {
        name = default;
        if (text[0] == '{')
        {
            int close = text.IndexOf('}');
            if (close < 0)
            {
                return 1;
            }

            name = text[1..close];
            return close + 1;
        }

        int length = 0;
        if (text[0] is '*' or '#' or '$' or '@' or '!' or '?' or '-' || char.IsAsciiDigit(text[0]))
        {
            length = 1;
        }
        else
        {
            while (length < text.Length && (text[length] == '_' || char.IsAsciiLetterOrDigit(text[length])))
            {
                length++;
            }
        }

        name = text[..length];
        return length;
    }

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8))
        {
            return PathText.ToText(bytes[3..]);
        }

        return bytes.StartsWith<byte>([0xFF, 0xFE]) ? Encoding.Unicode.GetString(bytes[2..])
            : bytes.StartsWith<byte>([0xFE, 0xFF]) ? Encoding.BigEndianUnicode.GetString(bytes[2..])
            : PathText.ToText(bytes);
    }

    private static RepositoryException Invalid(string path, string how, Exception? inner = null) =>
        new(RepositoryErrorKind.InvalidRequest, $"pattern file {path}: {how}", null, inner);
}
