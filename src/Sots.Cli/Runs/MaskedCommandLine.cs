using System.Text;
using System.Text.RegularExpressions;

namespace Sots.Cli.Runs;

/// <summary>A command line as a log may show it: what could be a secret is starred.</summary>
internal static partial class MaskedCommandLine
{
    private const string Stars = "***";
    private static readonly string[] NamesPlaces = ["file", "hint", "folder", "dir"];
    private static readonly string[] TakesNoValue = ["insecure-no-password", "new-insecure-no-password", "new-random-password"];
    private static readonly string[] NamesSecrets = ["password", "passwd", "passphrase", "secret", "token", "credential"];

    /// <summary>The words, quoted where they hold blanks.</summary>
    /// <remarks>
    /// A value is starred where its flag's name sounds like a secret and not like a place where one is kept; the value of a
    /// <c>key=value</c> after <c>-o</c>; and user and password in an address.
    /// </remarks>
    public static string Of(IEnumerable<string> words)
    {
        StringBuilder line = new();
        bool hideNext = false, hideValueNext = false;
        foreach (string word in words)
        {
            string shown = hideNext ? Stars : hideValueNext ? AfterEquals(word) : Shown(word);
            hideNext = !hideNext && IsSecretFlag(word) && !word.Contains('=');
            hideValueNext = !hideValueNext && word is "-o" or "--option";
            line.Append(line.Length == 0 ? "" : " ").Append(Quoted(shown));
        }

        return line.ToString();
    }

    private static string Shown(string word) =>
        IsSecretFlag(word) && word.Contains('=') ? AfterEquals(word)
        : word.StartsWith("-o", StringComparison.Ordinal) && !word.StartsWith("--", StringComparison.Ordinal) && word.Contains('=') ? AfterEquals(word)
        : Variable().IsMatch(word) && NamesSecrets.Any(name => word.Contains(name, StringComparison.OrdinalIgnoreCase)) ? AfterEquals(word)
        : UserInAddress().Replace(word, "$1***@");

    private static bool IsSecretFlag(string word)
    {
        if (!word.StartsWith("--", StringComparison.Ordinal))
        {
            return false;
        }

        string name = word[2..].Split('=')[0];
        return NamesSecrets.Any(secret => name.Contains(secret, StringComparison.OrdinalIgnoreCase))
            && !TakesNoValue.Contains(name, StringComparer.Ordinal)
            && !NamesPlaces.Any(place => name.EndsWith(place, StringComparison.OrdinalIgnoreCase));
    }

    private static string AfterEquals(string word) => word.IndexOf('=', StringComparison.Ordinal) is >= 0 and int at ? word[..(at + 1)] + Stars : Stars;

    private static string Quoted(string word) => word.Length == 0 || word.AsSpan().ContainsAny(" \t\"") ? "\"" + word.Replace("\"", "\\\"", StringComparison.Ordinal) + "\"" : word;

    [GeneratedRegex("([a-zA-Z][a-zA-Z0-9+.-]*://)[^/@ ]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInAddress();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*=", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
