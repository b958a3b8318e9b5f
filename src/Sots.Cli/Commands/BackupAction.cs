using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Cli.Output;

namespace Sots.Cli.Commands;

/// <summary>What all commands that save files have in common: lock, live display, summary, exit code.</summary>
internal static class BackupAction
{
    /// <summary>Saves into a repository that exists.</summary>
    /// <param name="run">Surroundings and reporter.</param>
    /// <param name="settings">The repository.</param>
    /// <param name="options">What to save.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="beforeSummary">Says what else is to be said of the backup.</param>
    /// <param name="watch">For a project: compares with its history. Null for restic's own form, which says what restic says.</param>
    public static async Task<int> RunAsync(
        CommandRun run, RepositorySettings settings, BackupOptions options, CancellationToken cancellationToken, Action? beforeSummary = null,
        ProjectWatch? watch = null)
    {
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
            };
            if (watch is not null)
            {
                await watch.PrepareAsync(session.Repository, cancellationToken).ConfigureAwait(false);
            }

            IOperationEvents events = watch is null ? run.Reporter : watch;
            long start = run.Environment.Clock.GetTimestamp();
            BackupResult result;
            IAsyncDisposable display = run.Reporter.Track(ProgressKind.Backup, counters);
            await using (display.ConfigureAwait(false))
            {
                result = await session.RunAsync(token => BackupOperation.RunAsync(session.Repository, complete, counters, events, token))
                    .ConfigureAwait(false);
            }

            beforeSummary?.Invoke();
            TimeSpan duration = run.Environment.Clock.GetElapsedTime(start);
            if (watch is null)
            {
                run.Reporter.BackupSummary(result, options.DryRun, duration);
            }
            else
            {
                watch.Conclude(result, options.DryRun, duration);
            }

            return run.Finish(result.Problems, ExitCode.Incomplete, ErrorReport.IncompleteSource);
        }
    }
}
