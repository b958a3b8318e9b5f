using System.Buffers;

namespace Sots.Cli.Assets;

/// <summary>Writes words so that they can be copied into any of the usual shells: bash, PowerShell, cmd.</summary>
internal static class ShellWords
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:\\+=@");

    /// <summary>A command line.</summary>
    public static string Join(params IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>A word, in quotes where it needs some. What double quotes do not keep from a shell gets single ones, which cmd alone does not know.</summary>
    public static string Quote(string word) =>
        word is [not '@', ..] && !word.AsSpan().ContainsAnyExcept(Plain) && !(word.Contains('\\', StringComparison.Ordinal) && Path.DirectorySeparatorChar == '/') ? word
        : !word.AsSpan().ContainsAny("$`\"!") && !(word.Contains('\\', StringComparison.Ordinal) && Path.DirectorySeparatorChar == '/') ? $"\"{word}\""
        : !word.Contains('\'', StringComparison.Ordinal) ? $"'{word}'"
        : "\"" + string.Concat(word.Select(static c => c is '$' or '`' or '"' or '\\' ? "\\" + c : c.ToString())) + "\"";
}
