using System.CommandLine;
using Sots.Backup.Alarms;
using Sots.Cli.Assets;
using Sots.Cli.Output;
using Sots.Cli.Runs;
using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Cli.Commands;

/// <summary><c>status</c>: whether a project's backup can be relied on today.</summary>
internal static class StatusCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        ProjectOptions projectOptions = new();
        VerbCommand command = new("status", "Is all well with the backup? Newest snapshot, last run, room on the drive, alarms.", ExitCode.OfStatus);
        projectOptions.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            ProjectSettings project = ProjectSettings.Get(run, projectOptions.Read(parse));
            ProjectStatus status = await ReadAsync(run, project, RunLogFolder.Find(run, parse)?.Path ?? project.LogFolder, project.Alarms.ToThresholds(), cancellationToken)
                .ConfigureAwait(false);
            run.Reporter.Status(status);
            return run.Finish(status.Alarms.Count, ExitCode.Incomplete, $"Warning: {(status.Alarms.Count == 1 ? "there is an alarm" : $"there are {status.Alarms.Count} alarms")}");
        }));
        return command;
    }

    /// <summary>Takes no lock and changes nothing: it can be asked while a backup is running.</summary>
    private static async Task<ProjectStatus> ReadAsync(
        CommandRun run, ProjectSettings project, string logFolder, AlarmThresholds thresholds, CancellationToken cancellationToken)
    {
        await RequireRepositoryAsync(run, project, cancellationToken).ConfigureAwait(false);
        RepositorySession session = await RepositorySession.OpenAsync(run, project.Repository, RepositoryUse.Unlocked, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
            foreach (RepositoryException damage in listing.Damaged)
            {
                run.Reporter.Warning(damage.Message);
            }

            IReadOnlyList<SavedSnapshot> snapshots = ProjectWatch.SnapshotsOf(project, listing);
            IReadOnlyList<SnapshotFacts> history = SnapshotFacts.Of(snapshots);
            IReadOnlyList<RunRecord> all = RunsCommand.ReadRuns(run, logFolder), runs = RunHistory.Of(all, session.Repository.Config.Id);
            string host = BackupCommand.HostOf(null, run.Environment);
            DateTimeOffset now = run.Environment.Clock.GetUtcNow();
            DriveSpace? space = run.Environment.FreeSpace(project.Repository.Location.Value);
            IReadOnlyList<SavedSnapshot> backups = ProjectWatch.BackupsOf(snapshots);
            IReadOnlyList<MissingSnapshot> missing = await SnapshotWitness.FindAsync(session.Repository, all, cancellationToken).ConfigureAwait(false);
            Alarm? missed = SnapshotWitness.ToAlarm(
                missing, AlarmRules.NewestBackup(history), listing.Snapshots.Any(saved => saved.Snapshot.Hostname != host), run.Environment.Clock.LocalTimeZone);
            return new ProjectStatus
            {
                Project = project.Root.Value,
                Repository = project.Repository.Location.Value,
                RepositoryBytes = await SizeAsync(session.Repository.Backend, cancellationToken).ConfigureAwait(false),
                Snapshots = backups.Count,
                Newest = backups.Count > 0 ? backups[^1] : null,
                Host = host,
                LastRun = all.Count > 0 ? all[^1] : null,
                LastCheck = RunHistory.LastCheck(runs),
                LastDrill = RunHistory.LastDrill(runs),
                AllDataReadSince = RunHistory.AllDataReadSince(runs),
                Space = space,
                Forecast = GrowthForecast.Of(history, thresholds.RecentSnapshots),
                Alarms =
                [
                    .. new[] { AlarmRules.SnapshotDamaged(listing.Damaged.Count), missed }.OfType<Alarm>(),
                    .. RunHistory.CheckFailed(runs),
                    .. RunHistory.LastBackupFailed(runs),
                    .. RunHistory.LastDrillFailed(runs),
                    .. KnownDamage.Load(KnownDamage.PathOf(project)).ToAlarms(backups.Count > 0 ? backups[^1] : null),
                    .. AlarmRules.AtAnyTime(history, now, space, thresholds, host),
                    .. new[] { AlarmRules.DrillOld(RunHistory.LastProof(runs), history.Min(static facts => (DateTimeOffset?)facts.Time), now, thresholds) }.OfType<Alarm>(),
                ],
                Now = now,
            };
        }
    }

    /// <summary>Before the password is looked for: where nothing was set up yet, that is the news.</summary>
    private static async Task RequireRepositoryAsync(CommandRun run, ProjectSettings project, CancellationToken cancellationToken)
    {
        using IBackend backend = RepositorySession.CreateBackend(run, project.Repository.Location.Value, pretend: false);
        if (!await Repository.IsThereAsync(backend, cancellationToken).ConfigureAwait(false))
        {
            throw new RepositoryException(
                RepositoryErrorKind.NoRepository, $"repository does not exist: this project has no backup at {project.Repository.Location.Value}", "`sots_backup full` makes the first one.");
        }
    }

    private static async Task<long> SizeAsync(IBackend backend, CancellationToken cancellationToken)
    {
        long bytes = 0;
        foreach (FileType type in Enum.GetValues<FileType>().Where(type => type != FileType.Config))
        {
            await foreach (StoredFile file in backend.ListAsync(type, cancellationToken).ConfigureAwait(false))
            {
                bytes += file.Length;
            }
        }

        return bytes;
    }
}
