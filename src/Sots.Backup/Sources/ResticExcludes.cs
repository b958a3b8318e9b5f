using Sots.Restic;

namespace Sots.Backup.Sources;

/// <summary>What restic's exclude flags say. Every list is in the order of the command line, pattern files appended.</summary>
public sealed record ResticExcludeOptions
{
    /// <summary><c>--exclude</c> and the lines of <c>--exclude-file</c>.</summary>
    public IReadOnlyList<string> Patterns { get; init; } = [];

    /// <summary><c>--iexclude</c> and the lines of <c>--iexclude-file</c>: the same without regard to case.</summary>
    public IReadOnlyList<string> PatternsIgnoringCase { get; init; } = [];

    /// <summary><c>--exclude-larger-than</c> in bytes: a file of exactly this size stays. Null for no limit.</summary>
    public long? LargerThanBytes { get; init; }

    /// <summary><c>--exclude-if-present</c>: <c>NAME</c> or <c>NAME:HEADER</c>.</summary>
    public IReadOnlyList<string> IfPresent { get; init; } = [];

    /// <summary><c>--exclude-caches</c>: directories that hold a CACHEDIR.TAG with its signature.</summary>
    public bool Caches { get; init; }
}

/// <summary>
/// The exclude rules of restic's command line. By name: first the patterns that ignore case, then the others. By what an entry is: first
/// its size, then the tag files beside it. Matching is of the absolute path. Thread safe.
/// </summary>
public sealed class ResticExcludes : ExcludeRules
{
    private readonly ExcludePatternList _ignoringCase;
    private readonly ExcludePatternList _patterns;
    private readonly long _largestBytes;
    private readonly ExcludeIfPresent[] _ifPresent;

    /// <summary>Compiles the rules.</summary>
    /// <param name="options">The flags.</param>
    /// <param name="style">How paths and patterns are written; null for this system's way.</param>
    /// <param name="files">Where tag files are looked for; null for the disk.</param>
    /// <param name="warn">Told of tag files whose header is another, or null.</param>
    /// <exception cref="RepositoryException">InvalidRequest for invalid patterns (all of them) and specifications.</exception>
    public ResticExcludes(ResticExcludeOptions options, PathStyle? style = null, ITagFiles? files = null, Action<string>? warn = null)
    {
        PathStyle written = style ?? PathStyle.Native;
        _ignoringCase = ExcludePatternList.Parse(options.PatternsIgnoringCase, written, ignoreCase: true, "--iexclude");
        _patterns = ExcludePatternList.Parse(options.Patterns, written, ignoreCase: false, "--exclude");
        _largestBytes = options.LargerThanBytes ?? long.MaxValue;
        IEnumerable<string> tags = options.Caches ? options.IfPresent.Append(ExcludeIfPresent.CacheDirectories) : options.IfPresent;
        _ifPresent = [.. tags.Select(text => new ExcludeIfPresent(text, files ?? DiskTagFiles.Native, written, warn))];
    }

    /// <summary>The pattern that leaves a path out by its name, or null where none does.</summary>
    public ExcludePattern? FindPattern(DiskPath path) => _ignoringCase.FindDeciding(path.Bytes) ?? _patterns.FindDeciding(path.Bytes);

    /// <inheritdoc/>
    public override bool RejectsName(DiskPath path) => _ignoringCase.Matches(path.Bytes) || _patterns.Matches(path.Bytes);

    /// <inheritdoc/>
    public override bool RejectsEntry(DiskPath path, bool isDirectory, long sizeBytes)
    {
        if (!isDirectory && sizeBytes > _largestBytes)
        {
            return true;
        }

        foreach (ExcludeIfPresent tag in _ifPresent)
        {
            if (tag.Rejects(path))
            {
                return true;
            }
        }

        return false;
    }
}
