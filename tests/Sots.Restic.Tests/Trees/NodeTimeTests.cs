using System.Globalization;
using System.Text;
using CsCheck;
using Sots.Restic.Trees;

namespace Sots.Restic.Tests.Trees;

public class NodeTimeTests
{
    [Theory]
    [InlineData(0, 0, 0, "1970-01-01T00:00:00Z")]
    [InlineData(-1, 999_999_999, 0, "1969-12-31T23:59:59.999999999Z")]
    [InlineData(1_700_000_101, 100, 0, "2023-11-14T22:15:01.0000001Z")]
    [InlineData(1_706_705_999, 500_000_000, 60, "2024-01-31T13:59:59.5+01:00")]
    [InlineData(1_714_894_505, 0, -150, "2024-05-05T05:05:05-02:30")]
    [InlineData(951_782_400, 1, 330, "2000-02-29T05:30:00.000000001+05:30")]
    [InlineData(-62_135_596_800, 0, 0, "0001-01-01T00:00:00Z")]
    [InlineData(-62_167_219_200, 0, 0, "0000-01-01T00:00:00Z")]
    [InlineData(253_402_300_799, 0, 0, "9999-12-31T23:59:59Z")]
    [InlineData(9_223_372_037, 0, 0, "2262-04-11T23:47:17Z")]
    [InlineData(-62_167_219_200, 0, 1, "0000-01-01T00:01:00+00:01")]
    public void An_instant_is_written_one_way_and_read_back(long seconds, int nanoseconds, short offset, string text)
    {
        NodeTime time = new(seconds, nanoseconds, offset);
        Assert.Equal(text, time.ToString());
        Assert.Equal(time, Parse(text));
    }

    [Theory]
    [InlineData(253_402_300_800, 0, "9999-01-01T00:00:00Z")] // 10000-01-01
    [InlineData(253_402_300_799, 60, "9999-01-01T00:59:59+01:00")] // the year is that of the offset's calendar
    [InlineData(253_407_398_400, 0, "9999-03-01T00:00:00Z")] // 10000-02-29, which 9999 does not have
    [InlineData(-62_167_219_201, 0, "0000-12-31T23:59:59Z")] // a second before year 0
    [InlineData(-62_288_352_000, 0, "0000-02-29T00:00:00Z")] // -4-02-29
    public void Years_beyond_four_digits_become_the_last_that_has_four(long seconds, short offset, string text) =>
        Assert.Equal(text, new NodeTime(seconds, 0, offset).ToString());

    [Theory]
    [InlineData(long.MinValue, "0000-01-27T08:29:52Z")]
    [InlineData(long.MaxValue, "9999-12-04T15:30:07Z")]
    public void No_instant_is_too_far_away(long seconds, string text) => Assert.Equal(text, new NodeTime(seconds, 0, 0).ToString());

    [Fact]
    public void Any_representable_instant_is_written_as_the_runtime_writes_it() =>
        Gen.Select(Gen.Long[-62_135_500_000, 253_402_200_000], Gen.Int[0, 9_999_999], Gen.Int[-839, 839]).Sample((seconds, ticks, minutes) =>
        {
            DateTimeOffset expected = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(ticks).ToOffset(TimeSpan.FromMinutes(minutes));
            string text = expected.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)
                + (minutes == 0 ? "Z" : expected.ToString("zzz", CultureInfo.InvariantCulture));
            NodeTime time = new(seconds, ticks * 100, (short)minutes);
            Assert.Equal(text, time.ToString());
            Assert.Equal(time, Parse(text));
        });

    [Theory]
    [InlineData("2024-02-29T23:59:59+00:00", "2024-02-29T23:59:59Z")]
    [InlineData("2024-02-29T23:59:59-00:00", "2024-02-29T23:59:59Z")]
    [InlineData("2024-02-29T23:59:59.500000000Z", "2024-02-29T23:59:59.5Z")]
    [InlineData("2024-02-29T23:59:59.000Z", "2024-02-29T23:59:59Z")]
    [InlineData("0000-01-01T00:00:00+23:59", "0000-01-01T00:00:00+23:59")]
    public void Other_forms_of_a_time_are_read(string text, string canonical) => Assert.Equal(canonical, Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("2024-02-29")]
    [InlineData("2024-02-29T23:59:59")]
    [InlineData("2023-02-29T23:59:59Z")]
    [InlineData("1900-02-29T23:59:59Z")]
    [InlineData("2024-04-31T00:00:00Z")]
    [InlineData("2024-00-01T00:00:00Z")]
    [InlineData("2024-13-01T00:00:00Z")]
    [InlineData("2024-01-00T00:00:00Z")]
    [InlineData("2024-01-01T24:00:00Z")]
    [InlineData("2024-01-01T00:60:00Z")]
    [InlineData("2024-01-01T00:00:60Z")]
    [InlineData("2024-01-01t00:00:00Z")]
    [InlineData("2024-01-01 00:00:00Z")]
    [InlineData("2024-01-01T00:00:00z")]
    [InlineData("2024-01-01T00:00:00.Z")]
    [InlineData("2024-01-01T00:00:00,5Z")]
    [InlineData("2024-01-01T00:00:00.1234567890Z")]
    [InlineData("2024-01-01T00:00:00.12x4Z")]
    [InlineData("2024-01-01T00:00:00.5")]
    [InlineData("2024-01-01T00:00:00+24:00")]
    [InlineData("2024-01-01T00:00:00+01:60")]
    [InlineData("2024-01-01T00:00:00+0100")]
    [InlineData("2024-01-01T00:00:00+01")]
    [InlineData("2024-01-01T00:00:00+01:00 ")]
    [InlineData("-024-01-01T00:00:00Z")]
    [InlineData("12024-01-01T00:00:00Z")]
    [InlineData("2024-1-01T00:00:00Z")]
    [InlineData("2024-01-01T0:00:00Z")]
    public void Nothing_else_is_a_time(string text) => Assert.False(NodeTime.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(1_000_000_000, 0)]
    [InlineData(0, 1440)]
    [InlineData(0, -1440)]
    public void What_is_no_time_is_not_written(int nanoseconds, short offset)
    {
        byte[] room = new byte[64];
        Assert.False(new NodeTime(0, nanoseconds, offset).TryFormat(room, out int written));
        Assert.Equal(0, written);
        Assert.All(room, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Room_that_is_just_enough_is_enough()
    {
        foreach (NodeTime time in new[] { new NodeTime(0, 0, 0), new NodeTime(0, 5, 90), new NodeTime(0, 120_000_000, 0) })
        {
            byte[] text = Encoding.ASCII.GetBytes(time.ToString());
            byte[] room = new byte[text.Length];
            Assert.True(time.TryFormat(room, out int written));
            Assert.Equal(text.Length, written);
            Assert.Equal(text, room);
            Assert.False(time.TryFormat(room.AsSpan(1), out _));
        }
    }

    [Fact]
    public void Every_day_of_an_era_has_a_date_and_a_number()
    {
        CivilDate previous = CivilDate.FromDays(-1);
        for (int day = 0; day < CivilDate.DaysPerEra; day++)
        {
            CivilDate date = CivilDate.FromDays(day);
            Assert.Equal(day, date.ToDays());
            CivilDate next = previous.Day < CivilDate.DaysInMonth(previous.Year, previous.Month) ? previous with { Day = previous.Day + 1 }
                : previous.Month < 12 ? new CivilDate(previous.Year, previous.Month + 1, 1)
                : new CivilDate(previous.Year + 1, 1, 1);
            Assert.Equal(next, date);
            previous = date;
        }
    }

    private static NodeTime Parse(string text)
    {
        Assert.True(NodeTime.TryParse(Encoding.UTF8.GetBytes(text), out NodeTime time));
        return time;
    }
}
