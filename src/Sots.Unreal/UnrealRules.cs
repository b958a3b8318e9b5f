namespace Sots.Unreal;

/// <summary>
/// The table of what Unreal makes again. Every pattern is tied to the folder of a project or plugin: a folder called Intermediate inside
/// Content is somebody's work. No rule touches Content, Config, Source or Plugins.
/// </summary>
internal static class UnrealRules
{
    private const UnrealRuleScope Both = UnrealRuleScope.Unreal | UnrealRuleScope.Folder;

    /// <summary>The rules of a preset, in order.</summary>
    internal static IReadOnlyList<UnrealRule> Of(UnrealPreset preset) =>
        [.. Table(preset).Where(static choice => choice.Holds).Select(static choice => choice.Rule)];

    private static (bool Holds, UnrealRule Rule)[] Table(UnrealPreset preset) =>
    [
        (!preset.KeepBinaries, new(
            UnrealExcludeClass.Binaries, UnrealRuleScope.Rebuildable, "compiled from the source beside it",
            "/Binaries/*", "!/Binaries/ThirdParty")),
        (!preset.KeepIntermediate, new(
            UnrealExcludeClass.Intermediate, UnrealRuleScope.NotPrecompiled, "made again by the build and the editor",
            "/Intermediate")),
        (!preset.KeepDerivedData, new(
            UnrealExcludeClass.DerivedData, UnrealRuleScope.Unreal, "derived from the assets, made again on demand",
            "/DerivedDataCache")),
        (!preset.KeepCooked, new(
            UnrealExcludeClass.Cooked, UnrealRuleScope.Unreal, "made again by cooking and packaging",
            "/Saved/Cooked", "/Saved/StagedBuilds")),
        (!preset.KeepLogs, new(
            UnrealExcludeClass.Logs, UnrealRuleScope.Unreal, "records of past runs",
            "/Saved/Logs", "/Saved/Crashes", "/Saved/Profiling", "/Saved/MemReports")),
        (true, new(
            UnrealExcludeClass.SavedCaches, UnrealRuleScope.Unreal, "a cache or temporary file of the editor",
            "/Saved/ShaderDebugInfo", "/Saved/Shaders", "/Saved/webcache*", "/Saved/swarm", "/Saved/Temp", "/Saved/*.tmp")),
        (true, new(
            UnrealExcludeClass.BuildReceipts, UnrealRuleScope.Unreal, "a receipt the build tool writes anew",
            "/Build/**/*.uatbuildrecord")),
        (!preset.KeepEditorCaches, new(
            UnrealExcludeClass.EditorCaches, Both, "a cache of a code editor",
            "/.vs", "/*.VC.db", "/*.opensdf", "/*.sdf", "/*.suo", "/.vscode/ipch",
            "/.idea/*", "!/.idea/runConfigurations", "!/.idea/.idea.*",
            "/.idea/.idea.*/*", "!/.idea/.idea.*/runConfigurations", "!/.idea/.idea.*/.idea",
            "/.idea/.idea.*/.idea/*", "!/.idea/.idea.*/.idea/runConfigurations")),
        (!preset.KeepGitLfs, new(
            UnrealExcludeClass.VersionControl, Both | UnrealRuleScope.WithGitRemote, "held by the server of the repository",
            "/.git/lfs")),
        (!preset.KeepGit, new(
            UnrealExcludeClass.VersionControl, Both, "version control is left out by choice",
            "/.git")),
        (!preset.KeepAutosaves, new(
            UnrealExcludeClass.Chosen, UnrealRuleScope.Unreal, "autosaves are left out by choice",
            "/Saved/Autosaves", "/Saved/Backup")),
        (!preset.KeepUserOutputs, new(
            UnrealExcludeClass.Chosen, UnrealRuleScope.Unreal, "screenshots and renders are left out by choice",
            "/Saved/Screenshots", "/Saved/MovieRenders", "/Saved/VideoCaptures")),
        (!preset.KeepEditorSessions, new(
            UnrealExcludeClass.Chosen, UnrealRuleScope.Unreal, "editor sessions are left out by choice",
            "/Saved/SourceControl", "/Saved/Diff", "/Saved/Concert*")),
    ];
}
