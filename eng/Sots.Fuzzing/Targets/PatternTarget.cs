using System.Text;
using Sots.Backup;
using Sots.Backup.Sources;
using Sots.Restic;

namespace Sots.Fuzzing.Targets;

/// <summary>
/// Exclude patterns and paths. The input: a byte that says how they are written and compared, a line with the path, and a pattern in each
/// further line.
/// </summary>
internal sealed class PatternTarget : FuzzTarget
{
    /// <summary>The slow twin tries everything: longer or starrier patterns would keep it busy for good.</summary>
    private const int TwinPath = 40, TwinPattern = 20, TwinStars = 4;

    /// <inheritdoc/>
    public override string Name => "pattern";

    /// <inheritdoc/>
    public override string About => "exclude patterns: the same answer as the slow twin's, and no folder is passed over that holds a match";

    /// <inheritdoc/>
    public override int MaxLength => 512;

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds => Utf8(
        "0/a/b/c.tmp\n*.tmp\n!/a/b\n/a/**/c.*", "1C:\\a\\b\nC:\\a\n**\\b\n[a-z]", "2/A/B\n/a/b", "0/a/b\n/a/**/b/**", "3c:/x/y\nX/Y\n[^a]", "0/x/[ab\\]]\n/x/[ab\\]]\n\\*", "0/\n/\n.\n..\n!");

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => Utf8("**", "/**/", "*", "?", "[a-z]", "[^a-z]", "[]a]", "\\", "!", "..", "./", "//", "\n", "C:\\", "\\\\?\\", "\\\\?\\UNC\\", "\\\\host\\share", "\u0130", "\u212a");

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2)
        {
            return false;
        }

        PathStyle style = (input[0] & 1) == 0 ? PathStyle.Unix : PathStyle.Windows;
        bool ignoreCase = (input[0] & 2) != 0;
        string[] lines = PathText.ToText(input[1..]).Split('\n');
        ExcludePatternList list;
        try
        {
            list = ExcludePatternList.Parse(lines[1..], style, ignoreCase, "--exclude");
        }
        catch (RepositoryException)
        {
            return false;
        }

        byte[] path = PathText.ToBytes(lines[0]);
        PatternMatch match = list.Match(path, style);
        Span<int> scratch = stackalloc int[PathComponents.ScratchLength];
        if (!ignoreCase)
        {
            Law.Holds(match.Matched == (list.FindDeciding(PathComponents.Split(path, style, scratch)) is not null), "a path is matched where a pattern decides so");
            CompareWithTwin(style, lines, match.Matched);
        }

        bool hasVolumePrefix = style == PathStyle.Windows && path.AsSpan().StartsWith(@"\\"u8);
        if (match.Matched && !hasVolumePrefix && !list.Patterns.Any(static pattern => pattern.IsNegated))
        {
            FoldersAbove(list, style, path);
        }

        return true;
    }

    /// <summary>A folder above a match is matched itself or may hold one: a restore would not look into it otherwise.</summary>
    private static void FoldersAbove(ExcludePatternList list, PathStyle style, byte[] path)
    {
        for (int i = 1; i < path.Length - 1; i++)
        {
            if (style.IsSeparator(path[i]) && !style.IsSeparator(path[i - 1]) && path[i - 1] != (byte)':' && !style.IsSeparator(path[i + 1]))
            {
                PatternMatch above = list.Match(path.AsSpan(0, i), style);
                Law.Holds(above.Matched || above.MayMatchBelow, "a folder above a match may hold one");
            }
        }
    }

    private static void CompareWithTwin(PathStyle style, string[] lines, bool matched)
    {
        string path = lines[0];
        if (style == PathStyle.Unix && path.Length is > 1 and <= TwinPath && path[0] == '/' && path[^1] != '/' && !path.Contains("//", StringComparison.Ordinal)
            && Ascii.IsValid(path) && lines.Length <= 5 && lines.Skip(1).All(IsForTwin))
        {
            Law.Holds(Backup.Tests.Sources.SlowMatcher.ListMatches(lines.Skip(1), path) == matched, "the slow twin gives the same answer");
        }
    }

    private static bool IsForTwin(string pattern) =>
        pattern.Length <= TwinPattern && Ascii.IsValid(pattern) && !pattern.Contains('[') && pattern.Count(static c => c == '*') <= TwinStars && !pattern.Split('/', '!').Contains("..");
}
