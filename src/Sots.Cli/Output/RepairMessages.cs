using System.Text.Json.Serialization;
using Sots.Restic.Maintenance.Repairing;

namespace Sots.Cli.Output;

/// <summary>The plan of <c>repair index</c>.</summary>
internal sealed record IndexRepairMessage
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "repair_index_plan";

    public required bool DryRun { get; init; }

    public required IReadOnlyList<DamagedFileJson> DamagedIndexFiles { get; init; }

    public required IReadOnlyList<IndexChangeJson> Packs { get; init; }

    public required int ReplacedIndexFiles { get; init; }

    public required int NewIndexFiles { get; init; }

    public required IReadOnlyList<RepairedSnapshotJson> Losses { get; init; }
}

/// <summary>A file that cannot be read.</summary>
internal sealed record DamagedFileJson(string Id, string Reason);

/// <summary>A pack about which the index is wrong.</summary>
internal sealed record IndexChangeJson(string Id, string Action, string Reason, int Blobs);

/// <summary>The plan of <c>repair packs</c>.</summary>
internal sealed record PackRepairMessage
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "repair_packs_plan";

    public required bool DryRun { get; init; }

    public required IReadOnlyList<PackRepairJson> Packs { get; init; }

    public required int SavedBlobs { get; init; }

    public required IReadOnlyList<string> LostBlobs { get; init; }

    public required IReadOnlyList<RepairedSnapshotJson> Losses { get; init; }
}

/// <summary>A pack; its size in bytes, null where it is not there.</summary>
internal sealed record PackRepairJson(string Id, long? Size, bool Whole, int IntactBlobs, int DamagedBlobs, IReadOnlyList<string> Faults);

/// <summary>The plan of <c>repair snapshots</c>.</summary>
internal sealed record SnapshotRepairMessage
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "repair_snapshots_plan";

    public required bool DryRun { get; init; }

    public required bool Forget { get; init; }

    public required IReadOnlyList<RepairedSnapshotJson> Snapshots { get; init; }

    public required int WholeSnapshots { get; init; }

    public required IReadOnlyList<string> DamagedPacks { get; init; }

    public required bool IndexNeedsRepair { get; init; }
}

/// <summary>A snapshot that is not whole. Without a new tree nothing of it can be read.</summary>
internal sealed record RepairedSnapshotJson(string Id, string? NewTree, string? RepairedBefore, IReadOnlyList<PathRepairJson> Changes)
{
    /// <summary>Takes the facts of snapshots.</summary>
    public static IReadOnlyList<RepairedSnapshotJson> Of(IReadOnlyList<SnapshotRepair> repairs, bool onlyLosses) =>
    [
        .. repairs.Select(repair => new RepairedSnapshotJson(
            repair.Snapshot.Id.ToString(), repair.NewTree?.ToString(), repair.Earlier?.ToString(),
            [.. repair.Repairs.Where(change => change.IsLoss || !onlyLosses).Select(change => new PathRepairJson(change.Path, NameOf(change.Kind), change.Change, change.LostBytes))])),
    ];

    private static string NameOf(NodeFaultKind kind) => kind switch
    {
        NodeFaultKind.MissingContent => "missing_content",
        NodeFaultKind.WrongSize => "wrong_size",
        NodeFaultKind.InvalidType => "invalid_type",
        NodeFaultKind.UnreadableEntries => "unreadable_entries",
        NodeFaultKind.UnreadableDirectory => "unreadable_directory",
        _ => "name",
    };
}

/// <summary>What changes at a path.</summary>
internal sealed record PathRepairJson(string Path, string Kind, string Change, ulong LostBytes);

/// <summary>What <c>repair snapshots</c> did.</summary>
internal sealed record SnapshotRepairSummaryMessage(IReadOnlyList<ReplacedSnapshotJson> Saved, IReadOnlyList<string> Removed)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "summary";
}

/// <summary>A snapshot and the one that was made of it.</summary>
internal sealed record ReplacedSnapshotJson(string OldSnapshotId, string NewSnapshotId);

/// <summary>The plan of <c>recover</c>.</summary>
internal sealed record RecoveryMessage
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "recover_plan";

    public required bool DryRun { get; init; }

    public required IReadOnlyList<RecoveredRootJson> Roots { get; init; }

    public required bool RepairsIndex { get; init; }

    public required IReadOnlyList<string> Unreadable { get; init; }
}

/// <summary>A folder of the new snapshot.</summary>
internal sealed record RecoveredRootJson(string Name, string Tree, int Entries);

/// <summary>What <c>recover</c> did; without a snapshot there was nothing to recover.</summary>
internal sealed record RecoverySummaryMessage(string? SnapshotId)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "summary";
}
