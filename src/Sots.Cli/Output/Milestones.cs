namespace Sots.Cli.Output;

/// <summary>
/// Chooses the moments that are worth a line where lines cannot be redrawn: each tenth of the way, but not more often than each ten
/// seconds, and each half minute in any case. A short run says nothing. Not thread safe: one display asks.
/// </summary>
internal sealed class Milestones
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private TimeSpan _last;
    private int _tenths;

    /// <summary>The line for this moment, or null.</summary>
    public string? Next(in ProgressFrame frame)
    {
        TimeSpan passed = frame.Elapsed - _last;
        int tenths = (int)(frame.Fraction * 10);
        if (passed < Shortest || (tenths <= _tenths && passed < Longest))
        {
            return null;
        }

        _last = frame.Elapsed;
        _tenths = tenths;
        return $"[{Durations.Format(frame.Elapsed)}] {frame.Totals()}";
    }
}
