using Sots.Restic;
using Sots.Unreal.Histories;

namespace Sots.Cli.Assets;

/// <summary>Commands that bring something back, to be typed as they are; only the folder of a plain restore is for the user to choose.</summary>
/// <param name="run">This command line: the next one needs the same repository.</param>
internal sealed class RestoreLine(CommandRun run)
{
    /// <summary>The command for a version of a file: an asset goes back to its place, anything else, such as an autosave, into a folder.</summary>
    public string Of(HistoryVersion version) => version.Path.Contains("/Content/", StringComparison.OrdinalIgnoreCase)
        ? OfAsset(version.Path, version.First.Id)
        : Line("restore", version.First.Id.Value.ToShortString(), "--target", "FOLDER", "--include", Literal(version.Path));

    /// <summary>The command for an asset by its name or path, as a snapshot has it.</summary>
    public string OfAsset(string name, SnapshotId snapshot) => Line("restore-asset", $"{name}@{snapshot.Value.ToShortString()}");

    /// <summary>A path as a pattern that fits it alone.</summary>
    public static string Literal(string path) => string.Concat(path.Select(static letter => letter is '*' or '?' or '[' ? $"[{letter}]" : letter.ToString()));

    private string Line(params string[] words) => ShellWords.Join(["sots_backup", .. words, .. ProjectPlace.RepositoryWords(run)]);
}
