using System.Globalization;
using System.Text;
using Sots.Cli.Output;

namespace Sots.Cli.Runs;

/// <summary>
/// The log of one run: a line an event, with time and level, flushed with every warning and once a second, so that a run which is killed
/// has told its story. Where it cannot be written the run goes on without it, with one warning. Thread safe; never throws.
/// </summary>
/// <remarks>
/// The folder of the logs is part of what a first run makes, so lines wait (256 Ki characters at most) until the place can be opened.
/// </remarks>
internal sealed class RunLog : IDisposable
{
    private const int MaxWaiting = 256 * 1024;
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly RunLogOptions _options;
    private readonly Func<Stream?> _open;
    private readonly Action<string> _warn;
    private readonly ITimer _flushing;
    private readonly StringBuilder _waiting = new();
    private StreamWriter? _writer;
    private long _bytes;
    private bool _unflushed, _detailCut, _cut, _ended;

    /// <summary>Begins a log.</summary>
    /// <param name="clock">Time and time zone.</param>
    /// <param name="options">How long it may grow.</param>
    /// <param name="open">Opens the file; null while its place is not there yet. May throw as opening a file does.</param>
    /// <param name="warn">Told once where the log cannot be written.</param>
    public RunLog(TimeProvider clock, RunLogOptions options, Func<Stream?> open, Action<string> warn)
    {
        _clock = clock;
        _options = options;
        _open = open;
        _warn = warn;
        _flushing = clock.CreateTimer(_ => Tick(), null, FlushInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether there is a file.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return _writer is not null;
            }
        }
    }

    /// <summary>Adds an event. Further lines of a text are indented below its first.</summary>
    public void Write(RunLogLevel level, string text) => Write(level, text, always: level == RunLogLevel.Error);

    /// <summary>Adds the line that every log ends with, however long it is.</summary>
    public void WriteEnd(RunLogLevel level, string text) => Write(level, text, always: true);

    private void Write(RunLogLevel level, string text, bool always)
    {
        string trimmed = text.Trim('\n', '\r');
        if (trimmed.Length == 0)
        {
            return;
        }

        Guarded(() =>
        {
            if (_ended || (!always && IsCut(level)))
            {
                return;
            }

            Add(Line(level, trimmed));
            if (level >= RunLogLevel.Warn)
            {
                FlushNow();
            }
        });
    }

    /// <summary>Opens the file if it can be opened by now, and hands what was written to the system.</summary>
    public void Flush() => Guarded(FlushNow);

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush();
        lock (_gate)
        {
            _flushing.Dispose();
            _ended = true;
            Close();
        }
    }

    private void FlushNow()
    {
        _writer ??= Open();
        if (_writer is not null && _unflushed)
        {
            _writer.Flush();
            _unflushed = false;
        }
    }

    /// <summary>From half of the length on no detail, at the whole nothing but the end; said where it begins.</summary>
    private bool IsCut(RunLogLevel level)
    {
        long limit = level == RunLogLevel.Debug ? _options.LongestLogBytes / 2 : _options.LongestLogBytes;
        if (_bytes < limit)
        {
            return false;
        }

        ref bool said = ref level == RunLogLevel.Debug ? ref _detailCut : ref _cut;
        if (!said)
        {
            said = true;
            string what = level == RunLogLevel.Debug ? "the log is long: details are left out from here on" : "the log is too long: only the end of the run is added";
            Add(Line(RunLogLevel.Info, what));
        }

        return true;
    }

    private string Line(RunLogLevel level, string text)
    {
        string time = _clock.GetLocalNow().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        return $"{time} {level.ToString().ToUpperInvariant(),-5} {string.Join("\n", Indented(text))}\n";
    }

    private static IEnumerable<string> Indented(string text) => PrintableText.EscapeLines(text.ReplaceLineEndings("\n")).Split('\n')
        .Where(static (line, index) => index == 0 || line.Length > 0)
        .Select(static (line, index) => index == 0 ? line : "    " + line);

    private void Add(string line)
    {
        _writer ??= Open();
        _bytes += Utf8.GetByteCount(line);
        if (_writer is not null)
        {
            _writer.Write(line);
            _unflushed = true;
        }
        else if (_waiting.Length < MaxWaiting)
        {
            _waiting.Append(line);
        }
    }

    private StreamWriter? Open()
    {
        if (_open() is not { } stream)
        {
            return null;
        }

        StreamWriter writer = new(stream, Utf8, 16 * 1024);
        writer.Write(_waiting.ToString());
        _waiting.Clear();
        _unflushed = true;
        return writer;
    }

    private void Tick()
    {
        Flush();
        lock (_gate)
        {
            if (!_ended)
            {
                _flushing.Change(FlushInterval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>A log that fails ends; the run does not.</summary>
    private void Guarded(Action action)
    {
        string? failure = null;
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            try
            {
                action();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or System.Security.SecurityException)
            {
                _ended = true;
                _flushing.Dispose();
                failure = e.Message;
                Close();
            }
        }

        if (failure is not null)
        {
            _warn($"warning: the log of this run cannot be written: {failure}; the run goes on without it");
        }
    }

    private void Close()
    {
        try
        {
            _writer?.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What could not be written has been said.
        }

        _writer = null;
    }
}
