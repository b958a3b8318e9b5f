using System.Globalization;
using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Backup.Retention;

/// <summary>Snapshots that no policy removes.</summary>
public sealed record SnapshotProtection
{
    /// <summary>Protects nothing.</summary>
    public static SnapshotProtection None { get; } = new();

    /// <summary>Whoever has one of these tags is kept.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>So many of the newest of each group are kept.</summary>
    public int Newest { get; init; }

    /// <summary>Moves what is protected from the removed to the kept ones, and gives its reason to all that are protected.</summary>
    public ForgetGroup Apply(ForgetGroup group)
    {
        IEnumerable<KeptSnapshot> all = [.. group.Keep, .. group.Remove.Select(saved => new KeptSnapshot(saved, []))];
        KeptSnapshot[] sorted = [.. all.OrderByDescending(kept => kept.Snapshot.Snapshot.Time, Comparer<NodeTime>.Create((a, b) => a.CompareInstant(b)))];
        KeptSnapshot[] judged = [.. sorted.Select((kept, rank) => kept with { Reasons = [.. kept.Reasons, .. ReasonsFor(kept.Snapshot, rank)] })];
        return group with
        {
            Keep = [.. judged.Where(kept => kept.Reasons.Count > 0)],
            Remove = [.. judged.Where(kept => kept.Reasons.Count == 0).Select(kept => kept.Snapshot)],
        };
    }

    private IEnumerable<string> ReasonsFor(SavedSnapshot saved, int rank)
    {
        foreach (string tag in Tags.Where(tag => saved.Snapshot.Tags.Contains(tag, StringComparer.Ordinal)))
        {
            yield return $"tagged {tag}";
        }

        if (rank < Newest)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"one of the newest {Newest}");
        }
    }
}
