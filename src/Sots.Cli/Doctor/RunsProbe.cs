using System.Globalization;

namespace Sots.Cli.Doctor;

/// <summary>When a verb last ran, and how it ended.</summary>
/// <param name="Time">When it ended.</param>
/// <param name="Outcome">In one word.</param>
/// <param name="Succeeded">Whether it did what it should.</param>
internal sealed record LastRun(DateTimeOffset Time, string Outcome, bool Succeeded);

/// <summary>What is known of earlier runs.</summary>
internal interface IRunHistory
{
    /// <summary>The last run of any of these verbs; null where none is recorded.</summary>
    LastRun? FindLast(params IReadOnlyList<string> verbs);
}

/// <summary>How did the last backup and the last check end?</summary>
internal sealed class RunsProbe(Func<DoctorScene, IRunHistory?> historyOf) : IDoctorProbe
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromDays(30);

    /// <inheritdoc/>
    public string Question => "last run";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken)
    {
        DateTimeOffset now = scene.Run.Environment.Clock.GetUtcNow();
        return Task.FromResult<IReadOnlyList<DoctorFinding>>(historyOf(scene) is { } history
            ? [Backup(history.FindLast("push", "full"), now), Check(history.FindLast("check"), now)]
            : []);
    }

    /// <summary>Judges the last backup.</summary>
    public static DoctorFinding Backup(LastRun? last, DateTimeOffset now) => last switch
    {
        null => new DoctorFinding("last run", Verdict.Note, "no backup is recorded yet"),
        { Succeeded: false } => new DoctorFinding("last run", Verdict.Warning, $"{last.Outcome}, {Ago(last, now)}", "`sots_backup runs` says why."),
        _ => new DoctorFinding("last run", Verdict.Ok, $"{last.Outcome}, {Ago(last, now)}"),
    };

    /// <summary>Judges the last check.</summary>
    public static DoctorFinding Check(LastRun? last, DateTimeOffset now) => last switch
    {
        null => new DoctorFinding("last check", Verdict.Note, "none is recorded", "`sots_backup check --read-data-subset 5%` proves that a part of the backup can be read."),
        { Succeeded: false } => new DoctorFinding("last check", Verdict.Problem, $"{last.Outcome}, {Ago(last, now)}", "`sots_backup check` says what is damaged."),
        _ when now - last.Time > CheckInterval => new DoctorFinding("last check", Verdict.Note, Ago(last, now), "`sots_backup check --read-data-subset 5%` proves that a part of the backup can be read."),
        _ => new DoctorFinding("last check", Verdict.Ok, Ago(last, now)),
    };

    private static string Ago(LastRun last, DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (long)(now - last.Time).TotalDays)} days ago");
}
