using System.Globalization;
using System.Text;
using Sots.Backup.Progress;

namespace Sots.Cli.Output;

/// <summary>The lines of a progress display, in restic's layout: the totals, then one line for each item being worked on.</summary>
internal static class ProgressLines
{
    /// <summary>Items shown at most; more would push the totals off a small window.</summary>
    private const int MaxItems = 8;

    /// <summary>Makes the lines.</summary>
    public static List<string> Of(ProgressKind kind, OperationCounters counters, TimeSpan elapsed, TimeSpan? remaining)
    {
        List<string> lines = [Totals(kind, counters, elapsed, remaining)];
        IReadOnlyList<string> items = counters.CurrentItems;
        for (int i = 0; i < Math.Min(items.Count, MaxItems); i++)
        {
            lines.Add(PrintableText.Escape(items[i]));
        }

        return lines;
    }

    /// <summary>Share that is done, 0 to 1: of bytes where there are any, otherwise of files.</summary>
    public static double Fraction(OperationCounters counters)
    {
        long totalBytes = Volatile.Read(ref counters.TotalBytes);
        long done = totalBytes > 0 ? Volatile.Read(ref counters.BytesDone) + Volatile.Read(ref counters.BytesSkipped) : Volatile.Read(ref counters.FilesDone) + Volatile.Read(ref counters.FilesSkipped);
        long total = totalBytes > 0 ? totalBytes : Volatile.Read(ref counters.TotalFiles);
        return total <= 0 ? 0 : Math.Clamp(done / (double)total, 0, 1);
    }

    /// <summary>Cuts a line so that it never wraps, which would break the rewriting of lines above it.</summary>
    public static string Fit(string line, int width)
    {
        if (Columns(line) < width)
        {
            return line;
        }

        StringBuilder cut = new();
        int columns = 0;
        foreach (Rune rune in line.EnumerateRunes())
        {
            columns += Columns(rune);
            if (columns > width - 2)
            {
                break;
            }

            cut.Append(rune);
        }

        return cut.Append('…').ToString();
    }

    private static string Totals(ProgressKind kind, OperationCounters counters, TimeSpan elapsed, TimeSpan? remaining)
    {
        string time = Durations.Format(elapsed);
        long done = Volatile.Read(ref counters.FilesDone);
        long total = Volatile.Read(ref counters.TotalFiles);
        long errors = Volatile.Read(ref counters.Errors);
        bool known = Volatile.Read(ref counters.TotalsKnown) != 0;
        string doneSize = Sizes.Format(Volatile.Read(ref counters.BytesDone));
        string totalSize = Sizes.Format(Volatile.Read(ref counters.TotalBytes));
        string percent = string.Create(CultureInfo.InvariantCulture, $"{Fraction(counters) * 100:F2}%");
        string eta = remaining is { } left ? " ETA " + Durations.Format(left) : "";
        string errorText = string.Create(CultureInfo.InvariantCulture, $"{errors} errors");
        return (kind, known) switch
        {
            (ProgressKind.Backup, true) => $"[{time}] {percent}  {done} files {doneSize}, total {total} files {totalSize}, {errorText}{eta}",
            (ProgressKind.Backup, false) => $"[{time}] {done} files, {doneSize}, {errorText}",
            (ProgressKind.Restore, true) =>
                $"[{time}] {percent}  {done} files/dirs {doneSize}, total {total} files/dirs {totalSize}{Skipped(counters)}{Deleted(counters)}{(errors > 0 ? ", " + errorText : "")}{eta}",
            (ProgressKind.Restore, false) => $"[{time}] {done} files/dirs {doneSize}",
            (ProgressKind.Assets, true) => $"[{time}] {percent}  {done} / {total} assets{(errors > 0 ? ", " + errorText : "")}{eta}",
            (ProgressKind.Assets, false) => $"[{time}] {done} assets",
            (_, true) => $"[{time}] {percent}  {done} / {total} packs{(errors > 0 ? ", " + errorText : "")}{eta}",
            (_, false) => $"[{time}] {done} packs",
        };
    }

    private static string Skipped(OperationCounters counters) =>
        Volatile.Read(ref counters.FilesSkipped) is > 0 and long files ? $", skipped {files} files/dirs {Sizes.Format(Volatile.Read(ref counters.BytesSkipped))}" : "";

    private static string Deleted(OperationCounters counters) =>
        Volatile.Read(ref counters.FilesDeleted) is > 0 and long files ? $", deleted {files} files/dirs" : "";

    private static int Columns(string line)
    {
        int columns = 0;
        foreach (Rune rune in line.EnumerateRunes())
        {
            columns += Columns(rune);
        }

        return columns;
    }

    // East Asian characters and emoji take two cells on a terminal; counting too many is harmless, too few breaks the display.
    private static int Columns(Rune rune) => rune.Value switch
    {
        < 0x1100 => 1,
        <= 0x115F or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) => 2,
        (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or >= 0x1F300 => 2,
        _ => 1,
    };
}
