namespace Sots.Cli.Output;

/// <summary>
/// Estimates how long is left. The rate is smoothed over about half a minute, so that one large cached file does not make the estimate
/// jump, and nothing is said before there is something to go by. Not thread safe: one display asks.
/// </summary>
internal sealed class RemainingTime
{
    private const double SmoothingSeconds = 30;
    private const double SilentSeconds = 2;
    private double _rate;
    private double _lastSeconds;
    private long _lastBytes;

    /// <summary>The smoothed rate in bytes a second; 0 while it cannot be known.</summary>
    public double BytesPerSecond => _lastSeconds < SilentSeconds ? 0 : _rate;

    /// <summary>Takes a reading and returns the time left, or null while it cannot be known.</summary>
    /// <param name="elapsed">Since the start.</param>
    /// <param name="doneBytes">Done so far.</param>
    /// <param name="totalBytes">The whole, or null where it is not known yet.</param>
    public TimeSpan? Update(TimeSpan elapsed, long doneBytes, long? totalBytes)
    {
        double now = elapsed.TotalSeconds;
        double passed = now - _lastSeconds;
        if (passed > 0)
        {
            double current = Math.Max(0, doneBytes - _lastBytes) / passed;

            // Young estimates follow the plain average; old ones forget what is longer ago than the smoothing time.
            double weight = Math.Min(1, passed / Math.Min(SmoothingSeconds, now));
            _rate += (current - _rate) * weight;
            _lastSeconds = now;
            _lastBytes = doneBytes;
        }

        if (totalBytes is not { } total || now < SilentSeconds || _rate < 1)
        {
            return null;
        }

        double seconds = Math.Max(0, total - doneBytes) / _rate;
        return seconds < TimeSpan.FromDays(999).TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }
}
