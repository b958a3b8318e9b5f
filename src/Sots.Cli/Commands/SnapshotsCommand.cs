using System.CommandLine;
using System.Globalization;
using Sots.Backup.Operations;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Commands;

/// <summary><c>snapshots</c>: lists what there is.</summary>
internal static class SnapshotsCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string[]> ids = new("snapshotID") { Description = "Only these: the start of an id, or latest", Arity = ArgumentArity.ZeroOrMore };
        SnapshotFilterOptions filter = new();
        Option<bool> compact = Symbols.Switch("--compact", "-c", "Leave out the paths");
        Option<string?> latest = Symbols.Text("--latest", null, "n", "Only the last n of each host and set of paths");
        Option<string?> groupBy = Symbols.Text("--group-by", "-g", "group", "Group by host, paths, tags, with commas").Offering("host", "paths", "tags");
        VerbCommand command = new("snapshots", "What has been saved, and when?", ExitCode.OfReading) { ids, compact, latest, groupBy };
        filter.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            int? count = CountOf(parse.GetValue(latest));
            ParentGrouping grouping = Grouping.Parse(parse.GetValue(groupBy) ?? "");
            SnapshotFilter wanted = filter.Read(parse, run.Environment);
            RepositorySession session = await RepositorySession.OpenAsync(run, RepositorySettings.Resolve(run), RepositoryUse.Read, cancellationToken)
                .ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                SnapshotListing listing = await session.RunAsync(session.Repository.LoadSnapshotsAsync).ConfigureAwait(false);
                IReadOnlyList<SavedSnapshot> found = Select(listing, parse.GetValue(ids) ?? [], wanted, run.Reporter);
                IReadOnlyList<SavedSnapshot> shown = count is { } n ? Grouping.Latest(found, n) : found;
                run.Reporter.Snapshots(grouping == ParentGrouping.None ? [new SnapshotGroup(null, shown)] : Grouping.Group(shown, grouping), parse.GetValue(compact));
                foreach (RepositoryException damage in listing.Damaged)
                {
                    run.Reporter.Warning(damage.Message);
                }

                return run.Finish(listing.Damaged.Count, ExitCode.Failed, $"Fatal: {listing.Damaged.Count} snapshots cannot be read");
            }
        }));
        return command;
    }

    /// <summary>By filter, or by words.</summary>
    private static List<SavedSnapshot> Select(SnapshotListing listing, string[] words, SnapshotFilter filter, IReporter reporter) => words.Length == 0
        ? [.. listing.Snapshots.Where(saved => filter.Matches(saved.Snapshot))]
        : SnapshotWords.FindAll(listing, words, filter, reporter);

    private static int? CountOf(string? text) => text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 ? count
        : throw new UsageException($"'{text}' is no number for --latest", "It is 1 or more.");
}
