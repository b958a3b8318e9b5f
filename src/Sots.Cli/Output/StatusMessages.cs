using System.Text.Json.Serialization;
using Sots.Backup.Alarms;
using Sots.Cli.Runs;

namespace Sots.Cli.Output;

/// <summary>Something suspicious.</summary>
internal sealed record AlarmMessage(string Kind, string Message, string Advice)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "alarm";
}

/// <summary>An alarm of a status.</summary>
internal sealed record StatusAlarm(string Kind, string Message, string Advice);

/// <summary>How things stand with a project's backup.</summary>
internal sealed record ProjectStatusMessage
{
    /// <summary>The message for a status.</summary>
    public static ProjectStatusMessage Of(ProjectStatus status) => new()
    {
        Project = status.Project,
        Repository = status.Repository,
        RepositoryBytes = status.RepositoryBytes,
        Snapshots = status.Snapshots,
        NewestSnapshot = status.Newest?.Id.ToString(),
        NewestTime = status.Newest is { } newest ? Times.Format(newest.Snapshot.Time) : null,
        NewestAgeSeconds = status.Newest is { } aged ? (long)(status.Now - SnapshotFacts.TimeOf(aged.Snapshot.Time)).TotalSeconds : null,
        NewestHost = status.Newest?.Snapshot.Hostname,
        LastRun = status.LastRun,
        LastCheck = status.LastCheck,
        LastDrill = status.LastDrill,
        AllDataReadSince = status.AllDataReadSince,
        DriveFreeBytes = status.Space?.FreeBytes,
        DriveTotalBytes = status.Space?.TotalBytes,
        GrowthBytesPerDay = status.Forecast is { } forecast ? (long)Math.Min(forecast.BytesPerDay, long.MaxValue / 2) : null,
        Alarms = [.. status.Alarms.Select(alarm => new StatusAlarm(AlarmNames.Of(alarm.Kind), alarm.Message, alarm.Advice))],
    };

    public string MessageType { get; } = "project_status";

    public required string Project { get; init; }

    public required string Repository { get; init; }

    public required long RepositoryBytes { get; init; }

    public required int Snapshots { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NewestSnapshot { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NewestTime { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? NewestAgeSeconds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NewestHost { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunRecord? LastRun { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunRecord? LastCheck { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunRecord? LastDrill { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? AllDataReadSince { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? DriveFreeBytes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? DriveTotalBytes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? GrowthBytesPerDay { get; init; }

    public required IReadOnlyList<StatusAlarm> Alarms { get; init; }
}
