using Sots.Backup.Comparing;
using Sots.Restic.Trees;
using Sots.Unreal.Assets;

namespace Sots.Unreal.Histories;

/// <summary>In which way a file is meant by a word; the first ways are the surest.</summary>
public enum HistoryMatch
{
    /// <summary>The word is its path.</summary>
    Path,

    /// <summary>The word is the long name of its package.</summary>
    PackageName,

    /// <summary>Its path ends with the word.</summary>
    PathEnd,

    /// <summary>The word is its name.</summary>
    Name,

    /// <summary>The word is the class of the asset.</summary>
    Class,

    /// <summary>The word is the label of the actor.</summary>
    Label,
}

/// <summary>What the history is asked of: a name, a path, a class or a label. Immutable, thread safe.</summary>
public sealed record HistoryWord
{
    private readonly string[] _paths;

    /// <summary>Takes a word.</summary>
    /// <param name="text">The word as it was typed. "*" and "?" stand for any letters of names, classes and labels.</param>
    /// <param name="paths">Paths in a snapshot that may be meant by it, in full.</param>
    public HistoryWord(string text, IReadOnlyList<string> paths)
    {
        Text = text;
        _paths = [.. paths];
    }

    /// <summary>The word.</summary>
    public string Text { get; }

    /// <summary>Only this way counts; null for all.</summary>
    public HistoryMatch? Only { get; init; }

    /// <summary>How a file is meant, as far as its path tells; null where it is not.</summary>
    public HistoryMatch? MatchPath(string path)
    {
        HistoryMatch? match = FindMatch(path);
        return Only is null || match is null || Only == match || (Only == HistoryMatch.Path && match < HistoryMatch.Name) ? match : null;
    }

    /// <summary>How a package is meant, as far as its inside tells; null where it is not.</summary>
    public HistoryMatch? MatchFacts(AssetFacts facts) =>
        Only is null or HistoryMatch.Class && facts.Class.Length > 0 && AssetQuery.Matches(Text, facts.Class) ? HistoryMatch.Class
        : Only is null or HistoryMatch.Label && facts.Label.Length > 0 && AssetQuery.Matches(Text, facts.Label) ? HistoryMatch.Label
        : null;

    /// <summary>Whether the inside of packages may be asked.</summary>
    public bool AsksFacts => Only is null or HistoryMatch.Class or HistoryMatch.Label;

    private HistoryMatch? FindMatch(string path)
    {
        string word = Text.Replace('\\', '/');
        return _paths.Contains(path, StringComparer.Ordinal) ? HistoryMatch.Path
            : AssetPath.IsLongNameOf(path, word) ? HistoryMatch.PackageName
            : word.Contains('/', StringComparison.Ordinal) ? AssetPath.IsEndOf(path, word) ? HistoryMatch.PathEnd : null
            : IsName(path) ? HistoryMatch.Name
            : null;
    }

    private bool IsName(string path) =>
        AssetQuery.Matches(Text, path[(path.LastIndexOf('/') + 1)..]) || (AssetFacts.IsPackage(path) && AssetQuery.Matches(Text, AssetPath.NameOf(path)));
}

/// <summary>A file that a word may mean, in one snapshot.</summary>
internal sealed record MatchedFile(string Path, Node Node, HistoryMatch Match);

/// <summary>Finds the files that a word may mean.</summary>
/// <param name="word">The word.</param>
/// <param name="factsOf">Tells what is inside; null to look at paths alone.</param>
internal sealed class WordFinder(HistoryWord word, Func<Node, CancellationToken, ValueTask<AssetFacts>>? factsOf) : IEntryFinder<MatchedFile>
{
    public bool MayFindBelow(string folder) => true;

    public async ValueTask FindAsync(ScannedEntry entry, List<MatchedFile> found, CancellationToken cancellationToken)
    {
        if (entry.Node.Type != NodeType.File)
        {
            return;
        }

        HistoryMatch? match = factsOf is null ? word.MatchPath(entry.Path)
            : AssetFacts.IsPackage(entry.Path) ? word.MatchFacts(await factsOf(entry.Node, cancellationToken).ConfigureAwait(false))
            : null;
        if (match is { } way)
        {
            found.Add(new MatchedFile(entry.Path, entry.Node, way));
        }
    }
}
