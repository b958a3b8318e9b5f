using System.Text;

namespace Sots.Backup.Tests.Sources;

/// <summary>The slow, obvious twin of the pattern matcher: expands every "**" into stars and tries every place and every length.</summary>
internal static class SlowMatcher
{
    internal static bool ListMatches(IEnumerable<string> patterns, string path)
    {
        bool result = false;
        foreach (string pattern in patterns.Where(static pattern => pattern.Length > 0))
        {
            result = pattern[0] == '!' ? result && !Matches(pattern[1..], path) : result || Matches(pattern, path);
        }

        return result;
    }

    internal static bool Matches(string pattern, string path) => Matches(Split(Clean(pattern)), Split(path));

    /// <summary>Whether a name fits a component, without "[" sets.</summary>
    internal static bool NameMatches(string pattern, string name) => pattern.Length == 0
        ? name.Length == 0
        : pattern[0] switch
        {
            '*' => NameMatches(pattern[1..], name) || (name.Length > 0 && NameMatches(pattern, name[1..])),
            '?' => name.Length > 0 && NameMatches(pattern[1..], name[Rune.GetRuneAt(name, 0).Utf16SequenceLength..]),
            '\\' => name.Length > 0 && name[0] == pattern[1] && NameMatches(pattern[2..], name[1..]),
            _ => name.Length > 0 && name[0] == pattern[0] && NameMatches(pattern[1..], name[1..]),
        };

    private static bool Matches(string[] pattern, string[] path)
    {
        int wildcard = Array.IndexOf(pattern, "**");
        if (wildcard >= 0)
        {
            return Enumerable.Range(0, Math.Max(0, path.Length - pattern.Length + 2)).Any(stars =>
                Matches([.. pattern[..wildcard], .. Enumerable.Repeat("*", stars), .. pattern[(wildcard + 1)..]], path));
        }

        if (pattern.Length == 0)
        {
            return path.Length == 0;
        }

        return Enumerable.Range(0, path.Length).Any(offset =>
            offset + pattern.Length <= path.Length
            && (pattern[0] == "/" ? offset == 0 : path[offset] != "/")
            && Enumerable.Range(0, pattern.Length).All(i => pattern[i] == "/" || path[offset + i] == "/"
                ? pattern[i] == path[offset + i]
                : NameMatches(pattern[i], path[offset + i])));
    }

    private static string[] Split(string path)
    {
        string[] parts = path.Split('/');
        parts[0] = parts[0].Length == 0 ? "/" : parts[0];
        return parts;
    }

    private static string Clean(string pattern)
    {
        bool rooted = pattern.StartsWith('/');
        string clean = string.Join('/', pattern.Split('/').Where(static part => part is not ("" or ".")));
        return rooted ? (clean.Length == 0 ? "/**" : "/" + clean) : clean.Length == 0 ? "." : clean;
    }
}
