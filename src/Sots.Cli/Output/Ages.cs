using System.Globalization;

namespace Sots.Cli.Output;

/// <summary>How long ago something was, in one word with its number.</summary>
internal static class Ages
{
    /// <summary><c>12 minutes</c>, <c>3 hours</c>, <c>9 days</c>: the largest unit of which there are two, cut off; nothing negative.</summary>
    public static string Format(TimeSpan age)
    {
        (double number, string unit) = age.TotalDays >= 2 ? (age.TotalDays, "day") : age.TotalHours >= 2 ? (age.TotalHours, "hour") : (age.TotalMinutes, "minute");
        long whole = Math.Max(0, (long)number);
        return string.Create(CultureInfo.InvariantCulture, $"{whole} {unit}{(whole == 1 ? "" : "s")}");
    }
}
