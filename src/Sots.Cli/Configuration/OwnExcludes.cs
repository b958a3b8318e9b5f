using System.Globalization;
using Sots.Backup;
using Sots.Backup.Sources;
using Sots.Unreal;

namespace Sots.Cli.Configuration;

/// <summary>The user's own rules with their origins, so that each can be named.</summary>
/// <param name="rules">The rules.</param>
/// <param name="settings">What the config says.</param>
/// <param name="variable">Variables for the files of patterns.</param>
internal sealed class OwnExcludes(ResticExcludes rules, ExcludeSettings settings, Func<string, string?> variable)
{
    /// <summary>The rules.</summary>
    public ResticExcludes Rules => rules;

    /// <summary>What leaves a path out, in words; null where nothing does.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="isDirectory">Whether it is a folder.</param>
    /// <param name="sizeBytes">Length of a file.</param>
    public string? Explain(DiskPath path, bool isDirectory, long sizeBytes) =>
        rules.FindPattern(path) is { } pattern ? $"\"{pattern.Text}\" ({OriginOf(pattern.Text)})"
        : rules.RejectsEntry(path, isDirectory, sizeBytes) ? "a rule about sizes or marker files"
        : null;

    /// <summary>A sentence about each rule that would leave out what a project cannot be without.</summary>
    /// <param name="roots">Projects and plugins.</param>
    public IEnumerable<string> Questions(IEnumerable<UnrealRoot> roots) => UnrealEssentials.Find(roots, rules).Select(loss => string.Create(
        CultureInfo.InvariantCulture,
        $"your exclude {Explain(loss.Path, isDirectory: true, 0)} leaves out {loss.What}{(loss.Places > 1 ? $" in {loss.Places:N0} places" : "")}: {loss.Path}. Without that the project cannot be brought back; change the rule, unless it is meant so"));

    private string OriginOf(string pattern)
    {
        if (settings.Exclude.Value.Contains(pattern))
        {
            return $"exclude, {settings.Exclude.Origin}";
        }

        if (settings.ExcludeIgnoringCase.Value.Contains(pattern))
        {
            return $"iexclude, {settings.ExcludeIgnoringCase.Origin}";
        }

        return settings.ExcludeFiles.Value.FirstOrDefault(file => PatternFile.Read(file, variable).Contains(pattern)) is { } found ? found : "a flag";
    }
}
