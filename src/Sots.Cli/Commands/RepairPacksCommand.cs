using System.CommandLine;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Cli.Output;
using Sots.Restic.Maintenance.Repairing;

namespace Sots.Cli.Commands;

/// <summary><c>repair packs</c>: saves what is intact of damaged packs.</summary>
internal static class RepairPacksCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string[]> ids = new("packIDs") { Description = "Ids of packs, or their beginnings; `check --read-data` names the damaged ones", Arity = ArgumentArity.ZeroOrMore };
        Option<bool> dryRun = Symbols.Switch("--dry-run", "-n", "Change nothing, only say what would be done");
        VerbCommand command = new("packs", "Are packs damaged? Saves what is intact in them; copies of the damaged files are kept in the current folder.", ExitCode.OfReading) { ids, dryRun };
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            string[] words = parse.GetValue(ids) ?? [];
            if (words.Length == 0)
            {
                throw new UsageException("no ids specified", "`check --read-data` names the packs that are damaged.");
            }

            bool pretend = parse.GetValue(dryRun);
            RepositorySession session = await RepositorySession.OpenAsync(
                run, RepositorySettings.Resolve(run), pretend ? RepositoryUse.Exclusive : RepositoryUse.Remove, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await session.RunAsync(token => RepairAsync(run, session, words, pretend, token)).ConfigureAwait(false);
            }
        }));
        return command;
    }

    private static async Task<int> RepairAsync(CommandRun run, RepositorySession session, string[] words, bool pretend, CancellationToken cancellationToken)
    {
        OperationCounters counters = new();
        RepairPacksOperation operation = new(session.Repository, session.WriteOptions(run), counters, run.Reporter);
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Check, counters);
        await using (display.ConfigureAwait(false))
        {
            PackRepairPlan plan = await operation.PlanAsync(words, cancellationToken).ConfigureAwait(false);
            run.Reporter.Report(new PackRepairReport(plan, pretend, run.Environment.Clock.LocalTimeZone));
            if (!pretend)
            {
                await operation.ExecuteAsync(plan, run.Environment.WorkingDirectory, cancellationToken).ConfigureAwait(false);
                if (plan.LostBlobs.Count > 0)
                {
                    run.Reporter.Message(
                        "\nIf the lost files are still on this computer, save them again now: that heals all snapshots that need them.\n"
                        + "Otherwise `repair snapshots` makes snapshots without them.");
                }
            }
        }

        return ExitCode.Complete;
    }
}
