using Sots.Backup;
using Sots.Backup.Alarms;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Unreal;

namespace Sots.Cli.Commands;

/// <summary>
/// Changes a project to what a snapshot has of it: shows the plan, makes sure that nobody is at work there, asks, saves what will be
/// changed, restores.
/// </summary>
internal static class InPlaceAction
{
    private const int HeldFilesShown = 5;

    /// <summary>The options that a restore in place and its undo share.</summary>
    public static InPlaceOptions Options(CommandRun run, ProjectSettings project, SnapshotPart target, InPlaceChoice choice, CancellationToken cancellationToken)
    {
        // What the snapshot's own backup was told to leave out counts as much as what the project's does today: neither is there to be
        // missing from the snapshot.
        ResticExcludes recorded = new(ExcludeTags.RulesOf(target.Saved.Snapshot));
        ExcludeRules today = project.Excludes.ToRules(project.Root.Value, run.Environment.Variable, cancellationToken);
        return new InPlaceOptions
        {
            Root = DiskPath.FromText(project.Root.Value),
            Target = target,
            Excludes = CombinedExcludes.Of(ExcludedPaths.SeenFrom([DiskPath.FromText(project.Root.Value)], project.OwnFolders), today, recorded),
            TrustTimes = choice.TrustTimes,
        };
    }

    /// <summary>A snapshot of a project, and where in it the project's folder is.</summary>
    public static SnapshotPart Part(SavedSnapshot saved) => new(saved, SubpathOf(saved.Snapshot));

    /// <summary>Runs to the end.</summary>
    /// <param name="run">Surroundings and reporter.</param>
    /// <param name="project">The project.</param>
    /// <param name="session">The open repository.</param>
    /// <param name="indexed">The same with its index.</param>
    /// <param name="listing">Its snapshots.</param>
    /// <param name="options">What is to be restored.</param>
    /// <param name="choice">What the flags say.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="whenNothing">Said where there is nothing to do.</param>
    public static async Task<int> RunAsync(
        CommandRun run, ProjectSettings project, RepositorySession session, IndexedRepository indexed, SnapshotListing listing, InPlaceOptions options,
        InPlaceChoice choice, CancellationToken cancellationToken, string? whenNothing = null)
    {
        bool isUndo = options.Undone is not null;
        run.Reporter.RestoreStarts(options.Target.Saved, project.Root.Value);
        InPlacePlan plan = await InPlaceOperation.PlanAsync(indexed, options, cancellationToken).ConfigureAwait(false);
        run.Reporter.Report(new InPlaceReport(plan, isUndo));
        MentionReadOnly(run, plan);
        int left = plan.Left().Count() + plan.Problems.Count;
        bool isPart = plan.Problems.Count > 0 || plan.Left().Any(static change => change.Action == Backup.Restoring.InPlaceAction.LeaveUnreadable);
        if (plan.IsEmpty && whenNothing is not null)
        {
            run.Reporter.Message(whenNothing);
        }

        if (plan.IsEmpty || choice.DryRun)
        {
            if (isUndo && !choice.DryRun && left == 0)
            {
                UnfinishedUndo.End(project);
            }

            return Finish(run, left);
        }

        if (!choice.EditorOpenAnyway)
        {
            RefuseWhileInUse(project, plan, cancellationToken);
        }

        Confirm(run, choice, isUndo, options.Target.Saved.Snapshot, cancellationToken);
        if (isUndo)
        {
            UnfinishedUndo.Begin(project, options.Target.Saved.Id);
        }

        SavedSnapshot safety = await SaveAsync(run, project, session, listing, indexed, plan, cancellationToken).ConfigureAwait(false);
        OperationCounters counters = new();
        long start = run.Environment.Clock.GetTimestamp();
        RestoreResult result;
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Restore, counters);
        await using (display.ConfigureAwait(false))
        {
            result = await InPlaceOperation.ApplyAsync(indexed, plan, counters, run.Reporter, cancellationToken).ConfigureAwait(false);
        }

        run.Reporter.RestoreSummary(result, run.Environment.Clock.GetElapsedTime(start));
        if (result.Problems > 0)
        {
            return run.Finish(
                result.Problems, ExitCode.Failed,
                $"Fatal: There were {result.Problems} errors; run the same command again when they are mended, or go back with `sots_backup restore-undo`");
        }

        if (isUndo && isPart)
        {
            run.Reporter.Message("the undo is not complete: `sots_backup restore-undo` goes on with it when what is named above can be read");
            return Finish(run, left);
        }

        if (isUndo)
        {
            FinishUndo(project, plan);
        }

        string goBack = SafetySnapshots.FindClockBehind(run, listing, project) is null ? "restore-undo" : $"restore-latest --in-place --delete --snapshot {safety.Id.Value.ToShortString()}";
        run.Reporter.Message($"the state before is in snapshot {safety.Id.Value.ToShortString()}; `sots_backup {goBack}` goes back to it");
        return Finish(run, left);
    }

    private static void FinishUndo(ProjectSettings project, InPlacePlan plan)
    {
        if (plan.Left().Any(static change => change.Action == Backup.Restoring.InPlaceAction.LeaveEdited))
        {
            UnfinishedUndo.EndButForEdited(project, plan.Options.Target.Saved.Id);
        }
        else
        {
            UnfinishedUndo.End(project);
        }
    }

    /// <summary>Version control leaves files read-only that nobody has checked out: whoever overwrites them should know.</summary>
    private static void MentionReadOnly(CommandRun run, InPlacePlan plan)
    {
        int count = plan.Overwritten().Count(static path => IsReadOnly(path.ToString()));
        if (count > 0)
        {
            run.Reporter.Message(
                $"{count} {(count == 1 ? "file that would be replaced is" : "files that would be replaced are")} read-only now, as version control leaves what is not checked out; afterwards {(count == 1 ? "it is" : "they are")} as writable as the snapshot has {(count == 1 ? "it" : "them")}");
        }
    }

    private static bool IsReadOnly(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, IsReadOnly: true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    private static int Finish(CommandRun run, int left) =>
        run.Finish(left, ExitCode.Incomplete, $"Warning: {left} {(left == 1 ? "file was" : "files were")} left as {(left == 1 ? "it is" : "they are")}");

    private static void RefuseWhileInUse(ProjectSettings project, InPlacePlan plan, CancellationToken cancellationToken)
    {
        if (UnrealProject.Find(project.Root.Value) is { } unreal && UnrealEditors.Find(unreal, cancellationToken).Open is { } editor)
        {
            throw new UsageException(
                $"{editor} has this project open",
                "Nothing was changed. Save your work and close the editor first; --editor-open-anyway goes on nevertheless.");
        }

        IReadOnlyList<HeldFile> held = OpenFileProbe.Current.Find([.. plan.Overwritten()], cancellationToken);
        if (held.Count > 0)
        {
            string names = string.Join('\n', held.Take(HeldFilesShown).Select(file => $"  {file.Path}, by {file.By}"));
            throw new UsageException(
                $"{held.Count} {(held.Count == 1 ? "file that would be replaced is" : "files that would be replaced are")} in use:\n{names}",
                "Nothing was changed. Close the program that uses them; --editor-open-anyway goes on nevertheless.");
        }
    }

    private static void Confirm(CommandRun run, InPlaceChoice choice, bool isUndo, Snapshot goal, CancellationToken cancellationToken)
    {
        if (choice.Yes)
        {
            return;
        }

        // Where several computers share a repository the newest snapshot may be another one's, or an old one.
        string age = Ages.Format(run.Environment.Clock.GetUtcNow() - SnapshotFacts.TimeOf(goal.Time));
        string question = $"{(isUndo ? "Undo the last restore" : "Change the project")} like this, to the state of {age} ago on {PrintableText.Escape(goal.Hostname)}? [y/N] ";
        UsageException nobody = new("the project would be changed, and there is no terminal to ask for leave", "Nothing was changed. Say --yes, or look first with --dry-run.");
        ConfirmPrompt.Require(run.Environment, question, "Nothing was changed.", nobody, cancellationToken);
    }

    private static async Task<SavedSnapshot> SaveAsync(
        CommandRun run, ProjectSettings project, RepositorySession session, SnapshotListing listing, IndexedRepository indexed, InPlacePlan plan,
        CancellationToken cancellationToken)
    {
        if (SafetySnapshots.FindNewest(listing, project, run.Environment.Host) is { } newest && SafetyTags.TryRead(newest.Snapshot, out SafetyTags? tags)
            && tags.Restored == plan.Options.Target.Saved.Id && tags.Paths.SequenceEqual(plan.Options.Paths)
            && tags.Deleted == (plan.Options.Delete || plan.Options.Undone is not null)
            && await InPlaceOperation.IsSavedAsync(indexed, plan, Part(newest), cancellationToken).ConfigureAwait(false))
        {
            run.Reporter.Message($"snapshot {newest.Id.Value.ToShortString()} has everything that will be changed");
            return newest;
        }

        BackupOptions backup = new()
        {
            Targets = [],
            WorkingDirectory = plan.Options.Root,
            NeverSave = project.OwnFolders,
            Tags = ExcludeTags.In(plan.Options.Target.Saved.Snapshot),
            Host = run.Environment.Host,
            NoScan = true,
            Write = session.WriteOptions(run),
            ProgramVersion = ProgramVersion.Current.Short,
        };
        OperationCounters counters = new();
        run.Reporter.Message("saving the project as it is now");
        SavedSnapshot saved;
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Backup, counters);
        await using (display.ConfigureAwait(false))
        {
            saved = await InPlaceOperation.SaveAsync(session.Repository, plan, backup, SubpathOf, counters, run.Reporter, cancellationToken).ConfigureAwait(false);
        }

        run.Reporter.Message($"snapshot {saved.Id.Value.ToShortString()} saved, with tag {SafetyTags.Mark}");
        return saved;
    }

    private static string SubpathOf(Snapshot snapshot) => snapshot.Paths is [var path] ? SnapshotPath.OfTarget(path) : throw new RepositoryException(
        RepositoryErrorKind.InvalidRequest, "The snapshot is not one of a single project.", "`sots_backup restore` puts any snapshot into another folder.");
}
