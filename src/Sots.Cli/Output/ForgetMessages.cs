using System.Text.Json.Serialization;
using Sots.Backup.Retention;
using Sots.Restic.Maintenance.Pruning;

namespace Sots.Cli.Output;

/// <summary>A group of snapshots and what becomes of them. What was not grouped by is null, but for the host.</summary>
internal sealed record ForgetGroupJson
{
    /// <summary>Takes a group.</summary>
    internal ForgetGroupJson(ForgetGroup group)
    {
        Tags = group.Key.Tags is { Count: > 0 } tags ? tags : null;
        Host = group.Key.Hostname ?? "";
        Paths = group.Key.Paths;
        Keep = group.Keep.Count == 0 ? null : [.. group.Keep.Select(kept => new SnapshotJson(kept.Snapshot))];
        Remove = group.Remove.Count == 0 ? null : [.. group.Remove.Select(saved => new SnapshotJson(saved))];
        Reasons = group.Keep.Count == 0 ? null : [.. group.Keep.Select(kept => new KeepReasonJson(new SnapshotJson(kept.Snapshot), kept.Reasons))];
    }

    public IReadOnlyList<string>? Tags { get; }

    public string Host { get; }

    public IReadOnlyList<string>? Paths { get; }

    public IReadOnlyList<SnapshotJson>? Keep { get; }

    public IReadOnlyList<SnapshotJson>? Remove { get; }

    public IReadOnlyList<KeepReasonJson>? Reasons { get; }
}

/// <summary>Why a snapshot is kept.</summary>
internal sealed record KeepReasonJson(SnapshotJson Snapshot, IReadOnlyList<string> Matches);

/// <summary>A snapshot got other tags.</summary>
internal sealed record ChangedMessage(string OldSnapshotId, string NewSnapshotId)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "changed";
}

/// <summary>Tags are set.</summary>
internal sealed record TagSummaryMessage(int ChangedSnapshots)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "summary";
}

/// <summary>The sums of a prune. Sizes in bytes.</summary>
internal sealed record PruneSummaryMessage
{
    /// <summary>Takes the sums.</summary>
    internal PruneSummaryMessage(PruneStatistics sums, bool dryRun)
    {
        DryRun = dryRun;
        Blobs = new PruneBlobsJson(
            sums.Blobs.Used, sums.Blobs.Duplicate, sums.Blobs.Unused, sums.TotalBlobs, sums.Blobs.Repack, sums.Blobs.RepackRemove, sums.Blobs.Remove,
            sums.RemovedBlobs, sums.RemainingBlobs);
        Bytes = new PruneBytesJson(
            sums.Bytes.Used, sums.Bytes.Duplicate, sums.Bytes.Unused, sums.Bytes.Unreferenced, sums.Bytes.Uncompressed, sums.TotalBytes,
            sums.Bytes.Repack, sums.Bytes.RepackRemove, sums.Bytes.Remove, sums.RemovedBytes, sums.RemainingBytes, sums.RemainingUnusedBytes);
        Packfiles = new PrunePacksJson(
            sums.Packs.Used, sums.Packs.Unused, sums.Packs.PartlyUsed, sums.Packs.Unreferenced, sums.TotalPacks, sums.Packs.Keep, sums.Packs.Repack,
            sums.Packs.Remove, sums.RemovedPacks);
    }

    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "summary";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DryRun { get; }

    public PruneBlobsJson Blobs { get; }

    public PruneBytesJson Bytes { get; }

    public PrunePacksJson Packfiles { get; }
}

/// <summary>Numbers of blobs.</summary>
internal sealed record PruneBlobsJson(
    long Used, long Duplicate, long Unused, long Total, long Repack, long RepackRemove, long Remove, long RemoveTotal, long Remaining);

/// <summary>Bytes.</summary>
internal sealed record PruneBytesJson(
    long Used, long Duplicate, long Unused, long Unreferenced, long Uncompressed, long Total, long Repack, long RepackRemove, long Remove,
    long RemoveTotal, long Remaining, long RemainingUnused);

/// <summary>Numbers of packs.</summary>
internal sealed record PrunePacksJson(
    long Used, long Unused, long PartlyUsed, long Unreferenced, long Total, long Keep, long Repack, long Remove, long RemoveTotal);
