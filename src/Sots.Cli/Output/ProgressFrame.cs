using System.Globalization;
using Sots.Backup.Progress;

namespace Sots.Cli.Output;

/// <summary>What a display shows at one moment: the counters, read once, with the pace they have.</summary>
internal readonly record struct ProgressFrame(
    ProgressKind Kind, TimeSpan Elapsed, bool Known, double Fraction, long Files, long TotalFiles, long Bytes, long TotalBytes, long Errors,
    double BytesPerSecond, TimeSpan? Remaining)
{
    private const int Unit = 1024;

    /// <summary>Reads the counters and lets the pace take note of them.</summary>
    public static ProgressFrame Take(ProgressKind kind, OperationCounters counters, TimeSpan elapsed, RemainingTime pace)
    {
        bool known = Volatile.Read(ref counters.TotalsKnown) != 0;
        long skippedFiles = Volatile.Read(ref counters.FilesSkipped), skippedBytes = Volatile.Read(ref counters.BytesSkipped);
        long bytes = Volatile.Read(ref counters.BytesDone) + skippedBytes;
        long totalBytes = Volatile.Read(ref counters.TotalBytes);
        TimeSpan? remaining = pace.Update(elapsed, bytes, known ? totalBytes : null);
        return new ProgressFrame(
            kind, elapsed, known, known ? ProgressLines.Fraction(counters) : 0, Volatile.Read(ref counters.FilesDone) + skippedFiles,
            Volatile.Read(ref counters.TotalFiles), bytes, totalBytes, Volatile.Read(ref counters.Errors), pace.BytesPerSecond, remaining);
    }

    /// <summary>The totals in words, without time and bar; what matters most first, since a narrow terminal cuts the end.</summary>
    public string Totals()
    {
        bool inTotal = Known && TotalFiles > 0;
        string what = Kind == ProgressKind.Backup ? "files" : Kind == ProgressKind.Restore ? "files and folders" : Kind == ProgressKind.Assets ? "assets" : "packs";
        string?[] parts =
        [
            inTotal ? Percent() : null,
            Remaining is { } time ? RemainingWords(time) : null,
            Errors == 0 ? null : Text($"{Errors:N0} {(Errors == 1 ? "problem" : "problems")}"),
            inTotal ? Text($"{Files:N0} of {TotalFiles:N0} {what}") : Text($"{Files:N0} {what}"),
            Known && TotalBytes > 0 ? OutOf(Bytes, TotalBytes) : Bytes > 0 ? Size(Bytes) : null,
            BytesPerSecond >= 1 ? $"{Size((long)BytesPerSecond)}/s" : null,
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    /// <summary>
    /// The time left in words, the coarser the longer it is: a number that changes with every look is not believed, rightly.
    /// </summary>
    public static string RemainingWords(TimeSpan left) => left.TotalSeconds switch
    {
        < 8 => "a few seconds left",
        < 55 and double seconds => Text($"about {Math.Ceiling(seconds / 10) * 10} s left"),
        < 90 * 60 and double seconds => Text($"about {Math.Ceiling(seconds / 60)} min left"),
        < 48 * 3600 and double seconds => Hours(Math.Ceiling(seconds / 600) * 10),
        double seconds => Text($"about {Math.Ceiling(seconds / 86_400)} days left"),
    };

    /// <summary>Percent with one decimal, never 100 before the end.</summary>
    private string Percent() => Text($"{Math.Floor(Fraction * 1000) / 10:F1} %");

    private static string Hours(double minutes) => Text($"about {Math.Floor(minutes / 60)} h {minutes % 60:00} min left");

    private static string OutOf(long done, long total)
    {
        string of = Size(total);
        string unit = of[(of.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        string part = Size(done);
        return part.EndsWith(" " + unit, StringComparison.Ordinal) ? $"{part[..^(unit.Length + 1)]} of {of}" : $"{part} of {of}";
    }

    private static string Size(long bytes) => bytes switch
    {
        < Unit => Text($"{bytes} B"),
        < Unit * Unit => Text($"{bytes / (double)Unit:F1} KiB"),
        < (long)Unit * Unit * Unit => Text($"{bytes / (double)(Unit * Unit):F1} MiB"),
        < (long)Unit * Unit * Unit * Unit => Text($"{bytes / ((double)Unit * Unit * Unit):F2} GiB"),
        _ => Text($"{bytes / ((double)Unit * Unit * Unit * Unit):F3} TiB"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
