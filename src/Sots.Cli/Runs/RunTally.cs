using Sots.Backup.Alarms;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Cli.Output;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Runs;

/// <summary>Collects what the record of a run will say. Thread safe; takes room for a few problems only, however many there are.</summary>
internal sealed class RunTally
{
    /// <summary>Problems that are recorded one by one.</summary>
    public const int MaxErrors = 20;

    private const int MaxText = 500;

    private readonly Lock _gate = new();
    private readonly List<RunProblem> _errors = [];
    private readonly List<RunAlarm> _alarms = [];
    private RunCounts? _counts;
    private long _problems, _warnings;
    private readonly List<string> _forgotten = [];
    private string? _snapshot, _message, _repository, _contentRead, _readData;
    private bool _someSnapshots;

    /// <summary>A problem with one file.</summary>
    public void Add(ProblemEvent problem)
    {
        lock (_gate)
        {
            _problems++;
            if (_errors.Count < MaxErrors)
            {
                _errors.Add(new RunProblem(problem.During, Cut(problem.Item), Cut(problem.Message)));
            }
        }
    }

    /// <summary>A warning.</summary>
    public void AddWarning() => Interlocked.Increment(ref _warnings);

    /// <summary>Something suspicious.</summary>
    public void Add(Alarm alarm)
    {
        lock (_gate)
        {
            _alarms.Add(new RunAlarm(AlarmNames.Of(alarm.Kind), Cut(alarm.Message)));
        }
    }

    /// <summary>A backup is over.</summary>
    public void Add(BackupResult result, long? gone)
    {
        SnapshotSummary summary = result.Summary;
        lock (_gate)
        {
            _snapshot = result.Snapshot?.ToString();
            _counts = new RunCounts
            {
                Files = Count(summary.TotalFilesProcessed),
                Bytes = Count(summary.TotalBytesProcessed),
                FilesNew = Count(summary.FilesNew),
                FilesChanged = Count(summary.FilesChanged),
                FilesUnmodified = Count(summary.FilesUnmodified),
                FilesGone = gone,
                AddedBytes = Count(summary.DataAdded),
                StoredBytes = Count(summary.DataAddedPacked),
                FilesVerified = result.Proof?.Files,
                BytesVerified = result.Proof?.Bytes,
            };
        }
    }

    /// <summary>A repository was opened; the id is empty where its config cannot be read.</summary>
    public void AddRepository(string id)
    {
        lock (_gate)
        {
            _repository = id.Length > 0 ? id : null;
        }
    }

    /// <summary>Snapshots are going to be removed or replaced, or are gone with the user's knowledge.</summary>
    public void AddForgotten(IEnumerable<string> ids)
    {
        lock (_gate)
        {
            _forgotten.AddRange(ids);
        }
    }

    /// <summary>How much of the content a check reads.</summary>
    public void AddContentRead(string share)
    {
        lock (_gate)
        {
            _contentRead = share;
        }
    }

    /// <summary>A restore begins.</summary>
    public void AddSource(string snapshot)
    {
        lock (_gate)
        {
            _snapshot = snapshot;
        }
    }

    /// <summary>A restore is over.</summary>
    public void Add(RestoreResult result)
    {
        lock (_gate)
        {
            _counts = new RunCounts
            {
                Files = result.TotalEntries,
                Bytes = result.TotalBytes,
                FilesRestored = result.EntriesRestored,
                BytesRestored = result.BytesRestored,
                FilesSkipped = result.EntriesSkipped,
                FilesDeleted = result.EntriesDeleted,
            };
        }
    }

    /// <summary>A drill is over.</summary>
    public void Add(DrillResult result)
    {
        lock (_gate)
        {
            _counts = new RunCounts { Files = result.Files, Bytes = result.Bytes, FilesVerified = result.WholeFiles, Snapshots = result.Snapshots };
        }
    }

    /// <summary>A check reads a part of the stored data, or all of it.</summary>
    public void AddReadData(string part)
    {
        lock (_gate)
        {
            _readData = part;
        }
    }

    /// <summary>A check looks at some of the snapshots only.</summary>
    public void AddSomeSnapshots()
    {
        lock (_gate)
        {
            _someSnapshots = true;
        }
    }

    /// <summary>Why it ended as it did.</summary>
    public void AddFailure(string message)
    {
        lock (_gate)
        {
            _message = Cut(message);
        }
    }

    /// <summary>The record of the end.</summary>
    public RunRecord Complete(RunRecord start, DateTimeOffset end, int exitCode)
    {
        lock (_gate)
        {
            return start with
            {
                Event = RunRecord.EndEvent,
                End = end,
                Outcome = RunOutcome.Of(exitCode),
                ExitCode = exitCode,
                Snapshot = _snapshot,
                Repository = _repository,
                Forgotten = _forgotten.Count == 0 ? null : [.. _forgotten],
                ContentRead = _contentRead,
                Counts = _counts,
                ReadData = _readData,
                SomeSnapshots = _someSnapshots,
                Problems = _problems,
                Errors = _errors.Count == 0 ? null : [.. _errors],
                Warnings = Interlocked.Read(ref _warnings),
                Message = exitCode == Cli.ExitCode.Complete ? null : _message,
                Alarms = _alarms.Count == 0 ? null : [.. _alarms],
            };
        }
    }

    private static string Cut(string text) => text.Length <= MaxText ? text : string.Concat(text.AsSpan(0, MaxText), "…");

    private static long Count(ulong value) => (long)Math.Min(value, long.MaxValue);
}
