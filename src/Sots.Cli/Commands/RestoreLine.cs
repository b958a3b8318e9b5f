using Sots.Unreal.Histories;

namespace Sots.Cli.Commands;

/// <summary>The command that brings a version of a file back, to be typed as it is.</summary>
internal static class RestoreLine
{
    /// <summary>The command.</summary>
    public static string Of(HistoryVersion version) =>
        $"sots_backup restore {version.First.Id.Value.ToShortString()} --target FOLDER --include {Quoted(version.Path)}";

    private static string Quoted(string path) => path.All(static letter => char.IsLetterOrDigit(letter) || letter is '/' or '.' or '_' or '-' or '+')
        ? path
        : "'" + path.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
