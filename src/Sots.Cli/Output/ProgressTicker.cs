namespace Sots.Cli.Output;

/// <summary>Calls a display at a fixed pace until disposed, then once more. A tick that takes long delays the next, never overlaps it.</summary>
internal sealed class ProgressTicker : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Action<TimeSpan, bool> _tick;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _interval;
    private readonly long _start;
    private readonly ITimer _timer;
    private bool _stopped;

    /// <summary>Starts ticking.</summary>
    /// <param name="clock">Time.</param>
    /// <param name="interval">Between ticks.</param>
    /// <param name="tick">Gets the time since the start, and true on the last call.</param>
    public ProgressTicker(TimeProvider clock, TimeSpan interval, Action<TimeSpan, bool> tick)
    {
        _clock = clock;
        _tick = tick;
        _interval = interval;
        _start = clock.GetTimestamp();
        lock (_gate)
        {
            _timer = clock.CreateTimer(_ => Tick(), null, interval, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (!_stopped)
            {
                _stopped = true;
                _timer.Dispose();
                _tick(_clock.GetElapsedTime(_start), true);
            }
        }

        return ValueTask.CompletedTask;
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (!_stopped)
            {
                _tick(_clock.GetElapsedTime(_start), false);
                _timer.Change(_interval, Timeout.InfiniteTimeSpan);
            }
        }
    }
}

/// <summary>Nothing is shown.</summary>
internal sealed class NoProgress : IAsyncDisposable
{
    /// <summary>The one instance.</summary>
    public static NoProgress Instance { get; } = new();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
