using System.Globalization;
using System.Text.RegularExpressions;
using Sots.Restic.Trees;

namespace Sots.Cli.Commands;

/// <summary>Points in time as restic lets people write them: <c>2026-11-01</c>, <c>2026-11-01 22:08:41</c>, <c>01.11.2026 22:08 +0100</c>.</summary>
internal static partial class TimeWords
{
    private static readonly string[] Forms =
    [
        "yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF",
        "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFF",
        "dd.MM.yyyy", "dd.MM.yyyy HH:mm", "dd.MM.yyyy HH:mm:ss", "dd.MM.yyyy HH:mm:ss.FFFFFFF",
    ];

    /// <summary>Reads a time; without an offset it is local time.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static NodeTime Parse(string text, TimeZoneInfo zone)
    {
        Match offset = Offset().Match(text);
        if (!DateTime.TryParseExact(text[..^offset.Length], Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local))
        {
            throw new UsageException($"unable to parse time: \"{text}\"", "Write it as 2026-11-01 or '2026-11-01 22:08:41', in local time, or with an offset such as +0100 behind it.");
        }

        TimeSpan ahead = !offset.Success ? zone.GetUtcOffset(local) : OffsetOf(offset);
        long ticks = (new DateTimeOffset(local, TimeSpan.Zero) - ahead).UtcTicks - DateTime.UnixEpoch.Ticks;
        long seconds = (long)Math.Floor(ticks / (double)TimeSpan.TicksPerSecond);
        return new NodeTime(seconds, (int)(ticks - (seconds * TimeSpan.TicksPerSecond)) * 100, 0);
    }

    private static TimeSpan OffsetOf(Match offset)
    {
        if (!offset.Groups["h"].Success)
        {
            return TimeSpan.Zero;
        }

        int minutes = (int.Parse(offset.Groups["h"].Value, CultureInfo.InvariantCulture) * 60) + int.Parse(offset.Groups["m"].Value, CultureInfo.InvariantCulture);
        return TimeSpan.FromMinutes(offset.Groups["sign"].Value == "-" ? -minutes : minutes);
    }

    [GeneratedRegex(@"(?<=:\d\d[.\d]*) ?(?:Z|UTC|GMT|(?<sign>[+-])(?<h>\d\d):?(?<m>\d\d))$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Offset();
}
