using Sots.Backup.Alarms;

namespace Sots.Cli.Runs;

/// <summary>What the record of the runs says of a project's backup; asked by `status` and by `doctor`.</summary>
internal static class RunHistory
{
    /// <summary>The last backup that is over, dry runs not counted; null where none is recorded.</summary>
    public static RunRecord? LastBackup(IReadOnlyList<RunRecord> runs) =>
        runs.LastOrDefault(static run => run is { Verb: "full" or "push", DryRun: false } && run.Outcome != RunOutcome.Running);

    /// <summary>The last check; null where none is recorded.</summary>
    public static RunRecord? LastCheck(IReadOnlyList<RunRecord> runs) => runs.LastOrDefault(static run => run.Verb == "check");

    /// <summary>Alarm where the last backup did not end well.</summary>
    public static IEnumerable<Alarm> LastBackupFailed(IReadOnlyList<RunRecord> runs)
    {
        RunRecord? last = LastBackup(runs);
        string? how = last?.Outcome switch
        {
            RunOutcome.Failed => "failed",
            RunOutcome.Interrupted => "was interrupted before it was done",
            RunOutcome.Warning => "could not save everything",
            _ => null,
        };
        return how is null ? [] : [new Alarm(AlarmKind.LastBackupFailed, $"the last {last!.Verb} {how}", $"`sots_backup runs show {last.Id}` says more.")];
    }
}
