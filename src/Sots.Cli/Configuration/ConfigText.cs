using System.Text;
using System.Text.RegularExpressions;

namespace Sots.Cli.Configuration;

/// <summary>Puts the home folder and environment variables into the paths of a config: <c>~/x</c>, <c>%NAME%</c>, <c>$NAME</c>, <c>${NAME}</c>.</summary>
internal static partial class ConfigText
{
    /// <summary>
    /// Replaces <c>~</c> at the start and every variable. <c>$$</c> and <c>%%</c> stand for the sign itself; a sign that no name follows
    /// stays, so that <c>\\server\c$\x</c> and <c>100%</c> are what they look like.
    /// </summary>
    /// <param name="text">The value as it is written.</param>
    /// <param name="variable">Value of an environment variable, or null.</param>
    /// <param name="problem">What is wrong, to be read after the key; null where nothing is.</param>
    public static string Expand(string text, Func<string, string?> variable, out string? problem)
    {
        string? missing = null;
        string expanded = Variables.Replace(text, match =>
        {
            string name = match.Groups["name"].Value;
            if (name.Length == 0)
            {
                return match.Value[..1];
            }

            string? value = variable(name);
            missing ??= value is null ? name : null;
            return value ?? "";
        });
        problem = missing is null ? null : $"names the environment variable {missing}, which is not set";
        if (problem is not null || !(expanded == "~" || expanded.StartsWith("~/", StringComparison.Ordinal) || expanded.StartsWith(@"~\", StringComparison.Ordinal)))
        {
            return expanded;
        }

        string? home = variable("USERPROFILE") ?? variable("HOME");
        problem = home is null ? "begins with ~, but neither USERPROFILE nor HOME says where the home folder is" : null;
        return new StringBuilder(home).Append(expanded, 1, expanded.Length - 1).ToString();
    }

    // Parentheses are for %ProgramFiles(x86)%.
    [GeneratedRegex(@"\$\$|%%|\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}|\$(?<name>[A-Za-z_][A-Za-z0-9_]*)|%(?<name>[A-Za-z_][A-Za-z0-9_()]*)%", RegexOptions.CultureInvariant)]
    private static partial Regex Variables { get; }
}
