using System.Globalization;
using System.Text;

namespace Sots.Cli.Configuration;

/// <summary>A span of calendar time as restic writes it: <c>14d</c>, <c>1y6m</c>, <c>36h</c>. Each part is 0 to 1,000,000.</summary>
internal readonly record struct Age(int Years, int Months, int Days, int Hours)
{
    /// <summary>The form of a valid age, as a regular expression.</summary>
    public const string Pattern = "^([0-9]{1,6}[ymdh])+$";

    private const int MaxPart = 1_000_000;

    /// <summary>Reads numbers with the units y, m, d and h, in any order; a unit given twice adds up, as in restic.</summary>
    public static bool TryParse(string text, out Age age)
    {
        age = default;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiDigit(text[i]))
            {
                continue;
            }

            if (i == start || i - start > 6 || !int.TryParse(text.AsSpan(start, i - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                return false;
            }

            Age? more = text[i] switch
            {
                'y' => age with { Years = age.Years + number },
                'm' => age with { Months = age.Months + number },
                'd' => age with { Days = age.Days + number },
                'h' => age with { Hours = age.Hours + number },
                _ => null,
            };
            if (more is not { Years: <= MaxPart, Months: <= MaxPart, Days: <= MaxPart, Hours: <= MaxPart } sum)
            {
                return false;
            }

            age = sum;
            start = i + 1;
        }

        return text.Length > 0 && start == text.Length;
    }

    /// <summary>The shortest form: <c>1y6m</c>; <c>0h</c> for none at all.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach ((int number, char unit) in ((int, char)[])[(Years, 'y'), (Months, 'm'), (Days, 'd'), (Hours, 'h')])
        {
            if (number != 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{number}{unit}");
            }
        }

        return text.Length == 0 ? "0h" : text.ToString();
    }
}
