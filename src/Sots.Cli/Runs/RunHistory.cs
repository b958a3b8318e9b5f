using System.Globalization;
using Sots.Backup.Alarms;

namespace Sots.Cli.Runs;

/// <summary>What the record of the runs says of a project's backup; asked by `status` and by `doctor`.</summary>
internal static class RunHistory
{
    /// <summary>Value of <see cref="RunRecord.ReadData"/> of a check that reads everything.</summary>
    private const string AllData = "all";

    /// <summary>
    /// The runs that say something of a repository: a new one may lie where another was, with the same logs beside it. One that opened none
    /// may have been meant for it.
    /// </summary>
    /// <param name="runs">All recorded runs.</param>
    /// <param name="repository">Its id; null or empty where it is not known, and then all count.</param>
    public static IReadOnlyList<RunRecord> Of(IReadOnlyList<RunRecord> runs, string? repository) =>
        string.IsNullOrEmpty(repository) ? runs : [.. runs.Where(run => run.Repository is null || run.Repository == repository)];

    /// <summary>The last backup that is over, dry runs not counted; null where none is recorded.</summary>
    public static RunRecord? LastBackup(IReadOnlyList<RunRecord> runs) =>
        runs.LastOrDefault(static run => run is { Verb: "full" or "push", DryRun: false } && run.Outcome != RunOutcome.Running);

    /// <summary>The last check; null where none is recorded.</summary>
    public static RunRecord? LastCheck(IReadOnlyList<RunRecord> runs) => runs.LastOrDefault(static run => run.Verb == "check");

    /// <summary>
    /// Alarm where a check failed, as long as none that looked at as much has been complete since: a quick check does not see what one that
    /// read everything has found, nor one of some snapshots what is in others. One that was cancelled, or could not begin, says nothing.
    /// </summary>
    public static IEnumerable<Alarm> CheckFailed(IReadOnlyList<RunRecord> runs)
    {
        List<RunRecord> failed = [];
        foreach (RunRecord check in runs.Where(static run => run.Verb == "check"))
        {
            if (check is { Outcome: RunOutcome.Complete, SomeSnapshots: false })
            {
                failed.RemoveAll(before => CanRead(before) is var part && (part is null || part == check.ReadData || check.ReadData == AllData));
            }
            else if (check.ExitCode == ExitCode.Failed)
            {
                failed.Add(check);
            }
        }

        return failed is not [.., var last] ? []
            : [new Alarm(
                AlarmKind.CheckFailed,
                string.Create(CultureInfo.InvariantCulture, $"the check of {last.Start:yyyy-MM-dd HH:mm} failed"),
                $"`sots_backup runs show {last.Id}` says why. `sots_backup check{CanRead(last) switch { null => "", AllData => " --read-data", var part => " --read-data-subset " + part }}` says what is damaged, and ends this alarm where nothing is.")];

        // A random share is never read again; only all data is sure to have it.
        static string? CanRead(RunRecord check) => check.ReadData is null || check.ReadData.Contains('/', StringComparison.Ordinal) ? check.ReadData : AllData;
    }

    /// <summary>The last drill that is over and tells what it did; null where none is recorded.</summary>
    public static RunRecord? LastDrill(IReadOnlyList<RunRecord> runs) => runs.LastOrDefault(static run => run is { Verb: "drill", Counts: not null });

    /// <summary>When a drill last got everything back that it tried; null where none has.</summary>
    public static DateTimeOffset? LastProof(IReadOnlyList<RunRecord> runs) =>
        runs.LastOrDefault(static run => run is { Verb: "drill", Outcome: RunOutcome.Complete, Counts.Files: > 0 }) is { } proof ? proof.End ?? proof.Start : null;

    /// <summary>
    /// Since when all data has been read: the start of the newest complete <c>check --read-data</c>, or of the oldest part where the parts
    /// 1/n to n/n of it were read one by one; null where neither is on record. A random share does not add up to all, nor does what some
    /// snapshots hold.
    /// </summary>
    public static DateTimeOffset? AllDataReadSince(IReadOnlyList<RunRecord> runs)
    {
        DateTimeOffset? best = null;
        foreach (IGrouping<string, RunRecord> whole in runs
            .Where(static run => run is { Verb: "check", Outcome: RunOutcome.Complete, ReadData: not null, SomeSnapshots: false })
            .GroupBy(static run => run.ReadData![(run.ReadData!.IndexOf('/', StringComparison.Ordinal) + 1)..]))
        {
            int parts = whole.Key == AllData ? 1 : int.TryParse(whole.Key, NumberStyles.None, CultureInfo.InvariantCulture, out int of) ? of : 0;
            DateTimeOffset[] newest = [.. whole.GroupBy(static run => run.ReadData).Select(static part => part.Max(static run => run.Start))];
            if (newest.Length == parts && (best is null || newest.Min() > best))
            {
                best = newest.Min();
            }
        }

        return best;
    }

    /// <summary>Alarm where the last drill did not get everything back.</summary>
    public static IEnumerable<Alarm> LastDrillFailed(IReadOnlyList<RunRecord> runs) =>
        LastDrill(runs) is { Outcome: RunOutcome.Failed } last
            ? [new Alarm(AlarmKind.DrillOld, "the last drill could not restore everything it tried", $"`sots_backup runs show {last.Id}` says what. `sots_backup check --read-data` says what is damaged.")]
            : [];

    /// <summary>Alarm where the last backup did not end well.</summary>
    public static IEnumerable<Alarm> LastBackupFailed(IReadOnlyList<RunRecord> runs)
    {
        RunRecord? last = LastBackup(runs);
        string? how = last?.Outcome switch
        {
            RunOutcome.Failed => "failed",
            RunOutcome.Interrupted => "was interrupted before it was done",

            // Damaged assets are told after everything else; where they come first there was nothing else, and they have an alarm of their own.
            RunOutcome.Warning when last.Errors is not [{ During: RunProblem.Assets }, ..] => "could not save everything",
            _ => null,
        };
        return how is null ? [] : [new Alarm(AlarmKind.LastBackupFailed, $"the last {last!.Verb} {how}", $"`sots_backup runs show {last.Id}` says more.")];
    }
}
