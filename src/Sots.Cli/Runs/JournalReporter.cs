using Sots.Backup.Alarms;
using Sots.Backup.Comparing;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Retention;
using Sots.Cli.Assets;
using Sots.Cli.Configuration;
using Sots.Cli.EditorTask;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Maintenance;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Trees;

namespace Sots.Cli.Runs;

/// <summary>
/// Passes everything on to the console and into the log of the run, whatever the console shows. What has a text of several lines gets into
/// the log in the words of the text console.
/// </summary>
internal sealed class JournalReporter : IReporter
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(30);

    private readonly IReporter _console;
    private readonly TimeProvider _clock;
    private readonly RunLog _log;
    private readonly RunTally _tally;
    private readonly TextReporter _text;
    private ProgressKind _kind;

    /// <summary>Joins a console and a journal.</summary>
    public JournalReporter(IReporter console, RunJournal journal, TimeProvider clock)
    {
        _console = console;
        _clock = clock;
        _log = journal.Log;
        _tally = journal.Tally;
        _text = new TextReporter(new LogWriter(_log, RunLogLevel.Info), new LogWriter(_log, RunLogLevel.Warn), clock, verbosity: 2, screen: null, plainInterval: null);
    }

    /// <inheritdoc/>
    public bool WantsItems => true;

    /// <inheritdoc/>
    public bool WantsUnchangedItems => _console.WantsItems;

    /// <inheritdoc/>
    public void Message(string text)
    {
        _console.Message(text);
        _log.Write(RunLogLevel.Info, text);
    }

    /// <inheritdoc/>
    public void Detail(string text)
    {
        _console.Detail(text);
        _log.Write(RunLogLevel.Debug, text);
    }

    /// <inheritdoc/>
    public void Warning(string text)
    {
        _console.Warning(text);
        _tally.AddWarning();
        _log.Write(RunLogLevel.Warn, text);
    }

    /// <inheritdoc/>
    public void Item(in ItemEvent item)
    {
        if (_console.WantsItems)
        {
            _console.Item(item);
        }

        // What stayed as it was would be nearly all of every log.
        if (item.Action != ItemAction.Unchanged && !item.IsDirectory)
        {
            _log.Write(RunLogLevel.Debug, ItemText.Of(item, _kind));
        }
    }

    /// <inheritdoc/>
    public void Problem(ProblemEvent problem)
    {
        _console.Problem(problem);
        _tally.Add(problem);
        _text.Problem(problem);
    }

    /// <inheritdoc/>
    public void ScanFinished(long files, long bytes, TimeSpan duration)
    {
        _console.ScanFinished(files, bytes, duration);
        _text.ScanFinished(files, bytes, duration);
    }

    /// <inheritdoc/>
    public IAsyncDisposable Track(ProgressKind kind, OperationCounters counters)
    {
        _kind = kind;
        IAsyncDisposable shown = _console.Track(kind, counters);
        ProgressTicker noted = new(_clock, ProgressInterval, (elapsed, last) =>
        {
            if (!last)
            {
                _log.Write(RunLogLevel.Debug, ProgressLines.Of(kind, counters, elapsed, remaining: null)[0]);
            }
        });
        return new Both(shown, noted);
    }

    /// <inheritdoc/>
    public void Initialized(string repositoryId, string location, bool remind = true)
    {
        _console.Initialized(repositoryId, location, remind);
        _text.Initialized(repositoryId, location, remind);
    }

    /// <inheritdoc/>
    public void BackupSummary(BackupResult result, bool dryRun, TimeSpan duration)
    {
        _console.BackupSummary(result, dryRun, duration);
        _tally.Add(result, gone: null);
        _text.BackupSummary(result, dryRun, duration);
    }

    /// <inheritdoc/>
    public void ProjectSummary(ProjectSummary summary)
    {
        _console.ProjectSummary(summary);
        _tally.Add(summary.Result, summary.Facts.Gone);
        _text.BackupSummary(summary.Result, summary.DryRun, summary.Duration);
        _text.ProjectSummary(summary);
    }

    /// <inheritdoc/>
    public void Alarm(Alarm alarm)
    {
        _console.Alarm(alarm);
        _tally.Add(alarm);
        _text.Alarm(alarm);
    }

    /// <inheritdoc/>
    public void DamagedAssets(AssetDamageReport report)
    {
        _console.DamagedAssets(report);
        foreach (DamagedAsset asset in report.New)
        {
            _tally.Add(new ProblemEvent(RunProblem.Assets, asset.Path, asset.Message));
        }

        _log.Write(RunLogLevel.Warn, report.ToText(all: true));
    }

    /// <inheritdoc/>
    public void RestoreStarts(SavedSnapshot snapshot, string target)
    {
        _console.RestoreStarts(snapshot, target);
        _tally.AddSource(snapshot.Id.ToString());
        _text.RestoreStarts(snapshot, target);
    }

    /// <inheritdoc/>
    public void RestoreSummary(RestoreResult result, TimeSpan duration)
    {
        _console.RestoreSummary(result, duration);
        _tally.Add(result);
        _text.RestoreSummary(result, duration);
    }

    /// <inheritdoc/>
    public void CheckSummary(CheckReport report)
    {
        _console.CheckSummary(report);
        _text.CheckSummary(report);
    }

    /// <inheritdoc/>
    public void Snapshots(IReadOnlyList<SnapshotGroup> groups, bool compact)
    {
        _console.Snapshots(groups, compact);
        _text.Snapshots(groups, compact);
    }

    /// <inheritdoc/>
    public void ListingStarts(SavedSnapshot snapshot, IReadOnlyList<string> folders) => _console.ListingStarts(snapshot, folders);

    /// <inheritdoc/>
    public void Found(FindResult result) => _console.Found(result);

    /// <inheritdoc/>
    public void FindFinished(IReadOnlyList<string> packs) => _console.FindFinished(packs);

    /// <inheritdoc/>
    public void ListingEntry(string path, Node node, ListingStyle style) => _console.ListingEntry(path, node, style);

    /// <inheritdoc/>
    public void Difference(string path, string modifier) => _console.Difference(path, modifier);

    /// <inheritdoc/>
    public void DifferenceSummary(string before, string after, DifferenceStatistics statistics) => _console.DifferenceSummary(before, after, statistics);

    /// <inheritdoc/>
    public void Forgetting(ForgetPlan plan, bool compact)
    {
        _console.Forgetting(plan, compact);
        _text.Forgetting(plan, compact);
    }

    /// <inheritdoc/>
    public void PrunePlanned(PruneStatistics statistics, bool dryRun)
    {
        _console.PrunePlanned(statistics, dryRun);
        _text.PrunePlanned(statistics, dryRun);
    }

    /// <inheritdoc/>
    public void PruneFinished(PruneStatistics statistics)
    {
        _console.PruneFinished(statistics);
        _text.PruneFinished(statistics);
    }

    /// <inheritdoc/>
    public void SnapshotChanged(SnapshotId old, SnapshotId replacement)
    {
        _console.SnapshotChanged(old, replacement);
        _tally.AddForgotten([old.ToString()]);
        _text.SnapshotChanged(old, replacement);
    }

    /// <inheritdoc/>
    public void TagSummary(int changedSnapshots)
    {
        _console.TagSummary(changedSnapshots);
        _text.TagSummary(changedSnapshots);
    }

    /// <inheritdoc/>
    public void Unlocked(int count)
    {
        _console.Unlocked(count);
        _text.Unlocked(count);
    }

    /// <inheritdoc/>
    public void ChildLine(string line, bool isError)
    {
        _console.ChildLine(line, isError);
        _log.Write(isError ? RunLogLevel.Warn : RunLogLevel.Info, line);
    }

    /// <inheritdoc/>
    public void EditorTasks(TaskMerge merge)
    {
        _console.EditorTasks(merge);
        _text.Message(merge.ToText());
    }

    /// <inheritdoc/>
    public void Report(IReport report)
    {
        _console.Report(report);
        _text.Report(report);
    }

    /// <inheritdoc/>
    public void Config(ConfigReport report) => _console.Config(report);

    /// <inheritdoc/>
    public void Version(ProgramVersion version) => _console.Version(version);

    /// <inheritdoc/>
    public void Runs(IReadOnlyList<RunRecord> runs) => _console.Runs(runs);

    /// <inheritdoc/>
    public void RunDetails(RunRecord run, string folder) => _console.RunDetails(run, folder);

    /// <inheritdoc/>
    public void Status(ProjectStatus status) => _console.Status(status);

    /// <inheritdoc/>
    public void Failure(string message, int exitCode)
    {
        _console.Failure(message, exitCode);
        _tally.AddFailure(message);
        _log.Write(RunLogLevel.Error, message);
    }

    private sealed class Both(IAsyncDisposable first, IAsyncDisposable second) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await first.DisposeAsync().ConfigureAwait(false);
            await second.DisposeAsync().ConfigureAwait(false);
        }
    }
}
