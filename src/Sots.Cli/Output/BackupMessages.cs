using System.Text.Json.Serialization;

namespace Sots.Cli.Output;

/// <summary>Running totals of a backup. All but <see cref="PercentDone"/> vanish when they are zero, as in restic.</summary>
internal sealed record BackupStatusMessage
{
    public string MessageType { get; } = "status";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long SecondsElapsed { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long SecondsRemaining { get; init; }

    public required double PercentDone { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long TotalFiles { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long FilesDone { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long TotalBytes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long BytesDone { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long ErrorCount { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IReadOnlyList<string>? CurrentFiles { get; init; }
}

/// <summary>A finished entry of a backup (-vv). Sizes are of new blobs; duration in seconds. Nothing is omitted.</summary>
internal sealed record BackupItemMessage(
    string Action, string Item, double Duration, long DataSize, long DataSizeInRepo, long MetadataSize, long MetadataSizeInRepo, long TotalFiles)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "verbose_status";
}

/// <summary>The end of a backup.</summary>
internal sealed record BackupSummaryMessage
{
    public string MessageType { get; } = "summary";

    public required ulong FilesNew { get; init; }

    public required ulong FilesChanged { get; init; }

    public required ulong FilesUnmodified { get; init; }

    public required ulong DirsNew { get; init; }

    public required ulong DirsChanged { get; init; }

    public required ulong DirsUnmodified { get; init; }

    public required long DataBlobs { get; init; }

    public required long TreeBlobs { get; init; }

    public required ulong DataAdded { get; init; }

    public required ulong DataAddedPacked { get; init; }

    public required ulong TotalFilesProcessed { get; init; }

    public required ulong TotalBytesProcessed { get; init; }

    public required double TotalDuration { get; init; }

    public required string BackupStart { get; init; }

    public required string BackupEnd { get; init; }

    /// <summary>Absent where no snapshot was made.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SnapshotId { get; init; }

    /// <summary>Files of which something was read back; absent where nothing was to be.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? VerifiedFiles { get; init; }

    /// <summary>What was read back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? VerifiedBytes { get; init; }

    /// <summary>Last, as in restic.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DryRun { get; init; }
}
