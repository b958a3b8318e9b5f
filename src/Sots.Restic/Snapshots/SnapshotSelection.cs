namespace Sots.Restic.Snapshots;

/// <summary>Which snapshots are meant, in restic's words. Empty lists mean any.</summary>
public sealed record SnapshotFilter
{
    /// <summary>Any of these hosts.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>All of these absolute paths.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Any of these lists, of which all tags must be there; a list of one empty tag means no tags at all.</summary>
    public IReadOnlyList<IReadOnlyList<string>> TagLists { get; init; } = [];

    /// <summary>True where nothing is filtered.</summary>
    public bool IsEmpty => Hosts.Count == 0 && Paths.Count == 0 && TagLists.Count == 0;

    /// <summary>The filter in restic's words: <c>Paths:[/a] Tags:[[x, y] [z]] Hosts:[h]</c>.</summary>
    public override string ToString() =>
        $"Paths:[{string.Join(' ', Paths)}] Tags:[{string.Join(' ', TagLists.Select(tags => $"[{string.Join(", ", tags)}]"))}] Hosts:[{string.Join(' ', Hosts)}]";

    /// <summary>Whether a snapshot is meant.</summary>
    public bool Matches(Snapshot snapshot) =>
        (Hosts.Count == 0 || Hosts.Contains(snapshot.Hostname, StringComparer.Ordinal))
        && Paths.All(path => snapshot.Paths?.Contains(path, StringComparer.Ordinal) == true)
        && (TagLists.Count == 0 || TagLists.Any(tags => HasAllTags(snapshot, tags)));

    /// <summary>Whether a snapshot has all tags of a list.</summary>
    public static bool HasAllTags(Snapshot snapshot, IReadOnlyList<string> tags) =>
        tags is [""] ? snapshot.Tags.Count == 0 : tags.All(tag => snapshot.Tags.Contains(tag, StringComparer.Ordinal));
}

/// <summary>Finds a snapshot by what a person types: <c>latest</c> or the start of an id.</summary>
public static class SnapshotSelection
{
    /// <summary>The newest snapshot, among those a filter lets through.</summary>
    public const string Latest = "latest";

    /// <summary>Finds the snapshot a word names.</summary>
    /// <exception cref="RepositoryException">InvalidRequest: nothing matches, or more than one does.</exception>
    public static SavedSnapshot Find(SnapshotListing listing, string word, SnapshotFilter filter)
    {
        if (word == Latest)
        {
            return listing.Snapshots.LastOrDefault(saved => filter.Matches(saved.Snapshot))
                ?? throw new RepositoryException(
                    RepositoryErrorKind.InvalidRequest, $"snapshot filter ({filter}): no snapshot found",
                    filter.IsEmpty ? "There is no snapshot in this repository yet." : "`snapshots` lists what there is.");
        }

        List<SavedSnapshot> matches = [.. listing.Snapshots.Where(saved => saved.Id.ToString().StartsWith(word, StringComparison.OrdinalIgnoreCase))];
        return (word.Length, matches.Count) switch
        {
            ( > 0, 1) => matches[0],
            ( > 0, > 1) => throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest, $"multiple IDs with prefix \"{word}\" found", "Type more digits of its id; `snapshots` lists them."),
            _ => throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest, $"no matching ID found for prefix \"{word}\"", "`snapshots` lists what there is; `latest` is the newest."),
        };
    }
}
