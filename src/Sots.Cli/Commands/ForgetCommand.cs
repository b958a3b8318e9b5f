using System.CommandLine;
using Sots.Backup.Operations;
using Sots.Backup.Retention;
using Sots.Cli.Runs;
using Sots.Restic;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Commands;

/// <summary><c>forget</c>: removes snapshots, by id or by a policy.</summary>
internal static class ForgetCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string[]> ids = new("snapshotID") { Description = "Remove these, whatever the policy: the start of an id, or latest", Arity = ArgumentArity.ZeroOrMore };
        KeepOptions keep = new();
        Option<bool> removeAll = Symbols.Switch("--unsafe-allow-remove-all", null, "Let a group lose all its snapshots");
        SnapshotFilterOptions filter = new(hostAlias: null);
        Option<bool> compact = Symbols.Switch("--compact", "-c", "Leave out the paths and the reasons");
        Option<string?> groupBy = Symbols.Text("--group-by", "-g", "group", "What makes a group that the policy is applied to: host, paths, tags, with commas; '' for one group (default: host,paths)");
        Option<bool> dryRun = Symbols.Switch("--dry-run", "-n", "Remove nothing, only say what would be removed");
        Option<bool> prune = Symbols.Switch("--prune", null, "Free their room too, where snapshots were removed");
        PruneFlags flags = new();
        VerbCommand command = new("forget", "Remove old snapshots?", ExitCode.OfForgetting) { ids };
        keep.AddTo(command);
        command.Add(removeAll);
        filter.AddTo(command);
        Option[] rest = [compact, groupBy, dryRun, prune];
        Array.ForEach(rest, command.Add);
        flags.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            string[] words = parse.GetValue(ids) ?? [];
            SnapshotFilter wanted = filter.Read(parse, run.Environment);
            bool pretend = parse.GetValue(dryRun);
            PruneOptions pruning = flags.Read(parse, UnusedLimit.Default);
            ForgetOptions options = new()
            {
                Policy = keep.Read(parse),
                GroupBy = Grouping.Parse(parse.GetValue(groupBy) ?? Grouping.OfBackup),
                AllowRemoveAll = parse.GetValue(removeAll) && !wanted.IsEmpty,
                Time = run.Environment.Clock,
            };
            Verify(words, options.Policy, parse.GetValue(removeAll), wanted);
            RepositorySession session = await RepositorySession.OpenAsync(
                run, RepositorySettings.Resolve(run), pretend ? RepositoryUse.Exclusive : RepositoryUse.Remove, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await session.RunAsync(async token =>
                {
                    SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(token).ConfigureAwait(false);
                    run.Journal?.Tally.AddForgotten(SnapshotWitness.KnownToBeGone(words));
                    IReadOnlyCollection<SnapshotId> removed = words.Length > 0
                        ? [.. SnapshotWords.FindAll(listing, words, wanted, run.Reporter).Select(saved => saved.Id).Distinct()]
                        : Plan(run, listing, wanted, options, parse.GetValue(compact));
                    int code = await RemovalAction.ForgetAsync(run, session, removed, pretend, token).ConfigureAwait(false);
                    if (code != ExitCode.Complete || removed.Count == 0 || !parse.GetValue(prune))
                    {
                        return code;
                    }

                    run.Reporter.Message(pretend
                        ? $"{removed.Count} snapshots would be removed, running prune dry run"
                        : $"{removed.Count} snapshots have been removed, running prune");
                    return await RemovalAction.PruneAsync(
                        run, session, pruning with { IgnoredSnapshots = removed.ToHashSet() }, pretend, withReasons: false, token).ConfigureAwait(false);
                }).ConfigureAwait(false);
            }
        }));
        return command;
    }

    private static void Verify(string[] words, KeepPolicy policy, bool removeAll, SnapshotFilter filter)
    {
        if (words.Length > 0)
        {
            return;
        }

        if (policy.IsEmpty && !removeAll)
        {
            throw new UsageException("no policy was specified, no snapshots will be removed", "Say what to keep, for example --keep-last 10, or name snapshots to remove.");
        }

        if (policy.IsEmpty && filter.IsEmpty)
        {
            throw new UsageException(
                "--unsafe-allow-remove-all is not allowed unless a snapshot filter option is specified", "Choose snapshots with --host, --tag or --path.");
        }
    }

    private static IReadOnlyList<SnapshotId> Plan(CommandRun run, SnapshotListing listing, SnapshotFilter wanted, ForgetOptions options, bool compact)
    {
        RefuseDamaged(listing);
        run.Reporter.Message($"Applying Policy: {options.Policy}");
        ForgetPlan plan = ForgetPlan.Make(listing.Snapshots.Where(saved => wanted.Matches(saved.Snapshot)), options);
        run.Reporter.Forgetting(plan, compact);
        return plan.Removed;
    }

    /// <summary>A policy counts snapshots; it cannot where some cannot be read.</summary>
    internal static void RefuseDamaged(SnapshotListing listing)
    {
        if (listing.Damaged is [var damage, ..])
        {
            throw new RepositoryException(
                damage.Kind, $"{damage.Message}. A policy cannot be applied while a snapshot cannot be read; nothing was removed.",
                "Put its file back from a copy of the repository, or remove the file by hand if the snapshot is lost; then try again.", damage);
        }
    }
}
