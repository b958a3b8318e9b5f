using System.IO.Enumeration;
using Sots.Backup.Comparing;
using Sots.Backup.Operations;
using Sots.Restic.Trees;

namespace Sots.Unreal.Assets;

/// <summary>A package of a snapshot that fits.</summary>
/// <param name="Path">Where it is: "/"-separated, with a "/" in front.</param>
/// <param name="Node">Its file.</param>
/// <param name="Facts">What is in it.</param>
public sealed record FoundAsset(string Path, Node Node, AssetFacts Facts);

/// <summary>
/// Looks for packages by what they are: name, class, label. Of each list one has to fit, an empty list fits everything. "*" and "?" stand for
/// any letters; upper and lower case are the same.
/// </summary>
public sealed record AssetQuery
{
    /// <summary>Names of assets: short, or long with a "/" in it.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Short names of classes, "StaticMesh".</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Labels of actors.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Whether everything fits.</summary>
    public bool IsEmpty => Names.Count == 0 && Classes.Count == 0 && Labels.Count == 0;

    /// <summary>Whether the name of a package fits. What is inside is not asked.</summary>
    public bool MatchesName(string path) => AssetFacts.IsPackage(path) && (Names.Count == 0 || Names.Any(name => MatchesName(path, name)));

    /// <summary>Whether class and label of a package fit.</summary>
    public bool MatchesFacts(AssetFacts facts) =>
        (Classes.Count == 0 || (facts.Class.Length > 0 && Classes.Any(name => Matches(name, facts.Class))))
        && (Labels.Count == 0 || (facts.Label.Length > 0 && Labels.Any(label => Matches(label, facts.Label))));

    /// <summary>Whether a text fits words with "*" and "?".</summary>
    public static bool Matches(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: true);

    private static bool MatchesName(string path, string name) => name.Contains('/', StringComparison.Ordinal)
        ? AssetPath.IsLongNameOf(path, name) || AssetPath.IsEndOf(path, name)
        : Matches(name, AssetPath.NameOf(path));
}

/// <summary>Finds packages by what they are, among the entries that patterns let through.</summary>
/// <param name="patterns">Patterns of paths, and span of time.</param>
/// <param name="query">What the packages are.</param>
/// <param name="factsOf">Tells the facts of a file.</param>
public sealed class AssetFinder(FindPatterns patterns, AssetQuery query, Func<Node, CancellationToken, ValueTask<AssetFacts>> factsOf) : IEntryFinder<FoundAsset>
{
    /// <inheritdoc/>
    public bool MayFindBelow(string folder) => patterns.MayFindBelow(folder);

    /// <inheritdoc/>
    public async ValueTask FindAsync(ScannedEntry entry, List<FoundAsset> found, CancellationToken cancellationToken)
    {
        if (IsCandidate(entry.Path, entry.Node) && await factsOf(entry.Node, cancellationToken).ConfigureAwait(false) is { } facts && query.MatchesFacts(facts))
        {
            found.Add(new FoundAsset(entry.Path, entry.Node, facts));
        }
    }

    /// <summary>Whether only the inside of a file can tell that it is not meant.</summary>
    public bool IsCandidate(string path, Node node) =>
        node.Type == NodeType.File && query.MatchesName(path) && patterns.Matches(path, node);
}
