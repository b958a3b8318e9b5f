using Sots.Backup;
using Sots.Backup.Alarms;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Cli.Commands;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Cli;

/// <summary>
/// Watches the backup of a project: refuses a snapshot of what looks like a loss, and says afterwards what changed, what went wrong and
/// what is suspicious. The history it compares with is that of the repository, not of one computer's logs.
/// </summary>
/// <param name="run">Surroundings and reporter.</param>
/// <param name="project">The project.</param>
/// <param name="thresholds">From where on something is suspicious.</param>
/// <param name="force">Whether to go on where it would refuse.</param>
internal sealed class ProjectWatch(CommandRun run, ProjectSettings project, AlarmThresholds thresholds, bool force) : IOperationEvents
{
    private readonly ChangedFolders _changes = new(SnapshotPath.OfTarget(project.Root.Value));
    private readonly ProblemDigest _problems = new();
    private readonly OutsideLinks _links = new(project.Root.Value);
    private IReadOnlyList<SavedSnapshot> _snapshots = [];
    private IReadOnlyList<SnapshotFacts> _history = [];

    /// <summary>Where the project lies in a snapshot that is made of it now.</summary>
    public string SnapshotRoot => SnapshotPath.OfTarget(project.Root.Value);

    /// <inheritdoc/>
    public bool WantsItems => true;

    /// <inheritdoc/>
    public bool WantsUnchangedItems => run.Reporter.WantsItems && run.Reporter.WantsUnchangedItems;

    /// <summary>
    /// The snapshots of a project, oldest first, safety snapshots among them: of its folder alone; where it was never backed up from there,
    /// of one with its name, as it may have moved.
    /// </summary>
    public static IReadOnlyList<SavedSnapshot> SnapshotsOf(ProjectSettings project, SnapshotListing listing)
    {
        List<SavedSnapshot> here = [.. listing.Snapshots.Where(saved => SnapshotPath.IsOf(saved.Snapshot, project.Root.Value))];
        return here.Exists(static saved => !SafetyTags.IsSafety(saved.Snapshot)) ? here
            : [.. listing.Snapshots.Where(saved => saved.Snapshot.Paths is [var path] && string.Equals(SnapshotPath.NameOf(path), project.Name, StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>Those of a project that its backups made: without the safety snapshots.</summary>
    public static IReadOnlyList<SavedSnapshot> BackupsOf(IEnumerable<SavedSnapshot> snapshots) => [.. snapshots.Where(static saved => !SafetyTags.IsSafety(saved.Snapshot))];

    /// <summary>Learns the history; call it before the backup.</summary>
    public async Task PrepareAsync(OpenRepository repository, CancellationToken cancellationToken)
    {
        _snapshots = SnapshotsOf(project, await repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false));
        _history = SnapshotFacts.Of(_snapshots);
    }

    /// <summary>Called before a snapshot is written.</summary>
    /// <exception cref="UsageException">It would be one of a loss, and nobody said --force.</exception>
    public void Approve(SnapshotSummary summary)
    {
        long files = (long)Math.Min(summary.TotalFilesProcessed, long.MaxValue);
        if (files == 0 && _problems.Count > 0)
        {
            // A snapshot without a file would be the newest from now on, and the first to be restored.
            throw new UsageException("nothing of the project could be read; no snapshot was made", "See the problems above: the disk, or the rights of the folder.");
        }

        if (files == 0 && !force)
        {
            throw new UsageException(
                $"no file of the project {project.Root.Value} would be in it; no snapshot was made",
                "Look whether the project's folder is whole, and what the rules leave out: `sots_backup why`. If it is meant to be empty, say --force.");
        }

        SnapshotFacts? last = _history.LastOrDefault(facts => facts.Files is not null);
        if (!force && AlarmRules.ReasonToRefuse(files, last, thresholds) is { } reason)
        {
            throw new UsageException(reason.Message, reason.Advice);
        }
    }

    /// <summary>Says how it went.</summary>
    public void Conclude(BackupResult result, bool dryRun, TimeSpan duration)
    {
        SnapshotSummary? parent = _snapshots.FirstOrDefault(saved => saved.Id == result.Parent)?.Snapshot.Summary;
        SnapshotFacts facts = SnapshotFacts.Of(run.Environment.Clock.GetUtcNow(), result.Summary, result.Parent is not null, parent);

        // What could not be read is missing from the snapshot, but it is not gone.
        SnapshotFacts told = facts.Gone is { } gone ? facts with { Gone = Math.Max(0, gone - result.Problems) } : facts;
        run.Reporter.ProjectSummary(new ProjectSummary(result, told, _changes.Most(), dryRun, duration, _problems.Top, _problems.Count, run.Journal?.LogPath));
        if (_links.ToText() is { } links)
        {
            run.Reporter.Message(links);
        }

        foreach (Alarm alarm in AlarmRules.AfterBackup(told, _history, run.Environment.FreeSpace(project.Repository.Location.Value), thresholds))
        {
            run.Reporter.Alarm(alarm);
        }
    }

    /// <inheritdoc/>
    public void Message(string text) => run.Reporter.Message(text);

    /// <inheritdoc/>
    public void Detail(string text) => run.Reporter.Detail(text);

    /// <inheritdoc/>
    public void Item(in ItemEvent item)
    {
        if (item.Action is ItemAction.New or ItemAction.Modified && !item.IsDirectory)
        {
            _changes.Add(item.Path);
        }

        if (run.Reporter.WantsItems)
        {
            run.Reporter.Item(item);
        }
    }

    /// <inheritdoc/>
    public void Problem(ProblemEvent problem)
    {
        _problems.Add(problem);
        run.Reporter.Problem(problem);
    }

    /// <inheritdoc/>
    public void LinkFound(DiskPath path) => _links.Add(path);

    /// <inheritdoc/>
    public void ScanFinished(long files, long bytes, TimeSpan duration) => run.Reporter.ScanFinished(files, bytes, duration);
}
