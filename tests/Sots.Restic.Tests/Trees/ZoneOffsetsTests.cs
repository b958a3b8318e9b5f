using CsCheck;
using Sots.Restic.Trees;

namespace Sots.Restic.Tests.Trees;

public class ZoneOffsetsTests
{
    [Theory]
    [InlineData("Europe/Berlin", 1_711_846_799, 60)] // 2024-03-31T00:59:59Z, the second before summer time
    [InlineData("Europe/Berlin", 1_711_846_800, 120)]
    [InlineData("Europe/Berlin", 1_729_990_799, 120)] // 2024-10-27T00:59:59Z
    [InlineData("Europe/Berlin", 1_729_990_800, 60)]
    [InlineData("Europe/Berlin", 0, 60)]
    [InlineData("America/St_Johns", 1_710_048_599, -210)] // 2024-03-10T05:29:59Z
    [InlineData("America/St_Johns", 1_710_048_600, -150)]
    [InlineData("America/St_Johns", 1_143_948_659, -210)] // 2006-04-02T03:30:59Z: changes were at 00:01
    [InlineData("America/St_Johns", 1_143_948_660, -150)]
    [InlineData("Asia/Kolkata", 1_711_909_800, 330)]
    [InlineData("Africa/Monrovia", 1_710_037_800, 0)]
    [InlineData("Africa/Monrovia", 63_593_069, -44)] // 1972-01-07T00:44:29Z: the last second of -00:44:30
    [InlineData("Africa/Monrovia", 63_593_070, 0)]
    [InlineData("Australia/Lord_Howe", 1_712_415_599, 660)] // 2024-04-06T14:59:59Z
    [InlineData("Australia/Lord_Howe", 1_712_415_600, 630)]
    [InlineData("Europe/Berlin", 4_110_000_000, 120)] // 2100-03-29T06:40:00Z: rules go on after the last listed change
    [InlineData("Europe/Berlin", 253_402_300_800, 60)] // year 10000
    [InlineData("Europe/Berlin", 253_420_000_000, 120)] // July 10000
    public void Offsets_change_to_the_second(string zone, long unixSeconds, short minutes)
    {
        ZoneOffsets offsets = new(Zone(zone));
        Assert.Equal(minutes, offsets.MinutesAt(unixSeconds));
        Assert.Equal(minutes, offsets.MinutesAt(unixSeconds));
        Assert.Equal(new NodeTime(unixSeconds, 5, minutes), offsets.At(unixSeconds, 5));
    }

    [Fact]
    public void What_is_remembered_is_what_the_zone_says()
    {
        TimeZoneInfo zone = Zone("America/St_Johns");
        ZoneOffsets offsets = new(zone);

        // A few days each in 100 years, so that slots are hit again and taken over by other days.
        Gen.Select(Gen.Int[-36_500, 36_500], Gen.Int[0, 86_399]).Sample(
            (day, second) =>
            {
                long unixSeconds = (day / 37 * 37 * 86_400L) + second;
                double minutes = zone.GetUtcOffset(DateTime.UnixEpoch.AddSeconds(unixSeconds)).TotalMinutes;
                Assert.Equal((short)minutes, offsets.MinutesAt(unixSeconds));
            },
            iter: 20_000);
    }

    [Fact]
    public void Every_half_hour_of_a_year_is_right_in_both_orders()
    {
        TimeZoneInfo zone = Zone("Australia/Lord_Howe");
        ZoneOffsets offsets = new(zone);
        long[] halfHours = [.. Enumerable.Range(0, 366 * 48).Select(i => 1_704_067_200L + (i * 1800L))];
        foreach (long instant in halfHours.Concat(halfHours.Reverse()).SelectMany(i => new[] { i - 1, i }))
        {
            Assert.Equal((short)zone.GetUtcOffset(DateTime.UnixEpoch.AddSeconds(instant)).TotalMinutes, offsets.MinutesAt(instant));
        }
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(-62_135_596_801)]
    [InlineData(253_402_300_800)]
    public void No_instant_is_too_far_away(long unixSeconds)
    {
        Assert.InRange(new ZoneOffsets(Zone("Europe/Berlin")).MinutesAt(unixSeconds), (short)53, (short)120);
        Assert.Equal(0, new ZoneOffsets(TimeZoneInfo.Utc).MinutesAt(unixSeconds));
    }

    [Fact]
    public void A_clock_reading_keeps_its_ticks()
    {
        ZoneOffsets offsets = new(TimeZoneInfo.Utc);
        Assert.Equal("1969-12-31T23:59:59.9999999Z", offsets.At(DateTimeOffset.UnixEpoch.AddTicks(-1)).ToString());
        Assert.Equal("2024-02-29T12:00:00.5Z", offsets.At(DateTimeOffset.Parse("2024-02-29T13:00:00.5+01:00", null)).ToString());
    }

    private static TimeZoneInfo Zone(string name)
    {
        Assert.SkipUnless(TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone), $"needs the time zone {name}");
        return zone!;
    }
}
