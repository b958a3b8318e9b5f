using System.Text.Json.Serialization;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Output;

/// <summary>A snapshot as restic's <c>snapshots --json</c> writes it: the fields of its file, then its id.</summary>
internal record SnapshotJson
{
    /// <summary>Takes the facts of a snapshot.</summary>
    internal SnapshotJson(SavedSnapshot saved)
    {
        Snapshot snapshot = saved.Snapshot;
        Time = Times.Format(snapshot.Time);
        Parent = snapshot.Parent?.ToString();
        Tree = snapshot.Tree.ToString();
        Paths = snapshot.Paths;
        Hostname = Omitted(snapshot.Hostname);
        Username = Omitted(snapshot.Username);
        Uid = snapshot.UserId;
        Gid = snapshot.GroupId;
        Excludes = Omitted(snapshot.Excludes);
        Tags = Omitted(snapshot.Tags);
        Original = snapshot.Original?.ToString();
        ProgramVersion = Omitted(snapshot.ProgramVersion);
        Summary = snapshot.Summary is { } summary ? new SnapshotSummaryJson(summary) : null;
        Id = saved.Id.ToString();
        ShortId = saved.Id.Value.ToShortString();
    }

    public string Time { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Parent { get; }

    public string Tree { get; }

    public IReadOnlyList<string>? Paths { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Hostname { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Username { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public uint Uid { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public uint Gid { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Excludes { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Tags { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Original { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ProgramVersion { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SnapshotSummaryJson? Summary { get; }

    public string Id { get; }

    public string ShortId { get; }

    private static string? Omitted(string text) => text.Length == 0 ? null : text;

    private static IReadOnlyList<string>? Omitted(IReadOnlyList<string> list) => list.Count == 0 ? null : list;
}

/// <summary>The counts a snapshot keeps of its backup. Nothing is omitted.</summary>
internal sealed record SnapshotSummaryJson
{
    /// <summary>Takes the counts.</summary>
    internal SnapshotSummaryJson(SnapshotSummary summary)
    {
        BackupStart = Times.Format(summary.BackupStart);
        BackupEnd = Times.Format(summary.BackupEnd);
        FilesNew = summary.FilesNew;
        FilesChanged = summary.FilesChanged;
        FilesUnmodified = summary.FilesUnmodified;
        DirsNew = summary.DirsNew;
        DirsChanged = summary.DirsChanged;
        DirsUnmodified = summary.DirsUnmodified;
        DataBlobs = summary.DataBlobs;
        TreeBlobs = summary.TreeBlobs;
        DataAdded = summary.DataAdded;
        DataAddedPacked = summary.DataAddedPacked;
        TotalFilesProcessed = summary.TotalFilesProcessed;
        TotalBytesProcessed = summary.TotalBytesProcessed;
    }

    public string BackupStart { get; }

    public string BackupEnd { get; }

    public ulong FilesNew { get; }

    public ulong FilesChanged { get; }

    public ulong FilesUnmodified { get; }

    public ulong DirsNew { get; }

    public ulong DirsChanged { get; }

    public ulong DirsUnmodified { get; }

    public long DataBlobs { get; }

    public long TreeBlobs { get; }

    public ulong DataAdded { get; }

    public ulong DataAddedPacked { get; }

    public ulong TotalFilesProcessed { get; }

    public ulong TotalBytesProcessed { get; }
}

/// <summary>What a group has in common; null for what was not grouped by.</summary>
internal sealed record SnapshotGroupKeyJson(string Hostname, IReadOnlyList<string>? Paths, IReadOnlyList<string>? Tags);

/// <summary>A group of snapshots.</summary>
internal sealed record SnapshotGroupJson(SnapshotGroupKeyJson GroupKey, IReadOnlyList<SnapshotJson> Snapshots);
