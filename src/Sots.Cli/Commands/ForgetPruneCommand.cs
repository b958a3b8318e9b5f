using System.CommandLine;
using Sots.Backup.Operations;
using Sots.Backup.Restoring;
using Sots.Backup.Retention;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Maintenance.Pruning;

namespace Sots.Cli.Commands;

/// <summary><c>forget-prune</c>: applies the project's policy to its snapshots and frees their room.</summary>
internal static class ForgetPruneCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        ProjectOptions projectOptions = new();
        KeepOptions keep = new();
        Option<bool> dryRun = Symbols.Switch("--dry-run", "-n", "Remove nothing, only say what would be removed and why the rest stays");
        Option<bool> force = Symbols.Switch("--force", null, "Go on although the clock is behind the newest snapshot");
        Option<bool> unprotect = Symbols.Switch("--remove-protected", null, "Apply the policy also to snapshots tagged full, to pinned ones and to the newest few");
        Option<bool> compact = Symbols.Switch("--compact", "-c", "Leave out the paths and the reasons");
        PruneFlags flags = new();
        VerbCommand command = new(
            "forget-prune", "Remove the project's old snapshots and free their room?", ExitCode.OfForgetting);
        projectOptions.AddTo(command);
        Option[] own = [dryRun, force, unprotect, compact];
        Array.ForEach(own, command.Add);
        keep.AddTo(command);
        flags.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            ProjectSettings project = ProjectSettings.Get(run, projectOptions.Read(parse));
            RetentionPolicy retention = Read(parse, keep, project.Retention.ToPolicy());
            bool pretend = parse.GetValue(dryRun);
            PruneOptions pruning = flags.Read(parse, retention.MaxUnused);
            ForgetOptions options = new()
            {
                Policy = retention.Keep,
                GroupBy = retention.GroupBy,
                Protection = parse.GetValue(unprotect) ? SnapshotProtection.None : retention.Protection,
                SafetyProtection = parse.GetValue(unprotect) ? SnapshotProtection.None : retention.SafetyProtection,
                Time = run.Environment.Clock,
            };
            RepositorySession session = await RepositorySession.OpenAsync(
                run, project.Repository, pretend ? RepositoryUse.Exclusive : RepositoryUse.Remove, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await session.RunAsync(async token =>
                {
                    SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(token).ConfigureAwait(false);
                    ForgetCommand.RefuseDamaged(listing);
                    RefuseWrongClock(run, listing, parse.GetValue(force));
                    ForgetPlan plan = Plan(run, listing, project, options, parse.GetValue(compact));
                    int code = await RemovalAction.ForgetAsync(run, session, plan.Removed, pretend, token).ConfigureAwait(false);
                    if (code != ExitCode.Complete)
                    {
                        return code;
                    }

                    // Also where nothing was removed: an earlier run may have been interrupted between the two.
                    run.Reporter.Message(pretend
                        ? $"{plan.Removed.Count} snapshots would be removed, running prune dry run"
                        : $"{plan.Removed.Count} snapshots have been removed, running prune");
                    return await RemovalAction.PruneAsync(
                        run, session, pruning with { IgnoredSnapshots = plan.Removed.ToHashSet() }, pretend, withReasons: pretend, token).ConfigureAwait(false);
                }).ConfigureAwait(false);
            }
        }));
        return command;
    }

    /// <summary>Keep flags stand in place of the project's rules, all of them.</summary>
    private static RetentionPolicy Read(ParseResult parse, KeepOptions keep, RetentionPolicy project)
    {
        KeepPolicy flags = keep.Read(parse);
        return flags.IsEmpty ? project : project with { Keep = flags };
    }

    private static ForgetPlan Plan(CommandRun run, SnapshotListing listing, ProjectSettings project, ForgetOptions options, bool compact)
    {
        // By path alone: a folder of the same name may be another branch of the game, whose snapshots must not push these out.
        SavedSnapshot[] own = [.. listing.Snapshots.Where(saved => SnapshotPath.IsOf(saved.Snapshot, project.Root.Value))];
        run.Reporter.Message($"Applying Policy: {options.Policy}");
        foreach (string tag in options.Protection.Tags)
        {
            run.Reporter.Message($"Never removed: snapshots tagged {tag}");
        }

        if (options.Protection.Newest > 0)
        {
            run.Reporter.Message($"Never removed: the newest {options.Protection.Newest}");
        }

        if (own.Any(saved => SafetyTags.IsSafety(saved.Snapshot)))
        {
            run.Reporter.Message($"Counted apart: snapshots tagged {SafetyTags.Mark}, of which the newest {options.SafetyProtection?.Newest ?? 0} are never removed");
        }

        if (own.Length < listing.Snapshots.Count)
        {
            run.Reporter.Message($"Only snapshots of {project.Root.Value} count; {listing.Snapshots.Count - own.Length} snapshots of other folders are left alone");
        }

        ForgetPlan plan = ForgetPlan.Make(own, options);
        run.Reporter.Forgetting(plan, compact);
        return plan;
    }

    private static void RefuseWrongClock(CommandRun run, SnapshotListing listing, bool force)
    {
        if (ClockCheck.Find(listing.Snapshots, run.Environment.Clock.GetUtcNow()) is not { } behind)
        {
            return;
        }

        string newest = $"snapshot {behind.Newest.Id.Value.ToShortString()} was made at {Times.Local(behind.Newest.Snapshot.Time, run.Environment.Clock.LocalTimeZone)}";
        string fact = $"the clock of this computer is {Durations.Format(behind.By)} behind the newest snapshot: {newest}";
        if (!force)
        {
            throw new UsageException(
                fact + "; nothing was removed",
                "Set the clock and try again. If it is right and the snapshot's time is wrong, remove that snapshot with `forget`, or say --force.");
        }

        run.Reporter.Warning("warning: " + fact);
    }
}
