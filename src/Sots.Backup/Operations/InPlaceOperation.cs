using Sots.Backup.Archiving;
using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Maintenance;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Backup.Operations;

/// <summary>
/// Restores a snapshot into the project it was made of, so that it can be undone: plan, safety snapshot, restore. The safety snapshot is an
/// ordinary snapshot of the whole project, so that it is of use to every other program too; what was restored stands in its tags. An undo
/// is the same thing again, with the safety snapshot as target.
/// </summary>
/// <remarks>A shared lock is held by the caller, all the time.</remarks>
public static class InPlaceOperation
{
    /// <summary>Compares; changes nothing.</summary>
    /// <exception cref="RepositoryException">The snapshot has no such part, or the project cannot be looked into.</exception>
    public static Task<InPlacePlan> PlanAsync(IndexedRepository repository, InPlaceOptions options, CancellationToken cancellationToken) =>
        new InPlacePlanner(repository, options).PlanAsync(cancellationToken);

    /// <summary>
    /// Whether an earlier safety snapshot holds everything that the plan would change, exactly as it is now, and lacks what it would add: then
    /// this is the same restore again after it was interrupted, and going back means going back to that snapshot.
    /// </summary>
    public static async Task<bool> IsSavedAsync(IndexedRepository repository, InPlacePlan plan, SnapshotPart safety, CancellationToken cancellationToken)
    {
        SnapshotEntries saved = await SnapshotEntries.LoadAsync(repository, safety, plan.Options.Root, cancellationToken).ConfigureAwait(false);
        return FindUnsaved(repository, plan, saved, isNew: false, cancellationToken) is null;
    }

    /// <summary>
    /// Makes the safety snapshot. When this returns it is on the disk, and it was looked up that everything the plan changes is in it. Otherwise it
    /// is gone again: an undo would take it for that of the last restore.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="plan">What will be done.</param>
    /// <param name="backup">How to save; targets and rules are set here, and its tags come after those of a safety snapshot.</param>
    /// <param name="subpathOf">Where a snapshot of the project has the project's folder.</param>
    /// <param name="counters">Live totals.</param>
    /// <param name="events">Told of what cannot be read.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">Something that would be changed could not be saved; nothing was changed.</exception>
    public static async Task<SavedSnapshot> SaveAsync(
        OpenRepository repository, InPlacePlan plan, BackupOptions backup, Func<Snapshot, string> subpathOf, OperationCounters counters,
        IOperationEvents events, CancellationToken cancellationToken)
    {
        InPlaceOptions options = plan.Options;
        BackupOptions complete = backup with
        {
            Targets = [options.Root],
            Excludes = new SafetyRules(options.Excludes, options.Root, plan.Target, plan.Origin),
            RecordedExcludes = options.Target.Saved.Snapshot.Excludes,
            Tags = [.. new SafetyTags(options.Target.Saved.Id, options.Delete || options.Undone is not null, options.Undone is not null, options.Paths).ToTags(), .. backup.Tags],
            ReadAgain = plan.Overwritten().ToHashSet(),
            FileSystem = options.Disk,
            SkipIfUnchanged = false,
            DryRun = false,
        };
        SafetyEvents watched = new(plan, events);
        complete = complete with { BeforeSnapshot = _ => watched.ThrowIfIncomplete() };
        BackupResult result = await new Archiver(repository, complete, counters, watched).RunAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await CheckAsync(repository, plan, result.Snapshot!.Value, subpathOf, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await new SnapshotRemoval(repository, static _ => ValueTask.CompletedTask)
                .RemoveAsync([result.Snapshot!.Value], static _ => { }, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<SavedSnapshot> CheckAsync(
        OpenRepository repository, InPlacePlan plan, SnapshotId id, Func<Snapshot, string> subpathOf, CancellationToken cancellationToken)
    {
        SavedSnapshot saved = await repository.LoadSnapshotAsync(id, cancellationToken).ConfigureAwait(false);
        IndexedRepository indexed = await repository.LoadIndexAsync(cancellationToken).ConfigureAwait(false);
        SnapshotEntries entries = await SnapshotEntries.LoadAsync(indexed, new SnapshotPart(saved, subpathOf(saved.Snapshot)), plan.Options.Root, cancellationToken).ConfigureAwait(false);
        if (FindUnsaved(indexed, plan, entries, isNew: true, cancellationToken) is { } path)
        {
            throw SafetyEvents.NotSaved(path);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return saved;
    }

    /// <summary>Carries the plan out. Every file is written aside and renamed; running again completes what was interrupted.</summary>
    public static Task<RestoreResult> ApplyAsync(
        IndexedRepository repository, InPlacePlan plan, OperationCounters counters, IOperationEvents events, CancellationToken cancellationToken)
    {
        RestoreOptions options = new()
        {
            Target = plan.Options.Root,
            Subpath = plan.Options.Target.Subpath,
            Filter = plan.Paths,
            Delete = plan.Changes.Any(change => change.Action == InPlaceAction.Delete) || plan.Paths.TakesTargetItself,
            ReplaceWhole = true,
            FileSystem = plan.Options.Writer,
        };
        return RestoreOperation.RunAsync(repository, plan.Options.Target.Saved.Snapshot, options, counters, events, cancellationToken);
    }

    /// <summary>
    /// The first path that the plan changes and that is not in a safety snapshot as it is now; null where all are. What was seen is what may be
    /// replaced or removed.
    /// </summary>
    private static string? FindUnsaved(IndexedRepository repository, InPlacePlan plan, SnapshotEntries saved, bool isNew, CancellationToken cancellationToken)
    {
        EntryComparison comparison = new(plan.Options.Disk, repository.Index, trustTimes: isNew);
        foreach (InPlaceChange change in plan.Changes.Where(static change => !InPlacePlan.IsLeft(change.Action)))
        {
            DiskPath path = plan.PathOf(change.Key);
            saved.TryFind(change.Key, out SnapshotEntry? entry);
            try
            {
                if (change.Action == InPlaceAction.Add)
                {
                    if (!IsStillMissing(plan, change, path) || !(isNew || MayBeMissing(plan, change, entry)))
                    {
                        return path.ToString();
                    }

                    continue;
                }

                FileStatus status = plan.Options.Disk.GetStatus(path, followLinks: false);
                if (status.IsDirectory || status.Type == NodeType.Socket)
                {
                    continue;
                }

                Likeness likeness = entry is null ? Likeness.OtherContent : comparison.Compare(path, status, entry.Node, cancellationToken);
                if (likeness != Likeness.Same && (isNew || !MayAwaitMetadata(plan, change, status, likeness)))
                {
                    return path.ToString();
                }

                if (InPlacePlan.TakesAway(change))
                {
                    plan.Paths.Expect(change.Key, status);
                }
            }
            catch (SourceException e)
            {
                return e.Message;
            }
        }

        return null;
    }

    /// <summary>Whether nothing came to a path since the plan was made; a folder is no harm where a folder goes.</summary>
    private static bool IsStillMissing(InPlacePlan plan, InPlaceChange change, DiskPath path)
    {
        // Where a link gives way to a folder, one would look at what it leads to.
        if (plan.Paths.LiesBelowReplaced(change.Key))
        {
            return true;
        }

        try
        {
            return plan.Options.Disk.GetStatus(path, followLinks: false).IsDirectory && change.IsDirectory;
        }
        catch (SourceException e) when (e.Kind == SourceErrorKind.Vanished)
        {
            return true;
        }
    }

    /// <summary>
    /// Whether a restore that was interrupted leaves nothing at a path. A file is renamed over another in one step, so there the user removed it;
    /// what is of another kind goes before.
    /// </summary>
    private static bool MayBeMissing(InPlacePlan plan, InPlaceChange change, SnapshotEntry? saved) =>
        saved is null || (plan.Target.TryFind(change.Key, out SnapshotEntry? wanted) && wanted.Node.Type != saved.Node.Type);

    /// <summary>
    /// Whether a restore that was interrupted may have made an entry whose metadata alone are to be set. A file has them before it gets its name,
    /// where the system can do so.
    /// </summary>
    private static bool MayAwaitMetadata(InPlacePlan plan, InPlaceChange change, in FileStatus status, Likeness saved) =>
        change.Action == InPlaceAction.SetMetadata && saved == Likeness.OtherContent && !(status.IsFile && plan.Options.Writer.GivesMetadataBeforeNames);
}
