using System.CommandLine;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Cli.Output;
using Sots.Restic.Maintenance.Repairing;

namespace Sots.Cli.Commands;

/// <summary><c>repair index</c>: makes the index name what is there.</summary>
internal static class RepairIndexCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Option<bool> readAll = Symbols.Switch("--read-all-packs", null, "Compare the index with the header of every pack, also where they seem to agree");
        Option<bool> dryRun = Symbols.Switch("--dry-run", "-n", "Change nothing, only say what would be done");
        VerbCommand command = new("index", "Does the index not name what is there? Rebuilds what is wrong in it from the packs.", ExitCode.OfReading) { readAll, dryRun };
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            bool pretend = parse.GetValue(dryRun);
            RepositorySession session = await RepositorySession.OpenAsync(
                run, RepositorySettings.Resolve(run), pretend ? RepositoryUse.Exclusive : RepositoryUse.Remove, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await session.RunAsync(token => RepairAsync(run, session, parse.GetValue(readAll), pretend, token)).ConfigureAwait(false);
            }
        }));
        return command;
    }

    private static async Task<int> RepairAsync(CommandRun run, RepositorySession session, bool readAll, bool pretend, CancellationToken cancellationToken)
    {
        OperationCounters counters = new();
        RepairIndexOperation operation = new(session.Repository, session.WriteOptions(run), counters, run.Reporter);
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Check, counters);
        await using (display.ConfigureAwait(false))
        {
            IndexRepairPlan plan = await operation.PlanAsync(readAll, cancellationToken).ConfigureAwait(false);
            run.Reporter.Report(new IndexRepairReport(plan, await operation.FindLossesAsync(plan, cancellationToken).ConfigureAwait(false), pretend, run.Environment.Clock.LocalTimeZone));
            if (!pretend)
            {
                await operation.ExecuteAsync(plan, cancellationToken).ConfigureAwait(false);
                run.Reporter.Message("done");
            }
        }

        return ExitCode.Complete;
    }
}
