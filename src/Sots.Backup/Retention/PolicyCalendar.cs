using Sots.Restic.Trees;

namespace Sots.Backup.Retention;

/// <summary>The arithmetic of dates that retention needs, in the wall clock that a snapshot was made by. Source: docs/FORMAT.md, "Forget".</summary>
internal static class PolicyCalendar
{
    private const int SecondsADay = 86_400;

    /// <summary>What the hour of an instant is counted as; equal for all instants of an hour.</summary>
    public static long Hour(NodeTime time) => (Day(time) * 100) + (CivilDate.FloorRemainder(WallSeconds(time), SecondsADay) / 3600);

    /// <summary>The day: year, month and day as digits.</summary>
    public static long Day(NodeTime time)
    {
        CivilDate date = DateOf(time);
        return (date.Year * 10_000) + (date.Month * 100) + date.Day;
    }

    /// <summary>The week: year and number by ISO 8601, where the week belongs to the year of its Thursday.</summary>
    public static long Week(NodeTime time)
    {
        long day = CivilDate.FloorDivide(WallSeconds(time), SecondsADay);
        long thursday = day - CivilDate.FloorRemainder(day + 3, 7) + 3;
        long year = CivilDate.FromDays(thursday).Year;
        return (year * 100) + ((thursday - new CivilDate(year, 1, 1).ToDays()) / 7) + 1;
    }

    /// <summary>The month.</summary>
    public static long Month(NodeTime time)
    {
        CivilDate date = DateOf(time);
        return (date.Year * 100) + date.Month;
    }

    /// <summary>The year.</summary>
    public static long Year(NodeTime time) => DateOf(time).Year;

    /// <summary>
    /// The instant that lies a span before another: the date first, overflowing days run on (31 March less a month is 3 March), then the
    /// hours. By the rules of the local zone where the instant was written with its offset, else with that offset throughout.
    /// </summary>
    public static NodeTime Before(NodeTime time, KeepPeriod period, TimeZoneInfo zone)
    {
        CivilDate date = DateOf(time);
        long months = ((date.Year - period.Years) * 12) + date.Month - 1 - period.Months;
        CivilDate first = new(CivilDate.FloorDivide(months, 12), (int)CivilDate.FloorRemainder(months, 12) + 1, 1);
        long day = first.ToDays() + date.Day - 1 - period.Days;
        long wall = (day * SecondsADay) + CivilDate.FloorRemainder(WallSeconds(time), SecondsADay);
        long offset = OffsetAt(zone, time.UnixSeconds) == time.OffsetMinutes * 60L ? LocalOffset(zone, wall) : time.OffsetMinutes * 60L;
        return time with { UnixSeconds = wall - offset - (period.Hours * 3600L) };
    }

    private static CivilDate DateOf(NodeTime time) => CivilDate.FromDays(CivilDate.FloorDivide(WallSeconds(time), SecondsADay));

    private static long WallSeconds(NodeTime time) => time.UnixSeconds + (time.OffsetMinutes * 60L);

    /// <summary>The offset of a wall clock, found in two steps; near a change of the clock either answer is one of the two.</summary>
    private static long LocalOffset(TimeZoneInfo zone, long wall)
    {
        long guess = OffsetAt(zone, wall);
        return guess == 0 ? 0 : OffsetAt(zone, wall - guess);
    }

    private static long OffsetAt(TimeZoneInfo zone, long unixSeconds)
    {
        long clamped = Math.Clamp(unixSeconds, DateTimeOffset.MinValue.ToUnixTimeSeconds() + SecondsADay, DateTimeOffset.MaxValue.ToUnixTimeSeconds() - SecondsADay);
        return (long)zone.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(clamped)).TotalSeconds;
    }
}
