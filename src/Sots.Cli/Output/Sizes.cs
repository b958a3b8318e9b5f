using System.Globalization;

namespace Sots.Cli.Output;

/// <summary>Sizes as restic writes and reads them: binary units, three decimals.</summary>
internal static class Sizes
{
    /// <summary>A number of bytes for people: <c>1.500 MiB</c>, <c>12 B</c>.</summary>
    public static string Format(ulong bytes) => bytes switch
    {
        >= 1UL << 40 => In(bytes, 40, "TiB"),
        >= 1UL << 30 => In(bytes, 30, "GiB"),
        >= 1UL << 20 => In(bytes, 20, "MiB"),
        >= 1UL << 10 => In(bytes, 10, "KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
    };

    /// <summary>A number of bytes for people; a negative one counts as none.</summary>
    public static string Format(long bytes) => Format((ulong)Math.Max(0, bytes));

    /// <summary>Reads a whole number with at most one unit behind it: b, k, m, g, t in either case, binary. <c>100</c>, <c>50M</c>.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        if (text.Length == 0)
        {
            return false;
        }

        int shift = char.ToLowerInvariant(text[^1]) switch { 'b' => 0, 'k' => 10, 'm' => 20, 'g' => 30, 't' => 40, _ => -1 };
        ReadOnlySpan<char> number = shift < 0 ? text : text.AsSpan(0, text.Length - 1);
        shift = Math.Max(0, shift);
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long count) || count > long.MaxValue >> shift)
        {
            return false;
        }

        bytes = count << shift;
        return true;
    }

    private static string In(ulong bytes, int shift, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1UL << shift):F3} {unit}");
}
