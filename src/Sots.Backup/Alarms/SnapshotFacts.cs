using Sots.Backup.Restoring;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Backup.Alarms;

/// <summary>What the rules want to know of one snapshot. Sizes in bytes.</summary>
/// <param name="Time">When it was made.</param>
/// <param name="Files">Files in it; null where the snapshot does not say.</param>
/// <param name="Bytes">Their content.</param>
/// <param name="New">Files its parent does not have; null where it has no parent.</param>
/// <param name="Changed">Files that differ from its parent's; null where it has no parent.</param>
/// <param name="Gone">Files its parent has and it has not; null where its parent is not known.</param>
/// <param name="StoredBytes">What it added to the repository.</param>
public sealed record SnapshotFacts(DateTimeOffset Time, long? Files, long Bytes, long? New, long? Changed, long? Gone, long StoredBytes)
{
    /// <summary>The computer it was made on; empty where that is not known.</summary>
    public string Host { get; init; } = "";

    /// <summary>
    /// True where this is no backup but the point at which the project was restored in place: files and bytes are then what the restore
    /// made of it, so that the next backup is compared with that and not with the work that was given up.
    /// </summary>
    public bool IsRestore { get; init; }

    /// <summary>The facts of snapshots of one project, in their order (oldest first). A safety snapshot stands for the restore after it.</summary>
    public static IReadOnlyList<SnapshotFacts> Of(IReadOnlyList<SavedSnapshot> snapshots)
    {
        Dictionary<SnapshotId, SnapshotSummary> summaries = [];
        List<SnapshotFacts> facts = [];
        foreach (SavedSnapshot saved in snapshots)
        {
            SnapshotSummary? summary = saved.Snapshot.Summary;
            SnapshotSummary? parent = saved.Snapshot.Parent is { } id ? summaries.GetValueOrDefault(id) : null;
            SnapshotFacts own = Of(TimeOf(saved.Snapshot.Time), summary, saved.Snapshot.Parent is not null, parent);
            facts.Add((SafetyTags.IsSafety(saved.Snapshot) ? OfRestore(saved.Snapshot, own, summaries) : own) with { Host = saved.Snapshot.Hostname });
            if (summary is not null)
            {
                summaries[saved.Id] = summary;
                if (saved.Snapshot.Original is { } original)
                {
                    summaries.TryAdd(original, summary);
                }
            }
        }

        return facts;
    }

    /// <summary>What a restore in place made of a project: all of the restored snapshot, or about what was there where only a part was restored.</summary>
    private static SnapshotFacts OfRestore(Snapshot safety, SnapshotFacts before, Dictionary<SnapshotId, SnapshotSummary> summaries)
    {
        SnapshotFacts after = !SafetyTags.TryRead(safety, out SafetyTags? tags) || tags.Paths.Count > 0 ? before
            : Of(before.Time, summaries.GetValueOrDefault(tags.Restored), hasParent: false, null);
        return after with { New = null, Changed = null, Gone = null, StoredBytes = before.StoredBytes, IsRestore = true };
    }

    /// <summary>The facts of one snapshot, or of one that is about to be made.</summary>
    /// <param name="time">Its time.</param>
    /// <param name="summary">Its counts, or null.</param>
    /// <param name="hasParent">Whether it was compared with another.</param>
    /// <param name="parent">The counts of that one, where they are known.</param>
    public static SnapshotFacts Of(DateTimeOffset time, SnapshotSummary? summary, bool hasParent, SnapshotSummary? parent)
    {
        if (summary is null)
        {
            return new SnapshotFacts(time, null, 0, null, null, null, 0);
        }

        long? gone = hasParent && parent is not null
            ? Math.Max(0, Count(parent.TotalFilesProcessed) - Count(summary.FilesChanged) - Count(summary.FilesUnmodified))
            : null;
        return new SnapshotFacts(
            time, Count(summary.TotalFilesProcessed), Count(summary.TotalBytesProcessed),
            hasParent ? Count(summary.FilesNew) : null, hasParent ? Count(summary.FilesChanged) : null, gone, Count(summary.DataAddedPacked));
    }

    /// <summary>An instant of the format; years outside 1 to 9999 become the first or last that can be said.</summary>
    public static DateTimeOffset TimeOf(NodeTime time)
    {
        const long first = -62_135_596_800, last = 253_402_300_799;
        return DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(time.UnixSeconds, first, last));
    }

    // Foreign snapshots may claim anything; a quarter of the range leaves room to calculate in.
    private static long Count(ulong value) => (long)Math.Min(value, long.MaxValue / 4);
}
