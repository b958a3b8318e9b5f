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
    public static async Task<int> RunAsync(CommandRun run, RepositorySettings settings, BackupOptions options, CancellationToken cancellationToken, Action? beforeSummary = null)
    {
        RepositoryUse use = options.DryRun ? RepositoryUse.Pretend : RepositoryUse.Append;
        RepositorySession session = await RepositorySession.OpenAsync(run, settings, use, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            OperationCounters counters = new();
            BackupOptions complete = options with { Write = session.WriteOptions(run), ProgramVersion = ProgramVersion.Current.Short };
            long start = run.Environment.Clock.GetTimestamp();
            BackupResult result;
            IAsyncDisposable display = run.Reporter.Track(ProgressKind.Backup, counters);
            await using (display.ConfigureAwait(false))
            {
                result = await session.RunAsync(token => BackupOperation.RunAsync(session.Repository, complete, counters, run.Reporter, token))
                    .ConfigureAwait(false);
            }

            beforeSummary?.Invoke();
            run.Reporter.BackupSummary(result, options.DryRun, run.Environment.Clock.GetElapsedTime(start));
            return run.Finish(result.Problems, ExitCode.Incomplete, ErrorReport.IncompleteSource);
        }
    }
}
