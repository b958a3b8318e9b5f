namespace Sots.Restic.Trees;

/// <summary>
/// The offsets of one time zone: what a tree's times are written with. The offset is the one valid at the instant itself, so a file
/// of July and one of January differ where there is summer time. Source: docs/FORMAT.md, "Times".
/// </summary>
/// <remarks>
/// Thread safe and without locks. Made for millions of questions about instants of a few thousand different days: a day (of UTC) is
/// remembered once both its ends are known to have the same offset. On a day with a change of offset the zone is asked every time.
/// The zone data are the runtime's. They have no seconds, so that a local mean time of before 1972 may be a minute off from restic's;
/// only the offset that is printed depends on it, never the instant.
/// </remarks>
public sealed class ZoneOffsets
{
    private const int Slots = 1024;
    private const long SecondsPerDay = 86_400;

    /// <summary>Years 1 to 9999, where the runtime knows its zones.</summary>
    private const long FirstSecond = -62_135_596_800, LastSecond = 253_402_300_799;

    private readonly TimeZoneInfo _zone;

    /// <summary>
    /// What is remembered, by day modulo the number of slots: the day above 16 bits of offset. One number, so that it can be read and
    /// written as a whole without a lock.
    /// </summary>
    private readonly long[] _days = new long[Slots];

    /// <summary>Offsets of a zone.</summary>
    /// <param name="zone">The zone; null for that of the process.</param>
    public ZoneOffsets(TimeZoneInfo? zone = null)
    {
        _zone = zone ?? TimeZoneInfo.Local;
        Array.Fill(_days, long.MinValue);
    }

    /// <summary>Offset from UTC in minutes, east positive, at an instant. Seconds of an offset are cut off, towards zero.</summary>
    /// <param name="unixSeconds">Seconds since 1970-01-01T00:00:00Z; any value.</param>
    public short MinutesAt(long unixSeconds)
    {
        if (unixSeconds is < FirstSecond or > LastSecond)
        {
            return Ask(unixSeconds);
        }

        long day = CivilDate.FloorDivide(unixSeconds, SecondsPerDay);
        ref long slot = ref _days[day & (Slots - 1)];
        long known = Volatile.Read(ref slot);
        if (known >> 16 == day)
        {
            return unchecked((short)known);
        }

        short offset = Ask(unixSeconds);
        long start = day * SecondsPerDay;
        if (Ask(start) == offset && Ask(start + SecondsPerDay - 1) == offset)
        {
            Volatile.Write(ref slot, (day << 16) | unchecked((ushort)offset));
        }

        return offset;
    }

    /// <summary>An instant with this zone's offset.</summary>
    /// <param name="unixSeconds">Seconds since 1970-01-01T00:00:00Z, rounded down; any value.</param>
    /// <param name="nanoseconds">0 to 999,999,999.</param>
    public NodeTime At(long unixSeconds, int nanoseconds) => new(unixSeconds, nanoseconds, MinutesAt(unixSeconds));

    /// <summary>An instant with this zone's offset.</summary>
    /// <param name="instant">Its own offset does not matter.</param>
    public NodeTime At(DateTimeOffset instant)
    {
        long ticks = instant.UtcTicks - DateTime.UnixEpoch.Ticks;
        long seconds = CivilDate.FloorDivide(ticks, TimeSpan.TicksPerSecond);
        return At(seconds, (int)((ticks - (seconds * TimeSpan.TicksPerSecond)) * TimeSpan.NanosecondsPerTick));
    }

    private short Ask(long unixSeconds)
    {
        // The rules of the last years go on for ever, and dates repeat every 400 years; before year 1 there is only local mean time.
        if (unixSeconds > LastSecond)
        {
            long beyond = (unixSeconds - LastSecond - 1) % NodeTime.SecondsPerEra;
            unixSeconds = LastSecond + 1 - NodeTime.SecondsPerEra + beyond;
        }

        DateTime instant = DateTime.UnixEpoch.AddSeconds(Math.Max(unixSeconds, FirstSecond));
        return (short)(_zone.GetUtcOffset(instant).Ticks / TimeSpan.TicksPerMinute);
    }
}
