using System.Globalization;
using Sots.Backup.Alarms;
using Sots.Backup.Credentials;
using Sots.Cli.Commands;
using Sots.Cli.Output;
using Sots.Cli.Runs;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Locking;

namespace Sots.Cli.Doctor;

/// <summary>Can the repository be opened, what is in it, does anybody hold it?</summary>
internal sealed class RepositoryProbe : IDoctorProbe
{
    /// <inheritdoc/>
    public string Question => "repository";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken)
    {
        RepositorySettings settings = scene.Settings.Repository;
        IBackend backend = RepositorySession.CreateBackend(scene.Run, settings.Location.Value, pretend: false);
        OpenOptions options = new() { KeyHint = scene.Run.Global.KeyHint, ForReadingOnly = true };
        using (Password password = await settings.Password.ReadAsync(scene.Run, PasswordUse.Open, cancellationToken).ConfigureAwait(false))
        {
            scene.Repository = await Repository.OpenAsync(backend, password.Bytes, options, cancellationToken).ConfigureAwait(false);
        }

        SnapshotListing listing = await scene.Repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<SavedSnapshot> own = ProjectWatch.SnapshotsOf(scene.Settings, listing);
        scene.History = SnapshotFacts.Of(own);
        LockCounts locks = await scene.Repository.CountLocksAsync(RepositorySession.LockOptions(scene.Run), cancellationToken).ConfigureAwait(false);
        IReadOnlyList<MissingSnapshot> missing = await SnapshotWitness.FindAsync(
            scene.Repository, RunsOf(scene), cancellationToken).ConfigureAwait(false);
        return
        [
            scene.Repository.ConfigDamage is { } damage ? ConfigFile(damage) : Version(scene.Repository.Config.Version),
            .. Missing(missing, scene.Run.Environment.Clock.LocalTimeZone),
            Snapshots(ProjectWatch.BackupsOf(own).Count, listing.Damaged.Count, scene.History, BackupCommand.HostOf(null, scene.Run.Environment), scene.Now, scene.Thresholds),
            Locks(locks),
        ];
    }

    /// <summary>Where the record cannot be read, another probe says so.</summary>
    private static IReadOnlyList<RunRecord> RunsOf(DoctorScene scene)
    {
        try
        {
            return RunsCommand.ReadRuns(scene.Run, scene.LogFolder);
        }
        catch (UsageException)
        {
            return [];
        }
    }

    /// <summary>Judges a config that cannot be read.</summary>
    public static DoctorFinding ConfigFile(RepositoryException damage) =>
        new("repository", Verdict.Problem, $"{damage.Message}; it can be read, but nothing can be saved to it", damage.Advice);

    /// <summary>Judges snapshots that were saved and are not there.</summary>
    public static IEnumerable<DoctorFinding> Missing(IReadOnlyList<MissingSnapshot> missing, TimeZoneInfo zone) =>
        missing.Count == 0 ? [] : [new DoctorFinding("snapshots", Verdict.Warning, SnapshotWitness.Sentence(missing, zone), SnapshotWitness.Advice(missing))];

    /// <summary>Judges the version of the format.</summary>
    public static DoctorFinding Version(int version) => version == 1
        ? new DoctorFinding("repository", Verdict.Note, "opens; format version 1, without compression", "`restic migrate upgrade_repo_v2` makes it version 2.")
        : new DoctorFinding("repository", Verdict.Ok, string.Create(CultureInfo.InvariantCulture, $"opens; format version {version}"));

    /// <summary>Judges the snapshots.</summary>
    /// <param name="count">How many of the project there are.</param>
    /// <param name="damaged">Those of any project that cannot be read.</param>
    /// <param name="history">What is known of those of the project.</param>
    /// <param name="host">This computer.</param>
    /// <param name="now">The clock.</param>
    /// <param name="thresholds">How old is old.</param>
    public static DoctorFinding Snapshots(int count, int damaged, IReadOnlyList<SnapshotFacts> history, string host, DateTimeOffset now, AlarmThresholds thresholds) =>
        AlarmRules.SnapshotDamaged(damaged) is { } unreadable ? DoctorFinding.Of("snapshots", unreadable, Verdict.Problem)
        : AlarmRules.NewestBackup(history) is not { } time ? new DoctorFinding("snapshots", Verdict.Warning, "none of this project yet", "`sots_backup full` makes the first one.")
        : AlarmRules.SnapshotOld(history, host, now, thresholds) is { } alarm ? DoctorFinding.Of("snapshots", alarm)
        : new DoctorFinding("snapshots", Verdict.Ok, string.Create(CultureInfo.InvariantCulture, $"{count}; the newest is {Ages.Format(now - time)} old"));

    /// <summary>Judges the locks.</summary>
    public static DoctorFinding Locks(LockCounts locks) => locks switch
    {
        { Unreadable: > 0 } => new DoctorFinding(
            "locks", Verdict.Warning, string.Create(CultureInfo.InvariantCulture, $"{locks.Unreadable} cannot be read, and may keep a prune from starting"),
            "If no backup is at work: `sots_backup unlock --remove-all` removes all."),
        { Stale: > 0 } => new DoctorFinding(
            "locks", Verdict.Note, string.Create(CultureInfo.InvariantCulture, $"{locks.Stale} left behind by a process that is gone{(locks.Living > 0 ? string.Create(CultureInfo.InvariantCulture, $", {locks.Living} in use") : "")}"),
            "`sots_backup unlock` removes what was left behind."),
        { Living: > 0 } => new DoctorFinding("locks", Verdict.Ok, string.Create(CultureInfo.InvariantCulture, $"{locks.Living} in use: a backup or another command is at work")),
        _ => new DoctorFinding("locks", Verdict.Ok, "none"),
    };
}
