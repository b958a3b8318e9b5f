using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Maintenance.Pruning;

namespace Sots.Cli.Commands;

/// <summary>What every command that removes snapshots or data does with an open repository.</summary>
internal static class RemovalAction
{
    /// <summary>The text for snapshots that could not be removed.</summary>
    private const string SomeStayed = "Warning: failed to remove one or more snapshots";

    /// <summary>Removes snapshots, or says which it would. Returns the exit code.</summary>
    public static async Task<int> ForgetAsync(
        CommandRun run, RepositorySession session, IReadOnlyCollection<SnapshotId> snapshots, bool dryRun, CancellationToken cancellationToken)
    {
        if (snapshots.Count == 0)
        {
            return ExitCode.Complete;
        }

        if (dryRun)
        {
            string[] ids = [.. snapshots.Select(id => id.Value.ToShortString()).Order(StringComparer.Ordinal)];
            run.Reporter.Message($"Would have removed the following snapshots:\n{{{string.Join(' ', ids)}}}\n");
            return ExitCode.Complete;
        }

        run.Journal?.Tally.AddForgotten(snapshots.Select(id => id.ToString()));
        int failed = await ForgetOperation.RunAsync(
            session.Repository, snapshots, session.WriteOptions(run).EnsureLocked, run.Environment.Clock, run.Reporter, cancellationToken).ConfigureAwait(false);
        return run.Finish(failed, ExitCode.Incomplete, SomeStayed);
    }

    /// <summary>Plans a prune and, unless only the plan is wanted, carries it out. Returns the exit code.</summary>
    public static async Task<int> PruneAsync(
        CommandRun run, RepositorySession session, PruneOptions flags, bool dryRun, bool withReasons, CancellationToken cancellationToken)
    {
        PruneOptions options = flags with { Write = session.WriteOptions(run) };
        if (!dryRun)
        {
            // A snapshot that is still there is needed, whatever the storage said of its removal.
            options = options with { IgnoredSnapshots = new HashSet<SnapshotId>() };
        }

        OperationCounters counters = new();
        PruneOperation operation = new(session.Repository, options, counters, run.Reporter);
        PrunePlan plan = await operation.PlanAsync(cancellationToken).ConfigureAwait(false);
        run.Reporter.PrunePlanned(plan.Statistics, dryRun);
        Action<string> show = withReasons ? run.Reporter.Message : run.Reporter.Detail;
        if (plan.Packs.Count > 0)
        {
            show(PruneText.Reasons(plan) + "\n");
        }

        if (dryRun)
        {
            Show("unreferenced packs", PackAction.RemoveUnreferenced, always: false);
            Show("packs", PackAction.Repack, always: true, "repacked and removed");
            Show("no longer used packs", PackAction.Remove, always: true);
            return ExitCode.Complete;
        }

        PruneResult result;
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Check, counters);
        await using (display.ConfigureAwait(false))
        {
            result = await operation.ExecuteAsync(plan, cancellationToken).ConfigureAwait(false);
        }

        run.Reporter.PruneFinished(plan.Statistics);
        return run.Finish(result.Failed.Count, ExitCode.Failed, $"Fatal: {result.Failed.Count} packs could not be removed; prune again when they can be");

        void Show(string what, PackAction action, bool always, string verb = "removed")
        {
            string[] ids = [.. plan.PacksTo(action).Select(pack => pack.Value.ToShortString())];
            if (always || ids.Length > 0)
            {
                run.Reporter.Detail($"Would have {verb} the following {what}:\n{{{string.Join(' ', ids)}}}\n");
            }
        }
    }
}
