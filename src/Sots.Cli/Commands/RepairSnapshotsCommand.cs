using System.CommandLine;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Commands;

/// <summary><c>repair snapshots</c>: makes snapshots without what is lost.</summary>
internal static class RepairSnapshotsCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string[]> ids = new("snapshotID") { Description = "These: the start of an id, or latest (default: all that the filters let through)", Arity = ArgumentArity.ZeroOrMore };
        Option<bool> forget = Symbols.Switch("--forget", null, "Remove the old snapshots once the new ones are stored, and those of which nothing can be read");
        Option<bool> dryRun = Symbols.Switch("--dry-run", "-n", "Change nothing, only say what would be done");
        SnapshotFilterOptions filter = new();
        VerbCommand command = new("snapshots", "Is content of snapshots lost for good? Makes snapshots of what is left of them.", ExitCode.OfReading) { ids, forget, dryRun };
        filter.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            string[] words = parse.GetValue(ids) ?? [];
            SnapshotFilter wanted = filter.Read(parse, run.Environment);
            bool pretend = parse.GetValue(dryRun);
            RepositorySession session = await RepositorySession.OpenAsync(
                run, RepositorySettings.Resolve(run), pretend ? RepositoryUse.Exclusive : RepositoryUse.Remove, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await session.RunAsync(token => RepairAsync(run, session, words, wanted, parse.GetValue(forget), pretend, token)).ConfigureAwait(false);
            }
        }));
        return command;
    }

    private static async Task<int> RepairAsync(
        CommandRun run, RepositorySession session, string[] words, SnapshotFilter wanted, bool forget, bool pretend, CancellationToken cancellationToken)
    {
        SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
        foreach (RepositoryException damage in listing.Damaged)
        {
            run.Reporter.Warning($"Ignoring a snapshot: {damage.Message}. `recover` gives back the folders that only it named");
        }

        IReadOnlyList<SavedSnapshot> chosen = words.Length > 0
            ? [.. SnapshotWords.FindAll(listing, words, wanted, run.Reporter).DistinctBy(saved => saved.Id)]
            : [.. listing.Snapshots.Where(saved => wanted.Matches(saved.Snapshot))];
        OperationCounters counters = new();
        RepairSnapshotsOperation operation = new(session.Repository, session.WriteOptions(run), counters, run.Reporter);
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Check, counters);
        await using (display.ConfigureAwait(false))
        {
            SnapshotRepairPlan plan = await operation.PlanAsync(chosen, listing.Snapshots, cancellationToken).ConfigureAwait(false);
            run.Reporter.Report(new SnapshotRepairReport(plan, forget, pretend, run.Environment.Clock.LocalTimeZone));
            if (!pretend)
            {
                SnapshotRepairResult result = await operation.ExecuteAsync(plan, forget, cancellationToken).ConfigureAwait(false);
                run.Reporter.Report(new SnapshotRepairSummary(plan, result));
            }
        }

        return ExitCode.Complete;
    }
}
