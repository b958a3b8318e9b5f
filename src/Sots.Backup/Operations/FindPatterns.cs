using Sots.Backup.Comparing;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Backup.Operations;

/// <summary>An entry of a snapshot that fits.</summary>
/// <param name="Path">Where it is: "/"-separated, with a "/" in front.</param>
/// <param name="Node">What it is.</param>
public sealed record FoundEntry(string Path, Node Node);

/// <summary>
/// What restic's <c>find</c> looks for: entries with a path that a pattern fits, or that lie in a folder with such a path, changed in a span of
/// time. Immutable, thread safe.
/// </summary>
public sealed class FindPatterns : IEntryFinder<FoundEntry>
{
    private readonly ExcludePattern[] _patterns;
    private readonly bool _ignoreCase;
    private readonly NodeTime? _oldest, _newest;

    /// <summary>Reads the patterns.</summary>
    /// <param name="patterns">In restic's language; none for every entry.</param>
    /// <param name="ignoreCase">Upper and lower case letters are the same.</param>
    /// <param name="oldest">No entry that was changed before; null for any.</param>
    /// <param name="newest">No entry that was changed after; null for any.</param>
    /// <exception cref="RepositoryException">InvalidRequest: a pattern is none.</exception>
    public FindPatterns(IReadOnlyList<string> patterns, bool ignoreCase, NodeTime? oldest, NodeTime? newest)
    {
        _ignoreCase = ignoreCase;
        _oldest = oldest;
        _newest = newest;
        _patterns = [.. patterns.Select(Parse)];

        ExcludePattern Parse(string text)
        {
            string? problem = "is empty";
            return (text.Length == 0 ? null : ExcludePattern.Parse(text, PathStyle.Unix, ignoreCase, out problem)) ?? throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest, $"pattern \"{text}\" {problem}", "Patterns are those of --exclude: * and ? stand for any letters of a name, ** for any folders, [a-z] for one letter.");
        }
    }

    /// <summary>Whether an entry is meant.</summary>
    public bool Matches(string path, Node node) =>
        (_oldest is not { } oldest || node.ModifiedTime.CompareInstant(oldest) >= 0)
        && (_newest is not { } newest || node.ModifiedTime.CompareInstant(newest) <= 0)
        && (_patterns.Length == 0 || Fits(path, static (ExcludePattern pattern, in PathComponents components) => pattern.Matches(components)));

    /// <inheritdoc/>
    public bool MayFindBelow(string folder) =>
        _patterns.Length == 0 || Fits(folder, static (ExcludePattern pattern, in PathComponents components) => pattern.MayMatchBelow(components));

    /// <inheritdoc/>
    public ValueTask FindAsync(ScannedEntry entry, List<FoundEntry> found, CancellationToken cancellationToken)
    {
        if (Matches(entry.Path, entry.Node))
        {
            found.Add(new FoundEntry(entry.Path, entry.Node));
        }

        return ValueTask.CompletedTask;
    }

    private bool Fits(string path, Test test)
    {
        byte[] bytes = PathText.ToBytes(path);
        PathComponents components = PathComponents.Split(_ignoreCase ? SimpleLowerCase.Of(bytes) : bytes, PathStyle.Unix, stackalloc int[PathComponents.ScratchLength]);
        foreach (ExcludePattern pattern in _patterns)
        {
            if (test(pattern, components))
            {
                return true;
            }
        }

        return false;
    }

    private delegate bool Test(ExcludePattern pattern, in PathComponents path);
}
