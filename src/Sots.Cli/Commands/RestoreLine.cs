using Sots.Unreal.Histories;

namespace Sots.Cli.Commands;

/// <summary>The command that brings a version of a file back, to be typed as it is.</summary>
internal static class RestoreLine
{
    /// <summary>The command: an asset goes back to its place, anything else, such as an autosave, into a folder.</summary>
    public static string Of(HistoryVersion version)
    {
        string id = version.First.Id.Value.ToShortString();
        return version.Path.Contains("/Content/", StringComparison.OrdinalIgnoreCase)
            ? $"sots_backup restore-asset {Quoted(version.Path)}@{id}"
            : $"sots_backup restore {id} --target FOLDER --include {Quoted(version.Path)}";
    }

    private static string Quoted(string path) => path.All(static letter => char.IsLetterOrDigit(letter) || letter is '/' or '.' or '_' or '-' or '+')
        ? path
        : "'" + path.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
