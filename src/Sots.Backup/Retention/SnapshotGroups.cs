using Sots.Backup.Operations;
using Sots.Restic;

namespace Sots.Backup.Retention;

/// <summary>What the snapshots of a group have in common; null for what they were not grouped by.</summary>
/// <param name="Hostname">Host.</param>
/// <param name="Paths">Paths, sorted.</param>
/// <param name="Tags">Tags, sorted.</param>
public sealed record GroupKey(string? Hostname, IReadOnlyList<string>? Paths, IReadOnlyList<string>? Tags)
{
    /// <summary>In restic's words: <c>host pc, path [/a /b]</c>.</summary>
    public override string ToString()
    {
        string?[] facts =
        [
            Hostname is { Length: > 0 } ? $"host {Hostname}" : null,
            Paths is { Count: > 0 } ? $"path [{string.Join(' ', Paths)}]" : null,
            Tags is { Count: > 0 } ? $"tags [{string.Join(' ', Tags)}]" : null,
        ];
        return string.Join(", ", facts.OfType<string>());
    }
}

/// <summary>Sorts snapshots into groups by host, paths and tags (<c>--group-by</c>).</summary>
public static class SnapshotGroups
{
    /// <summary>The groups, in the order of their first snapshots; snapshots keep their order.</summary>
    public static IReadOnlyList<(GroupKey Key, IReadOnlyList<SavedSnapshot> Snapshots)> Of(IEnumerable<SavedSnapshot> snapshots, ParentGrouping by) =>
    [
        .. snapshots
            .GroupBy(saved => string.Join('\0', Words(KeyOf(saved, by))), StringComparer.Ordinal)
            .Select(group => (KeyOf(group.First(), by), (IReadOnlyList<SavedSnapshot>)[.. group])),
    ];

    private static GroupKey KeyOf(SavedSnapshot saved, ParentGrouping by) => new(
        by.HasFlag(ParentGrouping.Host) ? saved.Snapshot.Hostname : null,
        by.HasFlag(ParentGrouping.Paths) ? [.. (saved.Snapshot.Paths ?? []).Order(StringComparer.Ordinal)] : null,
        by.HasFlag(ParentGrouping.Tags) ? [.. saved.Snapshot.Tags.Order(StringComparer.Ordinal)] : null);

    private static IEnumerable<string> Words(GroupKey key) => [key.Hostname ?? "", "\u0001", .. key.Paths ?? [], "\u0001", .. key.Tags ?? []];
}
