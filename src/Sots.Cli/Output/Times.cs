using System.Globalization;
using System.Text;
using Sots.Restic.Trees;

namespace Sots.Cli.Output;

/// <summary>Instants of a repository in the three forms that restic prints.</summary>
internal static class Times
{
    /// <summary><c>2026-11-23 16:38:02</c> in a time zone; what lies outside the years 1 to 9999 is printed as the format writes it.</summary>
    public static string Local(NodeTime time, TimeZoneInfo zone) =>
        TryUtc(time, out DateTime utc)
            ? TimeZoneInfo.ConvertTimeFromUtc(utc, zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            : Format(time);

    /// <summary><c>2026-11-23 16:38:02.021027822 +0000 UTC</c> in a time zone: nanoseconds without trailing zeros, offset, zone.</summary>
    public static string LocalExact(NodeTime time, TimeZoneInfo zone)
    {
        if (!TryUtc(time, out DateTime utc))
        {
            return Format(time);
        }

        TimeSpan offset = zone.GetUtcOffset(utc);
        string fraction = time.Nanoseconds == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $".{time.Nanoseconds:000000000}").TrimEnd('0');
        string sign = offset < TimeSpan.Zero ? "-" : "+";
        string written = sign + offset.ToString("hhmm", CultureInfo.InvariantCulture);
        string name = offset == TimeSpan.Zero ? "UTC" : written;
        return Local(time, zone) + fraction + " " + written + " " + name;
    }

    /// <summary>As the format writes it: RFC 3339 with up to nine decimals.</summary>
    public static string Format(NodeTime time)
    {
        Span<byte> utf8 = stackalloc byte[64];
        return time.TryFormat(utf8, out int written) ? Encoding.ASCII.GetString(utf8[..written]) : "";
    }

    private static bool TryUtc(NodeTime time, out DateTime utc)
    {
        const long year1 = -62_135_596_800, year10000 = 253_402_300_800;

        // A day of room on both sides, for the zone's offset.
        bool inRange = time.UnixSeconds is > year1 + 86_400 and < year10000 - 86_400;
        utc = inRange ? DateTime.UnixEpoch.AddSeconds(time.UnixSeconds) : default;
        return inRange;
    }
}
