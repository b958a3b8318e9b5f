using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Cli.Assets;
using Sots.Cli.Output;
using Sots.Restic;

namespace Sots.Cli.Commands;

/// <summary>What all commands that save files have in common: lock, live display, summary, exit code.</summary>
internal static class BackupAction
{
    /// <summary>Saves into a repository that exists.</summary>
    /// <param name="run">Surroundings and reporter.</param>
    /// <param name="settings">The repository.</param>
    /// <param name="options">What to save.</param>
    /// <param name="assets">Looks at the packages that are saved.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="beforeSummary">Says what else is to be said of the backup.</param>
    /// <param name="engine">For a project: notices that it goes to another engine.</param>
    /// <param name="watch">For a project: compares with its history. Null for restic's own form, which says what restic says.</param>
    public static async Task<int> RunAsync(
        CommandRun run, RepositorySettings settings, BackupOptions options, AssetWatch assets, CancellationToken cancellationToken, Action? beforeSummary = null,
        ProjectWatch? watch = null, EngineGuard? engine = null)
    {
        BackupResult result;
        long damaged = 0;
        RepositoryUse use = options.DryRun ? RepositoryUse.Pretend : RepositoryUse.Append;
        RepositorySession session = await RepositorySession.OpenAsync(run, settings, use, cancellationToken, settleMeanwhile: true)
            .ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            OperationCounters counters = new();
            BackupOptions complete = options with
            {
                Write = session.WriteOptions(run),
                ProgramVersion = ProgramVersion.Current.Short,
                BeforeSnapshot = watch is null ? null : watch.Approve,
                Observer = assets.Packages,
            };
            if (watch is not null)
            {
                await watch.PrepareAsync(session.Repository, cancellationToken).ConfigureAwait(false);
            }

            IOperationEvents events = watch is null ? run.Reporter : watch;
            long start = run.Environment.Clock.GetTimestamp();
            IAsyncDisposable display = run.Reporter.Track(ProgressKind.Backup, counters);
            await using (display.ConfigureAwait(false))
            {
                result = await session.RunAsync(token => BackupOperation.RunAsync(session.Repository, complete, counters, events, token))
                    .ConfigureAwait(false);
            }

            assets.Remember(result);
            beforeSummary?.Invoke();
            TimeSpan duration = run.Environment.Clock.GetElapsedTime(start);
            if (watch is null)
            {
                run.Reporter.BackupSummary(result, options.DryRun, duration);
            }
            else
            {
                watch.Conclude(result, options.DryRun, duration);
                await UnrealChanges.ReportAsync(run, result, watch.SnapshotRoot, assets.Packages.Facts, cancellationToken).ConfigureAwait(false);
            }

            try
            {
                damaged = await session.RunAsync(token => assets.ConcludeAsync(session, result, options.DryRun, engine, token)).ConfigureAwait(false);
            }
            catch (RepositoryException e) when (result.Snapshot is not null)
            {
                // What is told about a snapshot that is saved must not make it look as if it were not. What was seen while it was read counts.
                damaged = assets.Packages.Health.Damaged;
                run.Reporter.Warning(
                    $"warning: the snapshot is saved, but its assets could not be compared with those before: {e.Message}\n  `sots_backup verify-assets latest` names those that are damaged.");
            }
        }

        if (engine is not null)
        {
            await engine.ConcludeAsync(options.DryRun, cancellationToken).ConfigureAwait(false);
        }

        return result.Problems == 0 && watch is not null
            ? run.Finish(damaged, ExitCode.Incomplete, ErrorReport.DamagedAssets(damaged))
            : run.Finish(result.Problems, ExitCode.Incomplete, ErrorReport.IncompleteSource);
    }
}
