using System.CommandLine;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Maintenance.Repairing;

namespace Sots.Cli.Commands;

/// <summary><c>recover</c>: makes a snapshot of everything that no snapshot holds.</summary>
internal static class RecoverCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Option<bool> dryRun = Symbols.Switch("--dry-run", "-n", "Change nothing, only say what would be done");
        VerbCommand command = new("recover", "Was a snapshot removed by mistake, or its file lost? Makes one of all folders that no snapshot holds.", ExitCode.OfReading) { dryRun };
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            bool pretend = parse.GetValue(dryRun);
            RepositorySession session = await RepositorySession.OpenAsync(
                run, RepositorySettings.Resolve(run), pretend ? RepositoryUse.Exclusive : RepositoryUse.Remove, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await session.RunAsync(token => RecoverAsync(run, session, pretend, token)).ConfigureAwait(false);
            }
        }));
        return command;
    }

    private static async Task<int> RecoverAsync(CommandRun run, RepositorySession session, bool pretend, CancellationToken cancellationToken)
    {
        OperationCounters counters = new();
        RecoverOperation operation = new(session.Repository, session.WriteOptions(run), counters, run.Reporter);
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Check, counters);
        await using (display.ConfigureAwait(false))
        {
            RecoveryPlan plan = await operation.PlanAsync(cancellationToken).ConfigureAwait(false);
            foreach (RepositoryException damage in plan.Unreadable)
            {
                run.Reporter.Warning($"warning: {damage.Message}; it is passed over");
            }

            run.Reporter.Report(new RecoveryReport(plan, pretend));
            if (!pretend)
            {
                SnapshotId? saved = await operation.ExecuteAsync(plan, run.Environment.Host, ProgramVersion.Current.Short, cancellationToken).ConfigureAwait(false);
                run.Reporter.Report(new RecoverySummary(saved));
            }
        }

        return ExitCode.Complete;
    }
}
