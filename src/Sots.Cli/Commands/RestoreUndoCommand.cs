using System.CommandLine;
using Sots.Backup.Operations;
using Sots.Backup.Restoring;
using Sots.Cli.Assets;
using Sots.Restic;
using Sots.Unreal.Content;

namespace Sots.Cli.Commands;

/// <summary><c>restore-undo</c>: the project as it was before the last restore in place.</summary>
internal static class RestoreUndoCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        ProjectOptions projectOptions = new();
        InPlaceFlags flags = new();
        Option<bool> force = Symbols.Switch("--force", null, "Overwrite also files that were edited after the restore");
        VerbCommand command = new(
            "restore-undo", "Was the last `restore-latest --in-place`, `restore-asset` or `restore-level` a mistake? Goes back to the state before it.", ExitCode.OfSaving) { force };
        projectOptions.AddTo(command);
        flags.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            InPlaceChoice choice = flags.Read(parse);
            ProjectFlags projectFlags = projectOptions.Read(parse);
            RestorableProject restorable = RestorableProject.Find(run, projectFlags);
            RepositorySession session = await RepositorySession.OpenAsync(
                run, restorable.Repository, choice.DryRun ? RepositoryUse.Read : RepositoryUse.Append, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await session.RunAsync(async token =>
                {
                    SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(token).ConfigureAwait(false);
                    ProjectSettings project = restorable.GetFolder(run, projectFlags, listing);
                    SafetySnapshots.RefuseWrongClock(run, listing, project);
                    (SavedSnapshot before, SafetyTags tags) = Undoable(listing, project, run.Environment.Host, parse.GetValue(force));
                    SafetySnapshots.RefuseDamaged(
                        listing, $"If the last restore saved {before.Id.Value.ToShortString()}, `sots_backup restore-latest --in-place --delete --snapshot {before.Id.Value.ToShortString()}` goes back to it.");
                    SavedSnapshot undone = SafetySnapshots.Find(listing, tags.Restored) ?? throw new RepositoryException(
                        RepositoryErrorKind.InvalidRequest, $"Snapshot {tags.Restored}, which was restored, is gone: it cannot be told which files were edited since.",
                        $"`sots_backup restore-latest --in-place --delete --snapshot {before.Id.Value.ToShortString()}` goes back to the state before the restore, whatever was edited since.");
                    IndexedRepository indexed = await session.LoadIndexAsync(run, token).ConfigureAwait(false);
                    ProjectInSnapshot places = new(new TreeMemory(indexed), project.Root.Value);
                    InPlaceOptions options = InPlaceAction.Options(run, project, InPlaceAction.Part(before), choice, token) with
                    {
                        Undone = await places.GetAsync(undone, token).ConfigureAwait(false),
                        UndoneDeleted = tags.Deleted,
                        Paths = tags.Paths,
                        Force = parse.GetValue(force),
                    };
                    return await InPlaceAction.RunAsync(run, project, session, indexed, listing, options, choice, token).ConfigureAwait(false);
                }).ConfigureAwait(false);
            }
        }));
        return command;
    }

    /// <summary>The newest safety snapshot of this computer; where it belongs to an undo that did not come to its end, the one that undo goes back to.</summary>
    private static (SavedSnapshot Before, SafetyTags Tags) Undoable(SnapshotListing listing, ProjectSettings project, string host, bool force)
    {
        SavedSnapshot? before = SafetySnapshots.FindNewest(listing, project, host);
        if (before is not null && SafetyTags.TryRead(before.Snapshot, out SafetyTags? tags))
        {
            return tags.IsUndo && UnfinishedUndo.Is(project, tags.Restored, force) && SafetySnapshots.Find(listing, tags.Restored) is { } goal
                && SafetyTags.TryRead(goal.Snapshot, out SafetyTags? goalTags)
                ? (goal, goalTags)
                : (before, tags);
        }

        if (before is null && SafetySnapshots.FindNewestAnywhere(listing, project) is { } elsewhere)
        {
            throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest,
                $"There is no restore in place of {project.Root.Value} on this computer ({host}) to undo; snapshot {elsewhere.Id.Value.ToShortString()} was made before one on {elsewhere.Snapshot.Hostname}.",
                $"If that is the state you want, `sots_backup restore-latest --in-place --delete --snapshot {elsewhere.Id.Value.ToShortString()}` goes to it; `sots_backup snapshots` lists all saved states.");
        }

        throw new RepositoryException(
            RepositoryErrorKind.InvalidRequest, $"There is no restore in place of {project.Root.Value} to undo.",
            "`sots_backup snapshots` lists all saved states; `sots_backup restore-latest --in-place --snapshot ID` goes to any of them.");
    }
}
