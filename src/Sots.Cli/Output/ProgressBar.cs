using Sots.Backup.Progress;

namespace Sots.Cli.Output;

/// <summary>The lines of the live display: time, bar and totals, and below them what is being worked on.</summary>
internal static class ProgressBar
{
    private const int MaxItems = 4;
    private const int Narrow = 90, Wide = 130;

    /// <summary>Makes the lines for a terminal of some width.</summary>
    public static List<string> Lines(in ProgressFrame frame, IReadOnlyList<string> items, int width, bool blocks)
    {
        string bar = frame.Known ? Bar(frame.Fraction, width < Narrow ? 0 : width < Wide ? 12 : 24, blocks) : "";
        List<string> lines = [$"[{Durations.Format(frame.Elapsed)}] {bar}{frame.Totals()}"];
        lines.AddRange(items.Take(MaxItems).Select(item => "  " + PrintableText.Escape(item)));
        return lines;
    }

    /// <summary>A bar of so many columns with a blank behind it; empty for none.</summary>
    public static string Bar(double fraction, int columns, bool blocks)
    {
        if (columns == 0)
        {
            return "";
        }

        int full = (int)(Math.Clamp(fraction, 0, 1) * columns);
        return new string(blocks ? '█' : '#', full) + new string(blocks ? '░' : '.', columns - full) + " ";
    }
}
