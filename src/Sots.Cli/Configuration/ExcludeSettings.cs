using Sots.Backup.Progress;
using Sots.Backup.Sources;
using Sots.Unreal;

namespace Sots.Cli.Configuration;

/// <summary>What a backup of the project leaves out, as far as the config says so.</summary>
/// <param name="Exclude">Patterns.</param>
/// <param name="ExcludeIgnoringCase">Patterns without regard to case.</param>
/// <param name="ExcludeFiles">Files with patterns, absolute.</param>
/// <param name="Include">What is saved though the preset would leave it out.</param>
/// <param name="PresetEnabled">Whether the preset holds at all.</param>
/// <param name="Preset">Its switches.</param>
internal sealed record ExcludeSettings(
    Setting<IReadOnlyList<string>> Exclude, Setting<IReadOnlyList<string>> ExcludeIgnoringCase, Setting<IReadOnlyList<string>> ExcludeFiles,
    Setting<IReadOnlyList<string>> Include, Setting<bool> PresetEnabled, UnrealPreset Preset)
{
    /// <summary>What is in force.</summary>
    public static ExcludeSettings Of(ConfigValues values) => new(
        values.Get(ConfigKeys.Exclude), values.Get(ConfigKeys.ExcludeIgnoringCase), values.Get(ConfigKeys.ExcludeFiles), values.Get(ConfigKeys.Include),
        values.Get(ConfigKeys.PresetEnabled), PresetOf(values));

    /// <summary>The preset with what wins over it. Looks for the plugins of the project, which takes a walk.</summary>
    /// <param name="root">Folder of the project.</param>
    /// <param name="noPreset">Leave the preset away, whatever the config says.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public PresetExcludes Discover(string root, bool noPreset, CancellationToken cancellationToken) =>
        new(PresetEnabled.Value && !noPreset ? UnrealExcludes.Discover(root, Preset, cancellationToken) : null, root, Include.Value);

    /// <summary>The config's own patterns, those of the files among them, before those of the command line.</summary>
    /// <param name="flags">What the command line says.</param>
    /// <param name="variable">Variables for the files.</param>
    /// <exception cref="Restic.RepositoryException">InvalidRequest: a file cannot be read.</exception>
    public ResticExcludeOptions Before(ResticExcludeOptions flags, Func<string, string?> variable) => flags with
    {
        Patterns = [.. Exclude.Value, .. ExcludeFiles.Value.SelectMany(file => PatternFile.Read(file, variable)), .. flags.Patterns],
        PatternsIgnoringCase = [.. ExcludeIgnoringCase.Value, .. flags.PatternsIgnoringCase],
    };

    /// <summary>All of it as one set of rules.</summary>
    /// <param name="root">Folder of the project.</param>
    /// <param name="variable">Variables for the files of patterns.</param>
    /// <param name="cancellationToken">Ends the walk for plugins.</param>
    /// <exception cref="Restic.RepositoryException">InvalidRequest: a file of patterns cannot be read.</exception>
    public ExcludeRules ToRules(string root, Func<string, string?> variable, CancellationToken cancellationToken) =>
        CombinedExcludes.Of(Discover(root, noPreset: false, cancellationToken), OwnRules(variable));

    /// <summary>What a backup would save and leave out; walks the project.</summary>
    /// <param name="root">Folder of the project.</param>
    /// <param name="variable">Variables for the files of patterns.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <param name="counters">Live totals, or null.</param>
    /// <exception cref="SourceException">The project cannot be listed.</exception>
    public ProjectSurvey Survey(string root, Func<string, string?> variable, CancellationToken cancellationToken, OperationCounters? counters = null) =>
        ProjectSurvey.Of(root, Discover(root, noPreset: false, cancellationToken), OwnRules(variable), cancellationToken, counters);

    /// <summary>The config's own rules, to be explained.</summary>
    /// <param name="variable">Variables for the files of patterns.</param>
    public OwnExcludes Own(Func<string, string?> variable) => new(OwnRules(variable), this, variable);

    private ResticExcludes OwnRules(Func<string, string?> variable) => new(Before(new ResticExcludeOptions(), variable));

    private static UnrealPreset PresetOf(ConfigValues values) => new()
    {
        KeepBinaries = values.Get(ConfigKeys.KeepBinaries).Value,
        KeepIntermediate = values.Get(ConfigKeys.KeepIntermediate).Value,
        KeepDerivedData = values.Get(ConfigKeys.KeepDerivedData).Value,
        KeepCooked = values.Get(ConfigKeys.KeepCooked).Value,
        KeepLogs = values.Get(ConfigKeys.KeepLogs).Value,
        KeepEditorCaches = values.Get(ConfigKeys.KeepEditorCaches).Value,
        KeepAutosaves = values.Get(ConfigKeys.KeepAutosaves).Value,
        KeepUserOutputs = values.Get(ConfigKeys.KeepUserOutputs).Value,
        KeepEditorSessions = values.Get(ConfigKeys.KeepEditorSessions).Value,
        KeepGit = values.Get(ConfigKeys.KeepGit).Value,
        KeepGitLfs = values.Get(ConfigKeys.KeepGitLfs).Value,
    };
}
