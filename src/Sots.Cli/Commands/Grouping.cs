using Sots.Backup.Operations;
using Sots.Backup.Retention;
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
        .. SnapshotGroups.Of(snapshots, by).Select(group => new SnapshotGroup(
            new SnapshotGroupKey(group.Key.Hostname, group.Key.Paths, group.Key.Tags), group.Snapshots)),
    ];

    /// <summary>The newest snapshots of each host and set of paths.</summary>
    public static IReadOnlyList<SavedSnapshot> Latest(IReadOnlyList<SavedSnapshot> snapshots, int count)
    {
        HashSet<SavedSnapshot> newest =
            [.. Group(snapshots, ParentGrouping.Host | ParentGrouping.Paths).SelectMany(group => group.Snapshots.TakeLast(count))];
        return [.. snapshots.Where(newest.Contains)];
    }
}
