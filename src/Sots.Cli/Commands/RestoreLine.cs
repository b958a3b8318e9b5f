using Sots.Unreal.Histories;

namespace Sots.Cli.Commands;

/// <summary>The command that brings a version of a file back, to be typed as it is.</summary>
/// <param name="run">This command line: the next one needs the same repository.</param>
internal sealed class RestoreLine(CommandRun run)
{
    /// <summary>The command: an asset goes back to its place, anything else, such as an autosave, into a folder.</summary>
    public string Of(HistoryVersion version)
    {
        string id = version.First.Id.Value.ToShortString();
        return version.Path.Contains("/Content/", StringComparison.OrdinalIgnoreCase)
            ? $"sots_backup restore-asset {Quoted($"{version.Path}@{id}")}{Repository()}"
            : $"sots_backup restore {id} --target FOLDER --include {Quoted(Pattern(version.Path))}{Repository()}";
    }

    /// <summary>What a flag said; a variable says it the next time too.</summary>
    private string Repository() => run.Global.Repository is { Origin: "--repo" } given ? $" --repo {Quoted(run.Environment.FullPath(given.Value))}" : "";

    /// <summary>A path as a pattern that fits it alone.</summary>
    private static string Pattern(string path) => string.Concat(path.Select(static letter => letter is '*' or '?' or '[' ? $"[{letter}]" : letter.ToString()));

    private static string Quoted(string word) => word.All(static letter => char.IsLetterOrDigit(letter) || letter is '/' or '.' or '_' or '-' or '+' or '@' or ':')
        ? word
        : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
