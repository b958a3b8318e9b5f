using System.Buffers;
using System.Globalization;

namespace Sots.Cli.Output;

/// <summary>Durations as restic writes and reads them.</summary>
internal static class Durations
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary><c>m:ss</c>, from an hour on <c>h:mm:ss</c>; parts of a second are cut off.</summary>
    public static string Format(TimeSpan duration)
    {
        long seconds = Math.Max(0, (long)duration.TotalSeconds);
        return seconds >= 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:00}");
    }

    /// <summary>Seconds with three decimals and an s: <c>0.007s</c>.</summary>
    public static string Seconds(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:F3}s");

    /// <summary>Reads numbers with units one after another: <c>5m</c>, <c>1h30m</c>, <c>1.5h</c>, <c>500ms</c>; also a bare <c>0</c>.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        ReadOnlySpan<char> rest = text;
        double seconds = 0;
        while (rest.Length > 0)
        {
            int digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            {
                return false;
            }

            rest = rest[digits..];
            int letters = rest.IndexOfAny(NumberCharacters);
            ReadOnlySpan<char> unit = letters < 0 ? rest : rest[..letters];
            double scale = unit switch { "h" => 3600, "m" => 60, "s" => 1, "ms" => 1e-3, "us" or "µs" => 1e-6, "ns" => 1e-9, _ => 0 };
            if (scale == 0)
            {
                return false;
            }

            seconds += number * scale;
            rest = rest[unit.Length..];
        }

        if (text.Length == 0 || seconds > TimeSpan.MaxValue.TotalSeconds / 2)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }
}
