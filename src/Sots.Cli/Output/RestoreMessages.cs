using System.Text.Json.Serialization;

namespace Sots.Cli.Output;

/// <summary>The counters that status and summary of a restore share. Zero ones vanish, as in restic.</summary>
internal abstract record RestoreCounts
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), JsonPropertyOrder(3)]
    public long TotalFiles { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), JsonPropertyOrder(4)]
    public long FilesRestored { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), JsonPropertyOrder(5)]
    public long FilesSkipped { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), JsonPropertyOrder(6)]
    public long FilesDeleted { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), JsonPropertyOrder(7)]
    public long TotalBytes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), JsonPropertyOrder(8)]
    public long BytesRestored { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), JsonPropertyOrder(9)]
    public long BytesSkipped { get; init; }
}

/// <summary>Running totals of a restore.</summary>
internal sealed record RestoreStatusMessage : RestoreCounts
{
    [JsonPropertyOrder(0)]
    public string MessageType { get; } = "status";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), JsonPropertyOrder(1)]
    public long SecondsElapsed { get; init; }

    [JsonPropertyOrder(2)]
    public required double PercentDone { get; init; }
}

/// <summary>The end of a restore.</summary>
internal sealed record RestoreSummaryMessage : RestoreCounts
{
    [JsonPropertyOrder(0)]
    public string MessageType { get; } = "summary";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), JsonPropertyOrder(1)]
    public long SecondsElapsed { get; init; }
}

/// <summary>A finished entry of a restore (-vv).</summary>
internal sealed record RestoreItemMessage(string Action, string Item, long Size)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "verbose_status";
}
