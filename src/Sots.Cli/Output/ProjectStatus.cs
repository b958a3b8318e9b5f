using System.Globalization;
using System.Text;
using Sots.Backup.Alarms;
using Sots.Cli.Runs;
using Sots.Restic;

namespace Sots.Cli.Output;

/// <summary>How things stand with a project's backup. Sizes in bytes.</summary>
internal sealed record ProjectStatus
{
    /// <summary>Folder of the project.</summary>
    public required string Project { get; init; }

    /// <summary>Location of the repository.</summary>
    public required string Repository { get; init; }

    /// <summary>What it takes on the disk.</summary>
    public required long RepositoryBytes { get; init; }

    /// <summary>Snapshots of the project.</summary>
    public required int Snapshots { get; init; }

    /// <summary>The newest of them.</summary>
    public SavedSnapshot? Newest { get; init; }

    /// <summary>What snapshots of this computer name as their host.</summary>
    public required string Host { get; init; }

    /// <summary>The last recorded run of any kind.</summary>
    public RunRecord? LastRun { get; init; }

    /// <summary>The last recorded check.</summary>
    public RunRecord? LastCheck { get; init; }

    /// <summary>The last recorded drill.</summary>
    public RunRecord? LastDrill { get; init; }

    /// <summary>Since when all stored data has been read by checks; null where it never was.</summary>
    public DateTimeOffset? AllDataReadSince { get; init; }

    /// <summary>Room at the repository.</summary>
    public DriveSpace? Space { get; init; }

    /// <summary>How fast it fills.</summary>
    public GrowthForecast? Forecast { get; init; }

    /// <summary>What is not as it should be; empty where all is well.</summary>
    public required IReadOnlyList<Alarm> Alarms { get; init; }

    /// <summary>The clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The status for people.</summary>
    public string ToText(TimeZoneInfo zone)
    {
        StringBuilder text = new();
        Line(text, "project", PrintableText.Escape(Project));
        Line(text, "repository", string.Create(
            CultureInfo.InvariantCulture, $"{PrintableText.Escape(Repository)}, {Sizes.Format(RepositoryBytes)}, {Snapshots} {(Snapshots == 1 ? "snapshot" : "snapshots")} of this project"));
        Line(text, "newest", Newest is null ? "none yet" : $"{Newest.Id.Value.ToShortString()}, {Times.Local(Newest.Snapshot.Time, zone)} ({Age(Now - SnapshotFacts.TimeOf(Newest.Snapshot.Time))}){OtherHost(Newest.Snapshot.Hostname)}");
        Line(text, "last run", Run(LastRun, zone));
        Line(text, "last check", Run(LastCheck, zone) + Depth(LastCheck) + (AllDataReadSince is { } read ? string.Create(CultureInfo.InvariantCulture, $"; all data was read since {TimeZoneInfo.ConvertTime(read, zone):yyyy-MM-dd}") : ""));
        Line(text, "last drill", Drill(LastDrill, zone));
        string days = Space is not null && Forecast?.Words(Space.FreeBytes) is { } words ? $"; full in {words} at the present rate" : "";
        Line(text, "drive", Space is null ? "unknown" : $"{Sizes.Format(Space.FreeBytes)} of {Sizes.Format(Space.TotalBytes)} free{days}");
        text.Append('\n');
        foreach (Alarm alarm in Alarms)
        {
            text.Append("alarm: ").Append(PrintableText.Escape(alarm.Message)).Append("\n  ").Append(PrintableText.Escape(alarm.Advice)).Append('\n');
        }

        return text.Append(Alarms.Count == 0 ? "all is well\n" : "").ToString().TrimEnd('\n');
    }

    /// <summary>A time that has passed, in words: <c>2 hours ago</c>.</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { Ticks: < 0 } => "in the future",
        { TotalMinutes: < 2 } => "just now",
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(age.TotalMinutes)} minutes ago"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(age.TotalHours)} hours ago"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(age.TotalDays)} days ago"),
    };

    /// <summary>Two computers may have the project in the same folder: what one saved says nothing of the work on the other.</summary>
    private string OtherHost(string host) => host.Length == 0 || host == Host ? "" : " on " + PrintableText.Escape(host);

    private static string Depth(RunRecord? check) => (check is { SomeSnapshots: true } ? "; of some snapshots" : "") + check?.ContentRead switch
    {
        "all" when check.SomeSnapshots => ": every byte of theirs was read",
        "all" => "; full: every byte was read",
        "part" => "; a part of the content was read",
        "none" => "; quick: the content was not read",
        _ => "",
    };

    private static string Run(RunRecord? run, TimeZoneInfo zone) => run is null
        ? "none on record"
        : string.Create(CultureInfo.InvariantCulture, $"{PrintableText.Escape(run.Verb)}, {run.Outcome}, {TimeZoneInfo.ConvertTime(run.Start, zone):yyyy-MM-dd HH:mm:ss}");

    private static string Drill(RunRecord? run, TimeZoneInfo zone)
    {
        if (run is not { Counts: { Files: { } files } counts })
        {
            return "none on record";
        }

        long missing = files - (counts.FilesVerified ?? 0);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{TimeZoneInfo.ConvertTime(run.Start, zone):yyyy-MM-dd HH:mm:ss}, {DrillReport.Counts(files, counts.Snapshots ?? 0)}, {(missing > 0 ? $"{missing} could not be restored" : run.Outcome == RunOutcome.Complete ? "all whole" : run.Outcome)}");
    }

    private static void Line(StringBuilder text, string name, string value) => text.Append(name.PadRight(12)).Append(value).Append('\n');
}
