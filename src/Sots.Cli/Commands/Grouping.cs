using Sots.Backup.Operations;
using Sots.Cli.Output;
using Sots.Restic;

namespace Sots.Cli.Commands;

/// <summary>Groups of snapshots by host, paths and tags (<c>--group-by</c>).</summary>
internal static class Grouping
{
    /// <summary>The groups a backup looks for its parent in.</summary>
    public const string OfBackup = "host,paths";

    /// <summary>Reads a list of words with commas; empty for no grouping.</summary>
    /// <exception cref="UsageException">A word is unknown.</exception>
    public static ParentGrouping Parse(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Aggregate(ParentGrouping.None, (all, word) => all | word switch
        {
            "host" or "hosts" => ParentGrouping.Host,
            "path" or "paths" => ParentGrouping.Paths,
            "tag" or "tags" => ParentGrouping.Tags,
            _ => throw new UsageException($"unknown grouping '{word}' for --group-by", "There are host, paths and tags."),
        });

    /// <summary>Sorts snapshots into groups, in the order of their first ones; snapshots keep their order.</summary>
    public static IReadOnlyList<SnapshotGroup> Group(IEnumerable<SavedSnapshot> snapshots, ParentGrouping by) =>
    [
        .. snapshots
            .GroupBy(saved => string.Join('\0', Key(saved, by)), StringComparer.Ordinal)
            .Select(group => new SnapshotGroup(KeyOf(group.First(), by), [.. group])),
    ];

    /// <summary>The newest snapshots of each host and set of paths.</summary>
    public static IReadOnlyList<SavedSnapshot> Latest(IReadOnlyList<SavedSnapshot> snapshots, int count)
    {
        HashSet<SavedSnapshot> newest =
            [.. Group(snapshots, ParentGrouping.Host | ParentGrouping.Paths).SelectMany(group => group.Snapshots.TakeLast(count))];
        return [.. snapshots.Where(newest.Contains)];
    }

    private static SnapshotGroupKey KeyOf(SavedSnapshot saved, ParentGrouping by) => new(
        by.HasFlag(ParentGrouping.Host) ? saved.Snapshot.Hostname : null,
        by.HasFlag(ParentGrouping.Paths) ? [.. (saved.Snapshot.Paths ?? []).Order(StringComparer.Ordinal)] : null,
        by.HasFlag(ParentGrouping.Tags) ? [.. saved.Snapshot.Tags.Order(StringComparer.Ordinal)] : null);

    private static IEnumerable<string> Key(SavedSnapshot saved, ParentGrouping by)
    {
        SnapshotGroupKey key = KeyOf(saved, by);
        return [key.Hostname ?? "", "\u0001", .. key.Paths ?? [], "\u0001", .. key.Tags ?? []];
    }
}
