using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Cli.Output;
using Sots.Restic;

namespace Sots.Cli.Commands;

/// <summary>What all commands that restore have in common: index, live display, summary, exit code.</summary>
internal static class RestoreAction
{
    /// <summary>Restores a snapshot.</summary>
    /// <param name="run">Surroundings and reporter.</param>
    /// <param name="indexed">The repository.</param>
    /// <param name="saved">The snapshot.</param>
    /// <param name="stale">Whether a newer one may be there that cannot be read.</param>
    /// <param name="options">What to restore where.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="typedTarget">The target as it was given, for messages; null for its full path.</param>
    public static async Task<int> RunAsync(
        CommandRun run, IndexedRepository indexed, SavedSnapshot saved, bool stale, RestoreOptions options, CancellationToken cancellationToken,
        string? typedTarget = null)
    {
        string target = typedTarget ?? options.Target.ToString();
        run.Reporter.RestoreStarts(saved, target);
        OperationCounters counters = new();
        long start = run.Environment.Clock.GetTimestamp();
        RestoreResult result;
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Restore, counters);
        await using (display.ConfigureAwait(false))
        {
            result = await RestoreOperation.RunAsync(indexed, saved.Snapshot, options, counters, run.Reporter, cancellationToken).ConfigureAwait(false);
        }

        run.Reporter.RestoreSummary(result, run.Environment.Clock.GetElapsedTime(start));
        if (options.Verify)
        {
            run.Reporter.Message($"finished verifying {result.FilesVerified} files in {target}");
        }

        return result.Problems == 0 && stale
            ? run.Finish(1, ExitCode.Failed, ErrorReport.MayBeStale)
            : run.Finish(result.Problems, ExitCode.Failed, $"Fatal: There were {result.Problems} errors");
    }
}
