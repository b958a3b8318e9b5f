namespace Sots.Cli.Output;

/// <summary>Calls a display at a fixed pace until disposed, then once more. A tick that takes long delays the next, never overlaps it.</summary>
internal sealed class ProgressTicker : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Action<TimeSpan, bool> _tick;
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly Task _loop;

    /// <summary>Starts ticking.</summary>
    /// <param name="clock">Time.</param>
    /// <param name="interval">Between ticks.</param>
    /// <param name="tick">Gets the time since the start, and true on the last call.</param>
    public ProgressTicker(TimeProvider clock, TimeSpan interval, Action<TimeSpan, bool> tick)
    {
        _clock = clock;
        _tick = tick;
        _start = clock.GetTimestamp();
        _loop = TickAsync(interval);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
        _tick(_clock.GetElapsedTime(_start), true);
    }

    private async Task TickAsync(TimeSpan interval)
    {
        using PeriodicTimer timer = new(interval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                _tick(_clock.GetElapsedTime(_start), false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped: the last call is made by DisposeAsync, after this loop has ended.
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
