using Sots.Backup;
using Sots.Backup.Sources;

namespace Sots.Unreal;

/// <summary>
/// The preset of a project together with the patterns that win over it. A pattern with a slash starts at the project's folder, and the
/// folders that lead to what it names are entered although the preset leaves them out; a pattern without one fits names where the walk
/// comes anyway. Case does not matter. Immutable, thread safe.
/// </summary>
public sealed class PresetExcludes : ExcludeRules
{
    private readonly UnrealExcludes? _preset;
    private readonly PathStyle _style;
    private readonly ExcludePatternList _paths;
    private readonly ExcludePatternList _names;

    /// <summary>Puts preset and patterns together.</summary>
    /// <param name="preset">The preset, or null where nothing is left out.</param>
    /// <param name="root">Folder of the project, absolute.</param>
    /// <param name="include">Patterns of what is saved all the same, in restic's language, without "!".</param>
    /// <exception cref="Restic.RepositoryException">InvalidRequest: a pattern cannot be used.</exception>
    public PresetExcludes(UnrealExcludes? preset, string root, IReadOnlyList<string> include)
        : this(preset, root, include, PathStyle.Native)
    {
    }

    internal PresetExcludes(UnrealExcludes? preset, string root, IReadOnlyList<string> include, PathStyle style)
    {
        _preset = preset;
        _style = style;
        string start = UnrealExcludes.Literal(root.TrimEnd('/', '\\'), style);
        string[] written = [.. include.Select(pattern => style.HasDriveLetters ? pattern.Replace('\\', '/') : pattern)];
        IEnumerable<string> anchored = written.Where(static pattern => pattern.Contains('/'))
            .Select(pattern => start + "/" + pattern.TrimStart('/'))
            .Select(pattern => style.HasDriveLetters ? pattern.Replace('/', '\\') : pattern);
        _paths = ExcludePatternList.Parse(anchored, style, ignoreCase: true, "include");
        _names = ExcludePatternList.Parse(written.Where(static pattern => !pattern.Contains('/')), style, ignoreCase: true, "include");
    }

    /// <summary>Whether there is a preset at all.</summary>
    public bool HasPreset => _preset is not null;

    /// <summary>Whether something in a folder that is left out may be saved all the same.</summary>
    public bool LeadsIntoFolders => !_paths.IsEmpty;

    /// <inheritdoc/>
    public override bool RejectsName(DiskPath path) =>
        _preset is not null && _preset.RejectsName(path) && !_names.Matches(path.Bytes) && _paths.Match(path.Bytes, _style) is { Matched: false, MayMatchBelow: false };

    /// <inheritdoc/>
    public override bool RejectsEntry(DiskPath path, bool isDirectory, long sizeBytes) =>
        !isDirectory && LeadsIntoFolders && _preset is not null && _preset.RejectsName(path) && !_names.Matches(path.Bytes) && !_paths.Matches(path.Bytes);

    /// <summary>The project and plugin folders that were found; null where there is no preset.</summary>
    public IReadOnlyList<UnrealRoot>? Roots => _preset?.Roots;

    /// <summary>The pattern that has a path saved although the preset would leave it out; null where there is none.</summary>
    public string? FindInclude(DiskPath path) =>
        _preset is null || !_preset.RejectsName(path) ? null : (_names.FindDeciding(path.Bytes) ?? _paths.FindDeciding(path.Bytes))?.Text;

    /// <summary>Why the preset keeps a path, or what it is to Unreal; null where there is nothing to say.</summary>
    public string? WhyKept(DiskPath path) => _preset?.WhyKept(path);

    /// <summary>The rule of the preset that leaves the path, or a folder above it, out; null where it does not.</summary>
    public UnrealExclusion? Explain(DiskPath path) => _preset?.Explain(path);
}
