using Sots.Backup.Credentials;
using Sots.Cli.Output;

namespace Sots.Cli.Runs;

/// <summary>One run on the disk: its log, and its lines in the record of all runs. Never fails the run.</summary>
internal sealed class RunJournal : IDisposable
{
    private const int MaxAttempts = 20;

    private readonly CliEnvironment _environment;
    private readonly RunLogFolder _folder;
    private readonly RunLogOptions _options;
    private readonly Action<string> _warn;
    private bool _warned;
    private readonly RunRecords _records;
    private RunRecord _start;
    private bool _begun, _recordFailed;

    /// <summary>Begins a run. Its files are made as soon as their folder can be.</summary>
    /// <param name="environment">Clock and host.</param>
    /// <param name="verb">The command.</param>
    /// <param name="dryRun">Whether nothing is to be written. Recorded at the start: also a run that never ends has to be told from one that was to save.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="options">How much.</param>
    /// <param name="warn">Told once where log or record cannot be written.</param>
    public RunJournal(CliEnvironment environment, string verb, bool dryRun, RunLogFolder folder, RunLogOptions options, Action<string> warn)
    {
        _environment = environment;
        _folder = folder;
        _options = options;
        _warn = warn;
        _records = new RunRecords(folder.Path, environment.Clock);
        DateTimeOffset now = environment.Clock.GetLocalNow();
        _start = new RunRecord
        {
            Event = RunRecord.StartEvent,
            Id = RunName.Of(now, verb, Environment.ProcessId, attempt: 1),
            Verb = verb,
            Start = now,
            DryRun = dryRun,
            Host = environment.Host,
            Pid = Environment.ProcessId,
            ProcessStart = RunLiveness.OwnStart(),
            Version = ProgramVersion.Current.Version,
        };
        Log = new RunLog(environment.Clock, options, Open, WarnOnce);
    }

    /// <summary>The log.</summary>
    public RunLog Log { get; }

    /// <summary>What the record will say.</summary>
    public RunTally Tally { get; } = new();

    /// <summary>Folder of logs and record.</summary>
    public string Folder => _folder.Path;

    /// <summary>Path of the log; null as long as there is none.</summary>
    public string? LogPath => Log.IsOpen ? Path.Combine(_folder.Path, _start.Log!) : null;

    /// <summary>The run is over. Old logs go now.</summary>
    public void End(int exitCode)
    {
        RunLogLevel level = exitCode == ExitCode.Complete ? RunLogLevel.Info : RunLogLevel.Error;
        Log.WriteEnd(level, $"ended: {RunOutcome.Of(exitCode)} (exit code {exitCode}), after {Durations.Format(_environment.Clock.GetUtcNow() - _start.Start)}");
        Log.Flush();
        if (!_begun)
        {
            return;
        }

        Record(Tally.Complete(_start, _environment.Clock.GetLocalNow(), exitCode));
        _records.TryThin(_options.KeepRecords);
        RunLogThinning.Run(_folder.Path, new RunLiveness(_folder.Path, _environment.Host), _environment.Clock.GetUtcNow(), _options);
    }

    /// <inheritdoc/>
    public void Dispose() => Log.Dispose();

    /// <summary>
    /// Opens the log. The folder is made where the one it lies in is there: what does not exist yet is for the command to make, or to refuse.
    /// </summary>
    private FileStream? Open()
    {
        if (!_folder.IsChosen && !Directory.Exists(Path.GetDirectoryName(_folder.Path)))
        {
            return null;
        }

        OwnerOnlyAccess.Current.CreateFolder(_folder.Path);
        FileStream file = Create();
        _begun = true;
        Record(_start);
        return file;
    }

    private FileStream Create()
    {
        for (int attempt = 1; ; attempt++)
        {
            string id = RunName.Of(_start.Start, _start.Verb, _start.Pid, attempt);
            string path = Path.Combine(_folder.Path, id + ".log");
            try
            {
                // Sharing no more than reading holds the log for as long as the run lives: nobody thins it out meanwhile.
                FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
                _start = _start with { Id = id, Log = id + ".log" };
                return file;
            }
            catch (IOException) when (attempt < MaxAttempts && File.Exists(path))
            {
                // The same second, verb and process id: another host, or another container.
            }
        }
    }

    private void WarnOnce(string text)
    {
        if (!_warned)
        {
            _warned = true;
            _warn(text);
        }
    }

    private void Record(RunRecord record) => Guarded(() => _records.Append(record));

    private void Guarded(Action action)
    {
        if (_recordFailed)
        {
            return;
        }

        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _recordFailed = true;
            WarnOnce($"warning: this run cannot be recorded in {Path.Combine(_folder.Path, RunRecords.FileName)}: {e.Message}");
        }
    }
}
