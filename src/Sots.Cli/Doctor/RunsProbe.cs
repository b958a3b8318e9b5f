using Sots.Backup.Alarms;
using Sots.Cli.Commands;
using Sots.Cli.Output;
using Sots.Cli.Runs;

namespace Sots.Cli.Doctor;

/// <summary>How did the last backup and the last check end?</summary>
internal sealed class RunsProbe : IDoctorProbe
{
    private const string CheckFix = "`sots_backup check --read-data-subset 5%` proves that a part of the backup can be read.";
    private static readonly TimeSpan CheckInterval = TimeSpan.FromDays(30);

    /// <inheritdoc/>
    public string Question => "last run";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunRecord> runs = RunHistory.Of(RunsCommand.ReadRuns(scene.Run, scene.LogFolder), scene.Repository?.Config.Id);
        return Task.FromResult<IReadOnlyList<DoctorFinding>>([Backup(runs, scene.Now), Check(runs, scene.Now)]);
    }

    /// <summary>Judges the last backup.</summary>
    public static DoctorFinding Backup(IReadOnlyList<RunRecord> runs, DateTimeOffset now) =>
        RunHistory.LastBackupFailed(runs).FirstOrDefault() is { } alarm ? DoctorFinding.Of("last run", alarm)
        : RunHistory.LastBackup(runs) is not { } last ? new DoctorFinding("last run", Verdict.Note, "no backup is recorded yet")
        : new DoctorFinding("last run", Verdict.Ok, $"{last.Verb}, {last.Outcome}, {Ago(last, now)}");

    /// <summary>Judges the checks: one that failed as long as it stands, else the last that looked at all snapshots.</summary>
    public static DoctorFinding Check(IReadOnlyList<RunRecord> runs, DateTimeOffset now) => RunHistory.LastCheck([.. runs.Where(static run => !run.SomeSnapshots)]) switch
    {
        _ when RunHistory.CheckFailed(runs).FirstOrDefault() is { } alarm => DoctorFinding.Of("last check", alarm, Verdict.Problem),
        null => new DoctorFinding("last check", Verdict.Note, "none is recorded", CheckFix),
        { Outcome: RunOutcome.Complete } last when now - TimeOf(last) <= CheckInterval => new DoctorFinding("last check", Verdict.Ok, $"complete, {Ago(last, now)}"),
        { Outcome: RunOutcome.Running } => new DoctorFinding("last check", Verdict.Note, "is running"),
        { } last => new DoctorFinding("last check", Verdict.Note, $"{last.Outcome}, {Ago(last, now)}", CheckFix),
    };

    private static string Ago(RunRecord run, DateTimeOffset now) => $"{Ages.Format(now - TimeOf(run))} ago";

    private static DateTimeOffset TimeOf(RunRecord run) => run.End ?? run.Start;
}
