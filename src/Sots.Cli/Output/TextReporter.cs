using System.Globalization;
using System.Text;
using Sots.Backup;
using Sots.Backup.Alarms;
using Sots.Backup.Comparing;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Retention;
using Sots.Cli.Assets;
using Sots.Cli.Configuration;
using Sots.Cli.Runs;
using Sots.Restic;
using Sots.Restic.Maintenance;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Cli.Output;

/// <summary>Writes restic's text, line by line as wrappers expect it, with a live display on a terminal.</summary>
/// <param name="output">Results and messages.</param>
/// <param name="error">Problems.</param>
/// <param name="clock">Time and the local time zone.</param>
/// <param name="verbosity">0 quiet, 1 normal, 2 (-v), 3 (-vv).</param>
/// <param name="screen">A terminal for the live display, or null.</param>
/// <param name="plainInterval">Time between two looks at the progress, or null: on a terminal ten a second, elsewhere none.</param>
/// <param name="style">How talkative it is; null for restic's way.</param>
internal sealed class TextReporter(
    TextWriter output, TextWriter error, TimeProvider clock, int verbosity, TerminalScreen? screen, TimeSpan? plainInterval, TextStyle? style = null) : IReporter
{
    private const int ExitPatienceMilliseconds = 200;
    private static readonly TimeSpan DrawInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MilestoneInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ProgressView? _view = screen is null ? null : new ProgressView(screen);
    private readonly TextStyle _style = style ?? TextStyle.OfRestic;
    private ProgressKind _kind;
    private long _problems;
    private bool _ended;
    private bool _anyFound;

    /// <inheritdoc/>
    public bool WantsItems => verbosity >= 3;

    /// <inheritdoc/>
    public void Message(string text) => WriteFrom(1, PrintableText.EscapeLines(text));

    /// <inheritdoc/>
    public void Detail(string text) => WriteFrom(2, PrintableText.EscapeLines(text));

    /// <inheritdoc/>
    public void Warning(string text) => Write(error, PrintableText.EscapeLines(text));

    /// <inheritdoc/>
    public void Item(in ItemEvent item) => WriteFrom(3, ItemText.Of(item, _kind));

    /// <inheritdoc/>
    public void Problem(ProblemEvent problem)
    {
        string item = problem.Item.Length == 0 || problem.Message.Contains(problem.Item, StringComparison.Ordinal) ? "" : problem.Item + ": ";
        string prefix = problem.During switch { "check" or "scan" => "", "restore" => "ignoring error for ", _ => "error: " };
        long number = Interlocked.Increment(ref _problems);
        if (number <= _style.MaxProblems)
        {
            Write(error, PrintableText.EscapeLines(prefix + item + problem.Message));
        }
        else if (number == _style.MaxProblems + 1)
        {
            Write(error, "further problems are not shown here");
        }
    }

    /// <inheritdoc/>
    public void ScanFinished(long files, long bytes, TimeSpan duration) =>
        Detail(string.Create(CultureInfo.InvariantCulture, $"scan finished in {Durations.Seconds(duration)}: {files} files, {Sizes.Format(bytes)}"));

    /// <inheritdoc/>
    public IAsyncDisposable Track(ProgressKind kind, OperationCounters counters)
    {
        _kind = kind;
        RemainingTime pace = new();
        Milestones milestones = new();
        return (verbosity, _view, plainInterval) switch
        {
            (0, _, _) => NoProgress.Instance,
            (_, { } view, _) => new ProgressTicker(
                clock, plainInterval ?? DrawInterval, (elapsed, last) => Draw(view, ProgressFrame.Take(kind, counters, elapsed, pace), counters, last)),
            (_, null, { } interval) => new ProgressTicker(clock, interval, (elapsed, _) => Write(output, PlainLine(elapsed))),
            _ when _style.Milestones => new ProgressTicker(clock, MilestoneInterval, (elapsed, last) => Milestone(elapsed, last)),
            _ => NoProgress.Instance,
        };

        // Programs that drive restic and ask for these lines read restic's.
        string PlainLine(TimeSpan elapsed) => ProgressLines.Of(kind, counters, elapsed, ProgressFrame.Take(kind, counters, elapsed, pace).Remaining)[0];

        void Milestone(TimeSpan elapsed, bool last)
        {
            if (!last && milestones.Next(ProgressFrame.Take(kind, counters, elapsed, pace)) is { } line)
            {
                Write(output, line);
            }
        }
    }

    /// <inheritdoc/>
    public void Initialized(string repositoryId, string location, bool remind = true) => WriteFrom(1, $"created restic repository {repositoryId[..10]} at {PrintableText.Escape(location)}" + (remind ? """


        Please note that knowledge of your password is required to access
        the repository. Losing your password means that your data is
        irrecoverably lost.
        """ : ""));

    /// <inheritdoc/>
    public void BackupSummary(BackupResult result, bool dryRun, TimeSpan duration) =>
        WriteFrom(1, SummaryText.OfBackup(result, dryRun, duration, withBlobs: verbosity >= 2));

    /// <inheritdoc/>
    public void ProjectSummary(ProjectSummary summary) => WriteFrom(1, summary.ToText());

    /// <inheritdoc/>
    public void Alarm(Alarm alarm) => Write(error, PrintableText.EscapeLines($"warning: {alarm.Message}\n  {alarm.Advice}"));

    /// <inheritdoc/>
    public void DamagedAssets(AssetDamageReport report)
    {
        if (report.New.Count > 0)
        {
            Write(error, report.ToText(all: false));
        }
        else
        {
            WriteFrom(1, report.ToText(all: false));
        }
    }

    /// <inheritdoc/>
    public void RestoreStarts(SavedSnapshot snapshot, string target) => WriteFrom(1, $"restoring {Named(snapshot)} to {PrintableText.Escape(target)}");

    /// <inheritdoc/>
    public void RestoreSummary(RestoreResult result, TimeSpan duration) => WriteFrom(1, SummaryText.OfRestore(result, duration));

    /// <inheritdoc/>
    public void CheckSummary(CheckReport report)
    {
        // "no errors were found" is the operation's own last message.
        if (SummaryText.AdviceAfterCheck(report, clock.LocalTimeZone) is { } advice)
        {
            if (report.Errors == 0)
            {
                WriteFrom(1, advice);
            }
            else
            {
                Write(error, advice);
            }
        }
    }

    /// <inheritdoc/>
    public void Snapshots(IReadOnlyList<SnapshotGroup> groups, bool compact)
    {
        string text = SnapshotTable.Format(groups, compact, clock.LocalTimeZone);
        if (text.Length > 0)
        {
            Write(output, text.TrimEnd('\n'));
        }
    }

    /// <inheritdoc/>
    public void ListingStarts(SavedSnapshot snapshot, IReadOnlyList<string> folders) =>
        WriteFrom(1, $"{Named(snapshot)} filtered by [{string.Join(' ', folders.Select(PrintableText.Escape))}]:");

    /// <inheritdoc/>
    public void ListingEntry(string path, Node node, ListingStyle style) =>
        Write(output, FindText.Entry(path, node, style, clock.LocalTimeZone), flush: false);

    /// <inheritdoc/>
    public void Found(FindResult result)
    {
        string text = FindText.Of(result, withHeading: verbosity >= 1, isFirst: !_anyFound, clock.LocalTimeZone);
        _anyFound = true;
        Write(output, text);
    }

    /// <inheritdoc/>
    public void FindFinished(IReadOnlyList<string> packs)
    {
        foreach (string line in packs)
        {
            Write(output, line);
        }
    }

    /// <inheritdoc/>
    public void Difference(string path, string modifier)
    {
        if (verbosity >= 1)
        {
            Write(output, $"{modifier,-5}{PrintableText.Escape(path)}", flush: false);
        }
    }

    /// <inheritdoc/>
    public void DifferenceSummary(string before, string after, DifferenceStatistics statistics) => Write(output, SummaryText.OfDifference(statistics));

    /// <inheritdoc/>
    public void Forgetting(ForgetPlan plan, bool compact)
    {
        foreach (ForgetGroup group in plan.Groups)
        {
            WriteFrom(1, ForgetText.Of(group, compact, withHeading: verbosity >= 2, clock.LocalTimeZone));
        }
    }

    /// <inheritdoc/>
    public void PrunePlanned(PruneStatistics statistics, bool dryRun) => WriteFrom(1, PruneText.Of(statistics, dryRun, withDetails: verbosity >= 2));

    /// <inheritdoc/>
    public void PruneFinished(PruneStatistics statistics) => WriteFrom(1, "done");

    /// <inheritdoc/>
    public void SnapshotChanged(SnapshotId old, SnapshotId replacement) => WriteFrom(2, $"old snapshot ID: {old} -> new snapshot ID: {replacement}");

    /// <inheritdoc/>
    public void TagSummary(int changedSnapshots) => WriteFrom(
        1, changedSnapshots == 0 ? "no snapshots were modified" : string.Create(CultureInfo.InvariantCulture, $"modified {changedSnapshots} snapshots"));

    /// <inheritdoc/>
    public void Unlocked(int count)
    {
        if (count > 0)
        {
            WriteFrom(1, string.Create(CultureInfo.InvariantCulture, $"successfully removed {count} locks"));
        }
    }

    /// <inheritdoc/>
    public void Runs(IReadOnlyList<RunRecord> runs) => Write(output, RunText.Table(runs));

    /// <inheritdoc/>
    public void RunDetails(RunRecord run, string folder) => Write(output, RunText.Details(run, folder, clock.LocalTimeZone));

    /// <inheritdoc/>
    public void Status(ProjectStatus status) => Write(output, status.ToText(clock.LocalTimeZone));

    /// <inheritdoc/>
    public void Config(ConfigReport report) => Write(output, report.ToText());

    /// <inheritdoc/>
    public void Version(ProgramVersion version) => Write(output, version.ToString());

    /// <inheritdoc/>
    public void Report(IReport report)
    {
        // Some have something to say to programs only.
        if (report.ToText() is { Length: > 0 } text)
        {
            WriteFrom(1, PrintableText.EscapeLines(text));
        }
    }

    /// <inheritdoc/>
    public void Failure(string message, int exitCode) => Write(error, PrintableText.EscapeLines(message));

    private string Named(SavedSnapshot saved)
    {
        Snapshot snapshot = saved.Snapshot;
        string paths = string.Join(' ', (snapshot.Paths ?? []).Select(PrintableText.Escape));
        string who = PrintableText.Escape(snapshot.Username + "@" + snapshot.Hostname);
        return $"snapshot {saved.Id.Value.ToShortString()} of [{paths}] at {Times.LocalExact(snapshot.Time, clock.LocalTimeZone)} by {who}";
    }

    private void Draw(ProgressView view, ProgressFrame frame, OperationCounters counters, bool last)
    {
        List<string> lines = ProgressBar.Lines(frame, counters.CurrentItems, screen!.Width(), screen.Blocks);
        lock (_gate)
        {
            screen.AtExit = EndAtOnce;
            if (last || _ended)
            {
                view.End();
            }
            else
            {
                view.Draw(lines, screen.Taskbar ? TaskbarProgress.Of(frame.Known ? frame.Fraction : null, frame.Errors > 0) : "");
            }
        }
    }

    /// <summary>For a process that ends without unwinding. Another thread may be stuck in a write; nobody waits for it then.</summary>
    private void EndAtOnce()
    {
        if (!_gate.TryEnter(ExitPatienceMilliseconds))
        {
            return;
        }

        try
        {
            _ended = true;
            _view?.End();
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void WriteFrom(int level, string text)
    {
        if (verbosity >= level)
        {
            Write(output, text);
        }
    }

    private void Write(TextWriter writer, string text, bool flush = true)
    {
        lock (_gate)
        {
            _view?.Clear();
            writer.Write(new StringBuilder(text.Length + 1).Append(text).Replace("\r\n", "\n").Append('\n').ToString());
            if (flush)
            {
                writer.Flush();
            }
        }
    }
}
