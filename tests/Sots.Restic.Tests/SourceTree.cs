using System.Text;

namespace Sots.Restic.Tests;

/// <summary>
/// The project's own sources, found by walking up from the test program. Tests that read them are skipped where they are not.
/// </summary>
internal static class SourceTree
{
    public const string Absent = "needs the project's sources in a folder above the test program";

    private static readonly string[] BuildFolders = ["artifacts", "bin", "obj"];

    /// <summary>The folder that holds the solution, or null.</summary>
    public static string? Root { get; } = Find();

    /// <summary>All files with an ending below a folder, without those the build makes; relative to the root, with slashes.</summary>
    public static IEnumerable<string> Files(string folder, string ending)
    {
        string start = Path.Combine(Root!, folder);
        Stack<string> open = new(Directory.Exists(start) ? [start] : []);
        while (open.TryPop(out string? at))
        {
            foreach (string inner in Directory.EnumerateDirectories(at))
            {
                if (!BuildFolders.Contains(Path.GetFileName(inner)))
                {
                    open.Push(inner);
                }
            }

            foreach (string file in Directory.EnumerateFiles(at, "*" + ending))
            {
                yield return Path.GetRelativePath(Root!, file).Replace('\\', '/');
            }
        }
    }

    /// <summary>The text of a file.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root!, path));

    /// <summary>
    /// Takes C# apart into what is compiled and what is commented. Line breaks stay in both, so lines can be counted. Strings count as
    /// compiled, with what stands in them.
    /// </summary>
    public static (string Code, string Comments) TakeApart(string source)
    {
        StringBuilder code = new(source.Length), comments = new();
        for (int at = 0; at < source.Length;)
        {
            (int length, bool isComment) = TokenAt(source, at);
            ReadOnlySpan<char> token = source.AsSpan(at, length);
            (isComment ? comments : code).Append(token);
            (isComment ? code : comments).Append('\n', token.Count('\n'));
            at += length;
        }

        return (code.ToString(), comments.ToString());
    }

    private static (int Length, bool IsComment) TokenAt(string source, int at)
    {
        ReadOnlySpan<char> rest = source.AsSpan(at);
        if (rest.StartsWith("//"))
        {
            return (UpTo(rest, "\n", 2) is int end && end < rest.Length ? end - 1 : rest.Length, true);
        }

        if (rest.StartsWith("/*"))
        {
            return (UpTo(rest, "*/", 2), true);
        }

        if (rest.StartsWith("\"\"\""))
        {
            int quotes = rest.IndexOfAnyExcept('"');
            return quotes < 0 ? (rest.Length, false) : (UpTo(rest, new string('"', quotes), quotes), false);
        }

        if (rest[0] == '"')
        {
            bool isVerbatim = at > 0 && (source[at - 1] == '@' || (source[at - 1] == '$' && at > 1 && source[at - 2] == '@'));
            return (isVerbatim ? UpTo(rest, "\"", 1) : Quoted(rest, '"'), false);
        }

        return (rest[0] == '\'' ? Quoted(rest, '\'') : 1, false);
    }

    private static int UpTo(ReadOnlySpan<char> text, string end, int from)
    {
        int found = text[from..].IndexOf(end);
        return found < 0 ? text.Length : from + found + end.Length;
    }

    private static int Quoted(ReadOnlySpan<char> text, char quote)
    {
        for (int i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == quote)
            {
                return i + 1;
            }
        }

        return text.Length;
    }

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SotsBackup.slnx")) && Directory.Exists(Path.Combine(folder.FullName, "src")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
