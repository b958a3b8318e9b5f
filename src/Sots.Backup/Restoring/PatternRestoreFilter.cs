using Sots.Backup.Sources;
using Sots.Restic;

namespace Sots.Backup.Restoring;

/// <summary>What restic's selection flags of a restore say. Pattern files are appended to the list of their kind.</summary>
public sealed record RestorePatterns
{
    /// <summary><c>--include</c>.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary><c>--iinclude</c>: the same without regard to case.</summary>
    public IReadOnlyList<string> IncludeIgnoringCase { get; init; } = [];

    /// <summary><c>--exclude</c>.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary><c>--iexclude</c>: the same without regard to case.</summary>
    public IReadOnlyList<string> ExcludeIgnoringCase { get; init; } = [];
}

/// <summary>
/// Takes what restic's patterns select: with includes, entries that match or lie below a match; with excludes, all that does not match.
/// Matching is of the path in the snapshot with its leading "/". Immutable, thread safe.
/// </summary>
public sealed class PatternRestoreFilter : RestoreFilter
{
    private readonly ExcludePatternList[] _lists;
    private readonly bool _including;

    private PatternRestoreFilter(ExcludePatternList[] lists, bool including)
    {
        _lists = lists;
        _including = including;
    }

    /// <summary>Compiles the filter; <see cref="RestoreFilter.All"/> where there are no patterns.</summary>
    /// <param name="patterns">The flags.</param>
    /// <param name="style">How the patterns are written; null for this system's way. Snapshot paths are always "/"-separated.</param>
    /// <exception cref="RepositoryException">InvalidRequest for invalid patterns, and for includes together with excludes.</exception>
    public static RestoreFilter Create(RestorePatterns patterns, PathStyle? style = null)
    {
        ExcludePatternList[] include = Compile(patterns.IncludeIgnoringCase, "--iinclude", patterns.Include, "--include", style);
        ExcludePatternList[] exclude = Compile(patterns.ExcludeIgnoringCase, "--iexclude", patterns.Exclude, "--exclude", style);
        if (include.Length > 0 && exclude.Length > 0)
        {
            throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest,
                "exclude and include patterns are mutually exclusive",
                "Use either --include and --iinclude or --exclude and --iexclude; a pattern that starts with \"!\" takes back earlier ones.");
        }

        return include.Length > 0 ? new PatternRestoreFilter(include, including: true)
            : exclude.Length > 0 ? new PatternRestoreFilter(exclude, including: false)
            : All;
    }

    /// <inheritdoc/>
    public override bool Selects(ReadOnlySpan<byte> path, bool isDirectory)
    {
        foreach (ExcludePatternList list in _lists)
        {
            if (list.Match(path, PathStyle.Unix).Matched)
            {
                return _including;
            }
        }

        return !_including;
    }

    /// <inheritdoc/>
    public override bool MayContain(ReadOnlySpan<byte> directory)
    {
        if (directory is [] or [(byte)'/'])
        {
            return true;
        }

        foreach (ExcludePatternList list in _lists)
        {
            PatternMatch match = list.Match(directory, PathStyle.Unix);
            if (_including ? match.MayMatchBelow : match.Matched)
            {
                return _including;
            }
        }

        return !_including;
    }

    private static ExcludePatternList[] Compile(
        IReadOnlyList<string> ignoringCase, string ignoringOption, IReadOnlyList<string> exact, string option, PathStyle? style)
    {
        PathStyle written = style ?? PathStyle.Native;
        ExcludePatternList[] lists =
        [
            ExcludePatternList.Parse(ignoringCase, written, ignoreCase: true, ignoringOption),
            ExcludePatternList.Parse(exact, written, ignoreCase: false, option),
        ];
        return [.. lists.Where(static list => !list.IsEmpty)];
    }
}
