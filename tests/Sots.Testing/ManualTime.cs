namespace Sots.Testing;

/// <summary>
/// A clock that moves only when told to. Timers run inside <see cref="Advance"/>, in the order they are due, and so does what waits for
/// them; when it returns, everything that could happen until then has happened.
/// </summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private TimeSpan _elapsed;
    private TimeSpan _wallShift;

    /// <summary>The wall clock at the beginning: 2026-01-02 03:04:05 UTC.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(2), "test", "test");

    /// <summary>Time that timers have seen.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
            {
                return _elapsed;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return Start + _elapsed + _wallShift;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => Elapsed.Ticks;

    /// <summary>Moves the wall clock alone: a machine that slept, or a clock that was set.</summary>
    public void ShiftWall(TimeSpan by)
    {
        lock (_gate)
        {
            _wallShift += by;
        }
    }

    /// <summary>Lets time pass.</summary>
    public void Advance(TimeSpan by)
    {
        TimeSpan end = Elapsed + by;
        while (TakeNext(end) is ManualTimer due)
        {
            due.Fire();
        }

        lock (_gate)
        {
            _elapsed = end;
        }
    }

    /// <summary>Lets time pass from timer to timer until a task is done, at most a day.</summary>
    public async Task<T> RunAsync<T>(Task<T> task)
    {
        TimeSpan end = Elapsed + TimeSpan.FromDays(1);
        while (!task.IsCompleted && TakeNext(end) is ManualTimer due)
        {
            due.Fire();
        }

        return task.IsCompleted ? await task : throw new InvalidOperationException("The task waits for something else than time.");
    }

    /// <summary>Lets time pass from timer to timer until a task is done, at most a day.</summary>
    public Task RunAsync(Task task)
    {
        return RunAsync(Wrap(task));

        static async Task<bool> Wrap(Task inner)
        {
            await inner;
            return true;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period != Timeout.InfiniteTimeSpan && period != TimeSpan.Zero)
        {
            throw new NotSupportedException("Only timers that run once.");
        }

        ManualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeNext(TimeSpan end)
    {
        lock (_gate)
        {
            ManualTimer? next = _timers.MinBy(timer => timer.Due);
            if (next is null || next.Due > end)
            {
                return null;
            }

            _timers.Remove(next);
            _elapsed = next.Due > _elapsed ? next.Due : _elapsed;
            return next;
        }
    }

    private sealed class ManualTimer(ManualTime owner, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                owner._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = owner._elapsed + dueTime;
                    owner._timers.Add(this);
                }

                return true;
            }
        }

        public void Dispose()
        {
            lock (owner._gate)
            {
                owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
