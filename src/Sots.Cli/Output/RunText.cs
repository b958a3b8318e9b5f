using System.Globalization;
using System.Text;
using Sots.Cli.Runs;

namespace Sots.Cli.Output;

/// <summary>Recorded runs for people.</summary>
internal static class RunText
{
    /// <summary>One line a run, oldest first.</summary>
    public static string Table(IReadOnlyList<RunRecord> runs)
    {
        if (runs.Count == 0)
        {
            return "no runs on record";
        }

        TextTable table = new("Run", "Outcome", "Took", "Snapshot", "Stored", "Problems");
        foreach (RunRecord run in runs)
        {
            table.Add([.. Row(run).Select(cell => (string[])[cell])]);
        }

        StringBuilder text = new();
        table.WriteTo(text, $"{runs.Count} {(runs.Count == 1 ? "run" : "runs")}");
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>All that is known of a run.</summary>
    public static string Details(RunRecord run, string folder, TimeZoneInfo zone)
    {
        StringBuilder text = new();
        Line(text, "run", run.Id);
        Line(text, "command", run.Verb + (run.DryRun ? " (dry run)" : ""));
        Line(text, "outcome", run.Outcome + (run.ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $", exit code {code}") : ""));
        Line(text, "started", Time(run.Start, zone));
        Line(text, "ended", run.End is { } end ? $"{Time(end, zone)}, after {Durations.Format(end - run.Start)}" : null);
        Line(text, "on", string.Create(CultureInfo.InvariantCulture, $"{run.Host}, process {run.Pid}, version {run.Version}"));
        Line(text, "snapshot", run.Snapshot);
        if (run.Counts is { } counts)
        {
            Line(text, "files", counts.Files is { } files ? string.Create(CultureInfo.InvariantCulture, $"{files:N0}, {Sizes.Format(counts.Bytes ?? 0)}") : null);
            Line(text, "changes", counts.FilesNew is { } added
                ? string.Create(CultureInfo.InvariantCulture, $"{added:N0} new, {counts.FilesChanged:N0} changed, {counts.FilesUnmodified:N0} as before{(counts.FilesGone is { } gone ? $", {gone:N0} gone" : "")}")
                : null);
            Line(text, "stored", counts.StoredBytes is { } stored ? Sizes.Format(stored) : null);
            Line(text, "restored", counts.FilesRestored is { } restored ? string.Create(CultureInfo.InvariantCulture, $"{restored:N0} files and folders, {Sizes.Format(counts.BytesRestored ?? 0)}") : null);
        }

        Line(text, "message", run.Message?.Replace("\n", "\n            ", StringComparison.Ordinal));
        foreach (RunAlarm alarm in run.Alarms ?? [])
        {
            Line(text, "alarm", alarm.Message);
        }

        foreach (RunProblem problem in run.Errors ?? [])
        {
            Line(text, "problem", problem.Item.Length == 0 || problem.Message.Contains(problem.Item, StringComparison.Ordinal) ? problem.Message : $"{problem.Item}: {problem.Message}");
        }

        long more = run.Problems - (run.Errors?.Count ?? 0);
        Line(text, "", more > 0 ? string.Create(CultureInfo.InvariantCulture, $"and {more:N0} more problems, see the log") : null);
        Line(text, "log", run.Log is { } log ? LogState(folder, log) : null);
        return text.ToString().TrimEnd('\n');
    }

    private static string LogState(string folder, string log)
    {
        string path = Path.Combine(folder, Path.GetFileName(log));
        return File.Exists(path) ? path : path + " (removed, it was old)";
    }

    private static string[] Row(RunRecord run) =>
    [
        run.Id,
        run.Outcome + (run.DryRun ? " (dry run)" : ""),
        run.End is { } end ? Durations.Format(end - run.Start) : "",
        run.Snapshot is { Length: >= 8 } id ? id[..8] : "",
        run.Counts?.StoredBytes is { } stored ? Sizes.Format(stored) : "",
        run.Problems == 0 ? "" : run.Problems.ToString("N0", CultureInfo.InvariantCulture),
    ];

    private static string Time(DateTimeOffset time, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, string name, string? value)
    {
        if (value is not null)
        {
            text.Append(name.PadRight(12)).Append(PrintableText.EscapeLines(value)).Append('\n');
        }
    }
}
