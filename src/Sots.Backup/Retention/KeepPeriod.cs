using System.Globalization;
using System.Text;

namespace Sots.Backup.Retention;

/// <summary>A span of the calendar as <c>--keep-within</c> takes it: <c>1y5m7d2h</c>, m for months.</summary>
/// <param name="Years">Years, 0 or more.</param>
/// <param name="Months">Months, 0 or more.</param>
/// <param name="Days">Days, 0 or more.</param>
/// <param name="Hours">Hours, 0 or more.</param>
public readonly record struct KeepPeriod(int Years, int Months, int Days, int Hours)
{
    /// <summary>Nobody means more; keeps the arithmetic of dates far from its ends.</summary>
    private const int MaxNumber = 1_000_000;

    /// <summary>True for no span at all.</summary>
    public bool IsZero => this == default;

    /// <summary>Reads numbers with units in any order; the last of a unit counts. An empty text is no span.</summary>
    /// <param name="text">The text.</param>
    /// <param name="period">The span.</param>
    /// <returns>What is wrong with the text, or null.</returns>
    public static string? TryParse(string text, out KeepPeriod period)
    {
        period = default;
        KeepPeriod read = default;
        for (int at = 0; at < text.Length; at++)
        {
            int digits = at;
            while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            {
                digits++;
            }

            ReadOnlySpan<char> digitText = text.AsSpan(at, digits - at);
            if (digitText.Length == 0)
            {
                return text[at] == '-' ? "it must not be negative" : "no number found";
            }

            if (!int.TryParse(digitText, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > MaxNumber)
            {
                return $"{digitText} is more than {MaxNumber}";
            }

            if (digits == text.Length)
            {
                return $"no unit found after number {number}";
            }

            switch (text[digits])
            {
                case 'y':
                    read = read with { Years = number };
                    break;
                case 'm':
                    read = read with { Months = number };
                    break;
                case 'd':
                    read = read with { Days = number };
                    break;
                case 'h':
                    read = read with { Hours = number };
                    break;
                default:
                    return $"invalid unit '{text[digits]}' found after number {number}";
            }

            at = digits;
        }

        period = read;
        return null;
    }

    /// <summary>As it is written, largest unit first, units of zero left out.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach ((int number, char unit) in (ReadOnlySpan<(int, char)>)[(Years, 'y'), (Months, 'm'), (Days, 'd'), (Hours, 'h')])
        {
            if (number != 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{number}{unit}");
            }
        }

        return text.ToString();
    }
}
