namespace Sots.Backup.Alarms;

/// <summary>How fast a repository grows, from what its recent snapshots added.</summary>
/// <param name="BytesPerDay">Growth in bytes a day; more than 0.</param>
public sealed record GrowthForecast(double BytesPerDay)
{
    /// <summary>Less than this between first and last says nothing about a day.</summary>
    private static readonly TimeSpan ShortestSpan = TimeSpan.FromDays(1);

    /// <summary>
    /// The forecast, or null where there is too little to go by: it takes two snapshots with a day between them. The first one of the
    /// recent ones counts only as the beginning of the time; a baseline would make any forecast a scare.
    /// </summary>
    /// <param name="history">Snapshots, oldest first.</param>
    /// <param name="recent">How many of the newest count.</param>
    public static GrowthForecast? Of(IReadOnlyList<SnapshotFacts> history, int recent)
    {
        List<SnapshotFacts> considered = [.. history.TakeLast(recent + 1)];
        if (considered.Count < 2)
        {
            return null;
        }

        TimeSpan span = considered[^1].Time - considered[0].Time;

        // A full baseline in between stores almost nothing, since all of it is known: it needs no exception.
        double stored = considered.Skip(1).Sum(facts => (double)facts.StoredBytes);
        return span >= ShortestSpan && stored > 0 ? new GrowthForecast(stored / span.TotalDays) : null;
    }

    /// <summary>Days until so many bytes are used up.</summary>
    public double DaysUntilFull(long freeBytes) => Math.Max(0, freeBytes) / BytesPerDay;

    /// <summary>The days in words: <c>about 12 days</c>; null for more than two years, which nobody can foresee.</summary>
    public string? Words(long freeBytes) => DaysUntilFull(freeBytes) switch
    {
        < 1 => "less than a day",
        < 2 => "about a day",
        < 60 and double days => FormattableString.Invariant($"about {Math.Round(days)} days"),
        < 730 and double days => FormattableString.Invariant($"about {Math.Round(days / 30.4)} months"),
        _ => null,
    };
}
