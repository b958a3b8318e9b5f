using System.Globalization;

namespace Sots.Cli.Output;

/// <summary>Sizes as restic writes them: binary units, three decimals.</summary>
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

    private static string In(ulong bytes, int shift, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1UL << shift):F3} {unit}");
}
