using System.Text.Json.Serialization;

namespace Sots.Cli.Runs;

/// <summary>
/// One line of <c>runs.jsonl</c>, and a run as <c>runs --json</c> lists it. A run writes one line when it starts and one when it ends;
/// the second repeats the first. What does not apply is left out.
/// </summary>
internal sealed record RunRecord
{
    /// <summary>Value of <see cref="Event"/> for a run that begins.</summary>
    public const string StartEvent = "start";

    /// <summary>Value of <see cref="Event"/> for a run that is over.</summary>
    public const string EndEvent = "end";

    /// <summary><c>start</c> or <c>end</c>.</summary>
    public required string Event { get; init; }

    /// <summary>Name of the run: time, verb and process id.</summary>
    public required string Id { get; init; }

    /// <summary>The command.</summary>
    public required string Verb { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>When it ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? End { get; init; }

    /// <summary>complete, warning, failed or cancelled; in listings also running, interrupted and unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Outcome { get; init; }

    /// <summary>The exit code.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ExitCode { get; init; }

    /// <summary>Nothing was to be written.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DryRun { get; init; }

    /// <summary>Id of the snapshot that was made or restored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Snapshot { get; init; }

    /// <summary>Id of the repository, where one was opened.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Repository { get; init; }

    /// <summary>Ids, or starts of ids, of snapshots that were to be removed or replaced.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Forgotten { get; init; }

    /// <summary>Of a check, how much of the content it read: none, part or all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ContentRead { get; init; }

    /// <summary>What was done.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunCounts? Counts { get; init; }

    /// <summary>Of a check: which part of the stored data was read, as it was asked for: <c>all</c>, <c>3/30</c>, <c>10%</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReadData { get; init; }

    /// <summary>Of a check: it looked at the snapshots of a host, a path or tags only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SomeSnapshots { get; init; }

    /// <summary>Files or findings with problems.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Problems { get; init; }

    /// <summary>The first of them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RunProblem>? Errors { get; init; }

    /// <summary>Warnings that belong to no file.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Warnings { get; init; }

    /// <summary>Why it did not end well.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Message { get; init; }

    /// <summary>What was suspicious.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RunAlarm>? Alarms { get; init; }

    /// <summary>Name of the log, in the folder of the record.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Log { get; init; }

    /// <summary>Host it ran on.</summary>
    public required string Host { get; init; }

    /// <summary>Its process.</summary>
    public required int Pid { get; init; }

    /// <summary>When that process started: ids of processes are used again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ProcessStart { get; init; }

    /// <summary>Version of the program.</summary>
    public required string Version { get; init; }
}

/// <summary>What a run did. Sizes in bytes; null for what it does not do.</summary>
internal sealed record RunCounts
{
    /// <summary>Files seen, selected or checked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Files { get; init; }

    /// <summary>Their content.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Bytes { get; init; }

    /// <summary>Files new since the parent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FilesNew { get; init; }

    /// <summary>Files changed since the parent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FilesChanged { get; init; }

    /// <summary>Files as in the parent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FilesUnmodified { get; init; }

    /// <summary>Files the parent has and the project has not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FilesGone { get; init; }

    /// <summary>New data.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AddedBytes { get; init; }

    /// <summary>What it takes in the repository.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? StoredBytes { get; init; }

    /// <summary>Files and folders restored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FilesRestored { get; init; }

    /// <summary>Content restored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? BytesRestored { get; init; }

    /// <summary>Files and folders a restore left as they were.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FilesSkipped { get; init; }

    /// <summary>Files and folders a restore removed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FilesDeleted { get; init; }

    /// <summary>Files that a backup read back after writing, or that a drill restored whole.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FilesVerified { get; init; }

    /// <summary>What a backup read back after writing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? BytesVerified { get; init; }

    /// <summary>Snapshots that a drill took files from.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Snapshots { get; init; }
}

/// <summary>A problem with one file.</summary>
internal sealed record RunProblem(string During, string Item, string Message)
{
    /// <summary>Value of <see cref="During"/> for a damaged asset, which was saved as it is.</summary>
    public const string Assets = "assets";
}

/// <summary>Something suspicious.</summary>
internal sealed record RunAlarm(string Kind, string Message);

/// <summary>The words for how a run ended.</summary>
internal static class RunOutcome
{
    public const string Complete = "complete", Warning = "warning", Failed = "failed", Cancelled = "cancelled";

    /// <summary>It is going on.</summary>
    public const string Running = "running";

    /// <summary>Its process is gone and it has not said how it ended.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>It has not said how it ended, and its process is on another host.</summary>
    public const string Unknown = "unknown";

    /// <summary>The outcome that an exit code stands for.</summary>
    public static string Of(int exitCode) => exitCode switch
    {
        ExitCode.Complete => Complete,
        ExitCode.Incomplete => Warning,
        ExitCode.Cancelled => Cancelled,
        _ => Failed,
    };
}
