using System.Text.RegularExpressions;

namespace Sots.Cli.Tests.Documentation;

/// <summary>A fenced block of a page.</summary>
/// <param name="Line">Line of its fence, from 1.</param>
/// <param name="Words">What stands behind the fence: the language first.</param>
/// <param name="Text">Its lines.</param>
internal sealed record FencedBlock(int Line, string[] Words, string Text)
{
    /// <summary>Commands for a shell, which the tests run.</summary>
    public bool IsRun => Words is ["sh", ..];

    /// <summary>Needs the real restic: <c>```sh restic</c>.</summary>
    public bool NeedsRestic => Words.Contains("restic");

    /// <summary>The code it ends with: <c>```sh exits=3</c>, else 0.</summary>
    public int ExitCode => Words.FirstOrDefault(word => word.StartsWith("exits=", StringComparison.Ordinal)) is { } word
        ? int.Parse(word["exits=".Length..], System.Globalization.CultureInfo.InvariantCulture)
        : 0;
}

/// <summary>A page for users, as the tests read it.</summary>
internal sealed partial class DocumentationPage(string path)
{
    private readonly string[] _lines = File.ReadAllLines(path);

    /// <summary>Its name, such as <c>restore.md</c>.</summary>
    public string Name { get; } = Path.GetFileName(path);

    /// <summary>All pages of the checkout: the README and docs/.</summary>
    public static IEnumerable<DocumentationPage> All()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SotsBackup.slnx")))
        {
            folder = folder.Parent;
        }

        string root = folder?.FullName ?? throw new InvalidOperationException("the tests do not run from a checkout");
        return Directory.GetFiles(Path.Combine(root, "docs"), "*.md").Append(Path.Combine(root, "README.md")).Order(StringComparer.Ordinal).Select(file => new DocumentationPage(file));
    }

    /// <summary>The page of a name.</summary>
    public static DocumentationPage Named(string name) => All().Single(page => page.Name == name);

    /// <summary>Its fenced blocks.</summary>
    public IEnumerable<FencedBlock> Blocks()
    {
        for (int i = 0; i < _lines.Length; i++)
        {
            if (!_lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                continue;
            }

            int end = Array.FindIndex(_lines, i + 1, line => line.StartsWith("```", StringComparison.Ordinal));
            Assert.True(end > i, $"{Name}:{i + 1}: a fence that is not closed");
            yield return new FencedBlock(i + 1, _lines[i][3..].Split(' ', StringSplitOptions.RemoveEmptyEntries), string.Join('\n', _lines[(i + 1)..end]));
            i = end;
        }
    }

    /// <summary>Commands of this program inside sentences and tables, with the line they stand in.</summary>
    public IEnumerable<(int Line, string Command)> InlineCommands()
    {
        bool fenced = false;
        for (int i = 0; i < _lines.Length; i++)
        {
            fenced ^= _lines[i].StartsWith("```", StringComparison.Ordinal);
            if (!fenced)
            {
                foreach (Match span in InlineCommand().Matches(_lines[i]))
                {
                    yield return (i + 1, span.Groups[1].Value.Replace("\\|", "|", StringComparison.Ordinal));
                }
            }
        }
    }

    /// <summary>The rows of its tables, each as its cells; what separates the head from the rest is left out.</summary>
    public IEnumerable<string[]> Rows() => _lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => Cell().Split(line.Trim('|')).Select(cell => cell.Trim()).ToArray());

    /// <summary>Where its links lead, without those to the web: the path and, behind <c>#</c>, the heading.</summary>
    public IEnumerable<string> Links() => _lines.SelectMany(line => Link().Matches(line)).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal));

    /// <summary>Full path of what a link of this page leads to.</summary>
    public string Follow(string link) => link.StartsWith('#') ? path : Path.GetFullPath(link.Split('#')[0], Path.GetDirectoryName(path)!);

    /// <summary>Whether it has a heading of the name that a link spells.</summary>
    public bool HasHeading(string anchor) => _lines.Any(line => line.StartsWith('#') && NoAnchor().Replace(line.TrimStart('#', ' ').ToLowerInvariant(), "").Replace(' ', '-') == anchor);

    [GeneratedRegex(@"`sots_backup ([^`]+)`")]
    private static partial Regex InlineCommand();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Cell();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();
}
