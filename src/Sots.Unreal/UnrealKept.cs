namespace Sots.Unreal;

/// <summary>Why things are kept that people expect to be left out, and what the parts of a project are.</summary>
internal static class UnrealKept
{
    private static readonly Dictionary<string, string> Parts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Content"] = "assets and levels are always saved",
        ["Config"] = "settings of the project are always saved",
        ["Source"] = "code is always saved",
        ["Plugins"] = "plugins are always saved",
        ["Build"] = "icons, keystores and other material for packaging cannot be made again",
        ["Saved/Autosaves"] = "autosaves may be the newest work there is",
        ["Saved/Backup"] = "copies that the editor made before saving may be the newest work there is",
        ["Saved/Config"] = "settings of the editor",
        ["Saved/SaveGames"] = "saved games",
        ["Saved/Collections"] = "private collections",
    };

    /// <summary>The reason, as half a sentence; null where nothing is known.</summary>
    /// <param name="root">The project or plugin.</param>
    /// <param name="below">The names below its folder.</param>
    public static string? Reason(UnrealRoot root, string[] below)
    {
        bool isBinaries = below[0].Equals("Binaries", StringComparison.OrdinalIgnoreCase);
        return isBinaries && below.Length > 1 && below[1].Equals("ThirdParty", StringComparison.OrdinalIgnoreCase) ? "binaries of third parties are always saved"
            : isBinaries && !root.HasBuildScript ? $"there is no source in {root.Path} to build them from"
            : (isBinaries || below[0].Equals("Intermediate", StringComparison.OrdinalIgnoreCase)) && root.IsPrecompiled
                ? $"a build script in {root.Path} says that it comes compiled and cannot be built (bUsePrecompiled)"
            : isBinaries && root.IsInstalled ? $"the .uplugin file of {root.Path} says that it came compiled (Installed)"
            : isBinaries && root.IsWithoutCompiler ? "the project has no code of its own, so its plugins are saved compiled"
            : below.Length > 1 && below[0].Equals(".git", StringComparison.OrdinalIgnoreCase) && below[1].Equals("lfs", StringComparison.OrdinalIgnoreCase) && !root.HasGitRemote
                ? ".git/config names no server that holds it"
            : below.Length == 1 && (UnrealFiles.Is(below[0], UnrealFiles.Project) || UnrealFiles.Is(below[0], UnrealFiles.Plugin)) ? "without it this is no project or plugin"
            : Parts.GetValueOrDefault(below.Length > 1 ? $"{below[0]}/{below[1]}" : "") ?? Parts.GetValueOrDefault(below[0]);
    }
}
