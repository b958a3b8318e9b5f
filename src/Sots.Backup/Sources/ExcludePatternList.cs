using System.Buffers;
using Sots.Restic;

namespace Sots.Backup.Sources;

/// <summary>What a list of patterns says about a path.</summary>
/// <param name="Matched">The path, or a directory above it, is matched and not taken back.</param>
/// <param name="MayMatchBelow">Something below it may be matched.</param>
public readonly record struct PatternMatch(bool Matched, bool MayMatchBelow);

/// <summary>
/// A list of patterns, in order: each adds what it matches, each with "!" takes away what it matches. Compiled once; a match allocates
/// nothing for paths of common length. Immutable, thread safe.
/// </summary>
public sealed class ExcludePatternList
{
    private const int StackLength = 1024;

    private readonly ExcludePattern[] _patterns;
    private readonly PathStyle _style;
    private readonly bool _ignoreCase;
    private readonly bool _hasNegated;

    private ExcludePatternList(ExcludePattern[] patterns, PathStyle style, bool ignoreCase)
    {
        _patterns = patterns;
        _style = style;
        _ignoreCase = ignoreCase;
        _hasNegated = patterns.Any(static pattern => pattern.IsNegated);
    }

    /// <summary>The patterns, without empty ones.</summary>
    public IReadOnlyList<ExcludePattern> Patterns => _patterns;

    /// <summary>True where no path can match.</summary>
    public bool IsEmpty => _patterns.Length == 0;

    /// <summary>Compiles a list. Empty patterns are left out.</summary>
    /// <param name="patterns">The patterns in order.</param>
    /// <param name="style">How the patterns are written.</param>
    /// <param name="ignoreCase">Compare in Unicode simple lower case.</param>
    /// <param name="option">What the error names as their origin, such as "--exclude".</param>
    /// <exception cref="RepositoryException">InvalidRequest, with every invalid pattern and what is wrong with it.</exception>
    public static ExcludePatternList Parse(IEnumerable<string> patterns, PathStyle style, bool ignoreCase, string option)
    {
        List<ExcludePattern> compiled = [];
        List<string> problems = [];
        foreach (string text in patterns)
        {
            if (text.Length == 0)
            {
                continue;
            }

            if (ExcludePattern.Parse(text, style, ignoreCase, out string? problem) is { } pattern)
            {
                compiled.Add(pattern);
            }
            else
            {
                problems.Add($"\"{text}\" {problem}");
            }
        }

        return problems.Count == 0
            ? new ExcludePatternList([.. compiled], style, ignoreCase)
            : throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest,
                $"{option}: invalid pattern(s) provided: {string.Join("; ", problems)}",
                style.BackslashEscapes ? "Put \"\\\" before a \"[\" that is meant literally." : "Write \"[[]\" for a \"[\" that is meant literally.");
    }

    /// <summary>Whether a path, written as the patterns are, is matched.</summary>
    public bool Matches(ReadOnlySpan<byte> path) => Match(path, _style).Matched;

    /// <summary>What the list says about a path.</summary>
    /// <param name="path">Path as bytes.</param>
    /// <param name="pathStyle">How the path is written, which may differ from how the patterns are.</param>
    public PatternMatch Match(ReadOnlySpan<byte> path, PathStyle pathStyle)
    {
        if (_patterns.Length == 0)
        {
            return default;
        }

        Span<int> scratch = stackalloc int[PathComponents.ScratchLength];
        if (!_ignoreCase)
        {
            return Match(PathComponents.Split(path, pathStyle, scratch));
        }

        byte[]? rented = null;
        int needed = path.Length * SimpleLowerCase.Growth;
        Span<byte> lower = needed <= StackLength ? stackalloc byte[StackLength] : (rented = ArrayPool<byte>.Shared.Rent(needed));
        int length = SimpleLowerCase.Write(path, lower);
        PatternMatch match = Match(PathComponents.Split(lower[..length], pathStyle, scratch));
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return match;
    }

    /// <summary>What the list says about a path that is split already, and in lower case where this list ignores case.</summary>
    public PatternMatch Match(in PathComponents path)
    {
        bool matched = false;
        bool below = false;
        foreach (ExcludePattern pattern in _patterns)
        {
            if (pattern.IsNegated)
            {
                if ((matched || below) && pattern.Matches(path))
                {
                    matched = false;
                    below = false;
                }

                continue;
            }

            matched = matched || pattern.Matches(path);
            below = below || pattern.MayMatchBelow(path);
            if (matched && below && !_hasNegated)
            {
                break;
            }
        }

        return new PatternMatch(matched, below);
    }

    /// <summary>The pattern that decides that a path, written as the patterns are, is matched, or null where it is not.</summary>
    public ExcludePattern? FindDeciding(ReadOnlySpan<byte> path)
    {
        Span<int> scratch = stackalloc int[PathComponents.ScratchLength];
        return FindDeciding(PathComponents.Split(_ignoreCase ? SimpleLowerCase.Of(path.ToArray()) : path, _style, scratch));
    }

    /// <summary>The pattern that decides that the path is matched, or null where it is not.</summary>
    /// <remarks>The path is split already, and in lower case where this list ignores case.</remarks>
    public ExcludePattern? FindDeciding(in PathComponents path)
    {
        ExcludePattern? deciding = null;
        foreach (ExcludePattern pattern in _patterns)
        {
            if (pattern.IsNegated == (deciding is not null) && pattern.Matches(path))
            {
                deciding = pattern.IsNegated ? null : pattern;
            }
        }

        return deciding;
    }
}
