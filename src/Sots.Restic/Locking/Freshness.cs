namespace Sots.Restic.Locking;

/// <summary>
/// How long ago our lock was written, by the clock or by the timer, whichever says more: the clock stands for sleep, which stops timers;
/// the timer for a clock that was set back.
/// </summary>
internal sealed class Freshness(TimeProvider time)
{
    private readonly TimeProvider _time = time;
    private readonly Lock _gate = new();
    private DateTimeOffset _wall = time.GetUtcNow();
    private long _timer = time.GetTimestamp();

    /// <summary>Time since the last write.</summary>
    public TimeSpan Age
    {
        get
        {
            lock (_gate)
            {
                TimeSpan wall = _time.GetUtcNow() - _wall;
                TimeSpan timer = _time.GetElapsedTime(_timer);
                return wall > timer ? wall : timer;
            }
        }
    }

    /// <summary>The instant to hand to <see cref="Renew"/>: taken before the write, so that its duration counts as age.</summary>
    public (DateTimeOffset Wall, long Timer) Now => (_time.GetUtcNow(), _time.GetTimestamp());

    /// <summary>The lock was written anew.</summary>
    public void Renew((DateTimeOffset Wall, long Timer) written)
    {
        lock (_gate)
        {
            (_wall, _timer) = written;
        }
    }
}
