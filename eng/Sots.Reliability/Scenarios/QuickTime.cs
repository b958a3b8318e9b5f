namespace Sots.Reliability.Scenarios;

/// <summary>
/// A clock for work that is over in milliseconds. Who waits for something (a second attempt, others to settle) has waited at once, and the
/// clock has moved on by as much; what comes round every so often (a lock being kept fresh, the limits of last resort) never comes.
/// </summary>
internal sealed class QuickTime(DateTimeOffset start) : TimeProvider
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(10), LongestWait = TimeSpan.FromSeconds(20), BeforeRound = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private TimeSpan _elapsed;
    private int _roundsAllowed;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return start + _elapsed;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _elapsed.Ticks;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (MayPass(dueTime))
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => callback(state), null);
        }

        return new Nothing();
    }

    /// <summary>Ten seconds are a wait only after five were waited: for a lock file that cannot be read.</summary>
    private bool MayPass(TimeSpan due)
    {
        lock (_gate)
        {
            bool passes = due >= TimeSpan.Zero && due <= LongestWait && (due != Round || _roundsAllowed-- > 0);
            _roundsAllowed = Math.Max(0, _roundsAllowed) + (due == BeforeRound ? 1 : 0);
            _elapsed += passes ? due : TimeSpan.Zero;
            return passes;
        }
    }

    private sealed class Nothing : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
