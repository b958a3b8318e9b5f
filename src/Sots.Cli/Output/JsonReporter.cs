using Sots.Backup.Alarms;
using Sots.Backup.Comparing;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Retention;
using Sots.Cli.Assets;
using Sots.Cli.Configuration;
using Sots.Cli.EditorTask;
using Sots.Cli.Runs;
using Sots.Restic;
using Sots.Restic.Maintenance;
using Sots.Restic.Maintenance.Consequences;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Cli.Output;

/// <summary>
/// Writes restic's JSON: one object a line, results on the output stream, problems on the error stream. Lines for people are left out.
/// </summary>
/// <param name="output">Results and status.</param>
/// <param name="error">Problems, and the reason for an exit code.</param>
/// <param name="clock">Time.</param>
/// <param name="verbosity">0 quiet (no status) to 3 (a line for every entry; of a backup already from 2, as in restic).</param>
/// <param name="interval">Between two status lines.</param>
internal sealed class JsonReporter(TextWriter output, TextWriter error, TimeProvider clock, int verbosity, TimeSpan interval) : IReporter
{
    private readonly Lock _gate = new();
    private readonly List<string> _found = [];
    private bool _restoring;

    /// <inheritdoc/>
    public bool WantsItems => verbosity >= (_restoring ? 3 : 2);

    /// <inheritdoc/>
    public void Message(string text)
    {
    }

    /// <inheritdoc/>
    public void Detail(string text)
    {
    }

    /// <inheritdoc/>
    public void Warning(string text) => Write(error, CliJson.Line(new CheckErrorMessage(text)));

    /// <inheritdoc/>
    public void Item(in ItemEvent item)
    {
        string action = item.Action.ToString().ToLowerInvariant();
        Write(output, _restoring
            ? CliJson.Line(new RestoreItemMessage(action, item.Path, item.SizeBytes))
            : CliJson.Line(new BackupItemMessage(
                action, item.Path, item.Duration.TotalSeconds,
                item.IsDirectory ? 0 : item.AddedBytes, item.IsDirectory ? 0 : item.StoredBytes,
                item.IsDirectory ? item.AddedBytes : 0, item.IsDirectory ? item.StoredBytes : 0, 0)));
    }

    /// <inheritdoc/>
    public void Problem(ProblemEvent problem) => Write(error, problem.During == "check"
        ? CliJson.Line(new CheckErrorMessage(problem.Message.Contains(problem.Item, StringComparison.Ordinal) ? problem.Message : $"{problem.Item}: {problem.Message}"))
        : CliJson.Line(new OperationErrorMessage(new ErrorText(problem.Message), problem.During, problem.Item)));

    /// <inheritdoc/>
    public void ScanFinished(long files, long bytes, TimeSpan duration)
    {
        if (WantsItems)
        {
            Write(output, CliJson.Line(new BackupItemMessage("scan_finished", "", duration.TotalSeconds, bytes, 0, 0, 0, files)));
        }
    }

    /// <inheritdoc/>
    public IAsyncDisposable Track(ProgressKind kind, OperationCounters counters)
    {
        _restoring = kind == ProgressKind.Restore;
        if (verbosity == 0 || kind is ProgressKind.Check or ProgressKind.Assets)
        {
            return NoProgress.Instance;
        }

        RemainingTime remaining = new();
        return new ProgressTicker(clock, interval, (elapsed, _) => Write(output, kind == ProgressKind.Backup
            ? BackupStatus(counters, elapsed, remaining)
            : RestoreStatus(counters, elapsed)));
    }

    /// <inheritdoc/>
    public void Initialized(string repositoryId, string location, bool remind = true) => Write(output, CliJson.Line(new InitializedMessage(repositoryId, location)));

    /// <inheritdoc/>
    public void BackupSummary(BackupResult result, bool dryRun, TimeSpan duration)
    {
        SnapshotSummary summary = result.Summary;
        Write(output, CliJson.Line(new BackupSummaryMessage
        {
            DryRun = dryRun,
            FilesNew = summary.FilesNew,
            FilesChanged = summary.FilesChanged,
            FilesUnmodified = summary.FilesUnmodified,
            DirsNew = summary.DirsNew,
            DirsChanged = summary.DirsChanged,
            DirsUnmodified = summary.DirsUnmodified,
            DataBlobs = summary.DataBlobs,
            TreeBlobs = summary.TreeBlobs,
            DataAdded = summary.DataAdded,
            DataAddedPacked = summary.DataAddedPacked,
            TotalFilesProcessed = summary.TotalFilesProcessed,
            TotalBytesProcessed = summary.TotalBytesProcessed,
            TotalDuration = duration.TotalSeconds,
            BackupStart = Times.Format(summary.BackupStart),
            BackupEnd = Times.Format(summary.BackupEnd),
            SnapshotId = result.Snapshot?.ToString(),
            VerifiedFiles = result.Proof?.Files,
            VerifiedBytes = result.Proof?.Bytes,
        }));
    }

    /// <inheritdoc/>
    public void ProjectSummary(ProjectSummary summary) => BackupSummary(summary.Result, summary.DryRun, summary.Duration);

    /// <inheritdoc/>
    public void Alarm(Alarm alarm) => Write(error, CliJson.Line(new AlarmMessage(AlarmNames.Of(alarm.Kind), alarm.Message, alarm.Advice)));

    /// <inheritdoc/>
    public void DamagedAssets(AssetDamageReport report)
    {
        foreach (string line in report.ToJson())
        {
            Write(error, line);
        }
    }

    /// <inheritdoc/>
    public void RestoreStarts(SavedSnapshot snapshot, string target)
    {
    }

    /// <inheritdoc/>
    public void RestoreSummary(RestoreResult result, TimeSpan duration) => Write(output, CliJson.Line(new RestoreSummaryMessage
    {
        SecondsElapsed = (long)duration.TotalSeconds,
        TotalFiles = result.TotalEntries,
        FilesRestored = result.EntriesRestored,
        FilesSkipped = result.EntriesSkipped,
        FilesDeleted = result.EntriesDeleted,
        TotalBytes = result.TotalBytes,
        BytesRestored = result.BytesRestored,
        BytesSkipped = result.BytesSkipped,
    }));

    /// <inheritdoc/>
    public void CheckSummary(CheckReport report)
    {
        foreach (Consequence consequence in report.Damage?.Items ?? [])
        {
            Write(error, CliJson.Line(new DamageMessage(consequence, report.Damage!.IsAtLeast)));
        }

        Write(output, CliJson.Line(new CheckSummaryMessage(
            report.Errors,
            report.BrokenPacks.Count == 0 ? null : [.. report.BrokenPacks.Select(pack => pack.ToString())],
            report.SuggestRepairIndex,
            report.SuggestPrune)));
    }

    /// <inheritdoc/>
    public void Snapshots(IReadOnlyList<SnapshotGroup> groups, bool compact)
    {
        if (groups is [{ Key: null } all])
        {
            Write(output, CliJson.Line(Listed(all.Snapshots)));
            return;
        }

        IReadOnlyList<SnapshotGroupJson> listed =
        [
            .. groups.Select(group => new SnapshotGroupJson(
                new SnapshotGroupKeyJson(group.Key?.Hostname ?? "", group.Key?.Paths, group.Key?.Tags), Listed(group.Snapshots))),
        ];
        Write(output, CliJson.Line(listed));
    }

    /// <inheritdoc/>
    public void ListingStarts(SavedSnapshot snapshot, IReadOnlyList<string> folders) => Write(output, CliJson.Line(new ListedSnapshotMessage(snapshot)));

    /// <inheritdoc/>
    public void ListingEntry(string path, Node node, ListingStyle style) =>
        Write(output, CliJson.Line(new ListedNodeMessage(path, node)), flush: false);

    /// <inheritdoc/>
    public void Difference(string path, string modifier)
    {
        if (verbosity >= 1)
        {
            Write(output, CliJson.Line(new DifferenceMessage(path, modifier)), flush: false);
        }
    }

    /// <inheritdoc/>
    public void DifferenceSummary(string before, string after, DifferenceStatistics statistics) =>
        Write(output, CliJson.Line(new DifferenceStatisticsMessage(before, after, statistics)));

    /// <inheritdoc/>
    public void Found(FindResult result) => _found.AddRange(result.Files.Count > 0
        ? [CliJson.Line(new FindMatchesMessage(result))]
        : result.Objects.Select(found => CliJson.Line(new FindObjectMessage(found, result.Snapshot))));

    /// <inheritdoc/>
    public void FindFinished(IReadOnlyList<string> packs) => Write(output, string.Join('\n', [$"[{string.Join(',', _found)}]", .. packs]));

    /// <inheritdoc/>
    public void Forgetting(ForgetPlan plan, bool compact)
    {
        if (plan.Groups.Count > 0)
        {
            IReadOnlyList<ForgetGroupJson> groups = [.. plan.Groups.Select(group => new ForgetGroupJson(group))];
            Write(output, CliJson.Line(groups));
        }
    }

    /// <inheritdoc/>
    public void PrunePlanned(PruneStatistics statistics, bool dryRun)
    {
        if (dryRun)
        {
            Write(output, CliJson.Line(new PruneSummaryMessage(statistics, dryRun)));
        }
    }

    /// <inheritdoc/>
    public void PruneFinished(PruneStatistics statistics) => Write(output, CliJson.Line(new PruneSummaryMessage(statistics, dryRun: false)));

    /// <inheritdoc/>
    public void SnapshotChanged(SnapshotId old, SnapshotId replacement) =>
        Write(output, CliJson.Line(new ChangedMessage(old.ToString(), replacement.ToString())));

    /// <inheritdoc/>
    public void TagSummary(int changedSnapshots) => Write(output, CliJson.Line(new TagSummaryMessage(changedSnapshots)));

    /// <inheritdoc/>
    public void Unlocked(int count) => Write(output, CliJson.Line(new UnlockedMessage(count)));

    /// <inheritdoc/>
    public void Runs(IReadOnlyList<RunRecord> runs) => Write(output, CliJson.Line(runs));

    /// <inheritdoc/>
    public void RunDetails(RunRecord run, string folder) => Write(output, CliJson.Line(run));

    /// <inheritdoc/>
    public void Status(ProjectStatus status) => Write(output, CliJson.Line(ProjectStatusMessage.Of(status)));

    /// <inheritdoc/>
    public void Config(ConfigReport report) => Write(output, CliJson.Line(new ConfigMessage(report.File, report.Lines)));

    /// <inheritdoc/>
    public void EditorTasks(TaskMerge merge) => Write(output, CliJson.Line(new EditorTasksMessage(merge.Path, merge.Changed, merge.Added, merge.Updated)));

    /// <inheritdoc/>
    public void Version(ProgramVersion version) =>
        Write(output, CliJson.Line(new VersionMessage(version.Version, version.Runtime, version.System, version.Architecture)));

    /// <inheritdoc/>
    public void Report(IReport report) => Write(output, report.ToJson());

    /// <inheritdoc/>
    public void Failure(string message, int exitCode) => Write(error, CliJson.Line(new ExitErrorMessage(exitCode, message)));

    private static IReadOnlyList<SnapshotJson> Listed(IReadOnlyList<SavedSnapshot> snapshots) => [.. snapshots.Select(saved => new SnapshotJson(saved))];

    private static string BackupStatus(OperationCounters counters, TimeSpan elapsed, RemainingTime remaining)
    {
        long totalBytes = Volatile.Read(ref counters.TotalBytes);
        long bytesDone = Volatile.Read(ref counters.BytesDone);
        bool known = Volatile.Read(ref counters.TotalsKnown) != 0;
        IReadOnlyList<string> items = counters.CurrentItems;
        return CliJson.Line(new BackupStatusMessage
        {
            SecondsElapsed = (long)elapsed.TotalSeconds,
            SecondsRemaining = (long)(remaining.Update(elapsed, bytesDone, known ? totalBytes : null)?.TotalSeconds ?? 0),
            PercentDone = known ? ProgressLines.Fraction(counters) : 0,
            TotalFiles = Volatile.Read(ref counters.TotalFiles),
            FilesDone = Volatile.Read(ref counters.FilesDone),
            TotalBytes = totalBytes,
            BytesDone = bytesDone,
            ErrorCount = Volatile.Read(ref counters.Errors),
            CurrentFiles = items.Count == 0 ? null : items,
        });
    }

    private static string RestoreStatus(OperationCounters counters, TimeSpan elapsed) => CliJson.Line(new RestoreStatusMessage
    {
        SecondsElapsed = (long)elapsed.TotalSeconds,
        PercentDone = ProgressLines.Fraction(counters),
        TotalFiles = Volatile.Read(ref counters.TotalFiles),
        FilesRestored = Volatile.Read(ref counters.FilesDone),
        FilesSkipped = Volatile.Read(ref counters.FilesSkipped),
        FilesDeleted = Volatile.Read(ref counters.FilesDeleted),
        TotalBytes = Volatile.Read(ref counters.TotalBytes),
        BytesRestored = Volatile.Read(ref counters.BytesDone),
        BytesSkipped = Volatile.Read(ref counters.BytesSkipped),
    });

    private void Write(TextWriter writer, string line, bool flush = true)
    {
        lock (_gate)
        {
            writer.Write(line + "\n");
            if (flush)
            {
                writer.Flush();
            }
        }
    }
}
