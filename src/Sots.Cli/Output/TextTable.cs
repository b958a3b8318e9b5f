using System.Text;

namespace Sots.Cli.Output;

/// <summary>
/// A table in restic's layout: two spaces between columns, a rule above and below the rows. A cell may have several lines. The last column
/// is not padded.
/// </summary>
internal sealed class TextTable(params string[] headers)
{
    private readonly List<string[][]> _rows = [];

    /// <summary>Whether an empty line stands between rows.</summary>
    public bool IsSpaced { get; init; }

    /// <summary>Adds a row: a cell for each header.</summary>
    public void Add(params IReadOnlyList<string>[] cells) => _rows.Add([.. cells.Select(cell => cell.Select(PrintableText.Escape).DefaultIfEmpty("").ToArray())]);

    /// <summary>Writes header, rows and footer lines.</summary>
    public void WriteTo(StringBuilder output, params string[] footer)
    {
        int[] widths = [.. headers.Select((header, column) => Math.Max(header.Length, _rows.SelectMany(row => row[column]).Select(line => line.Length).DefaultIfEmpty(0).Max()))];
        string rule = new('-', widths.Sum() + (2 * (widths.Length - 1)));
        AppendLine(output, headers, widths);
        output.Append(rule).Append('\n');
        for (int i = 0; i < _rows.Count; i++)
        {
            int height = Height(_rows[i]);
            if (i > 0 && IsSpaced)
            {
                output.Append('\n');
            }

            for (int line = 0; line < height; line++)
            {
                AppendLine(output, [.. _rows[i].Select(cell => line < cell.Length ? cell[line] : "")], widths);
            }
        }

        output.Append(rule).Append('\n');
        foreach (string text in footer)
        {
            output.Append(text).Append('\n');
        }
    }

    private static int Height(string[][] row) => row.Max(cell => cell.Length);

    private static void AppendLine(StringBuilder output, string[] cells, int[] widths)
    {
        StringBuilder line = new();
        for (int i = 0; i < cells.Length; i++)
        {
            line.Append(cells[i].PadRight(widths[i])).Append(i + 1 < cells.Length ? "  " : "");
        }

        output.Append(line.ToString().TrimEnd(' ')).Append('\n');
    }
}
