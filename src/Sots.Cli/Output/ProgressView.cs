using System.Text;

namespace Sots.Cli.Output;

/// <summary>
/// Draws a few lines at the bottom of a terminal and redraws those that changed. Between drawings the cursor stands at the start of
/// the line below, so that anything written by others, and a shell prompt after an interruption, comes out on a clean line.
/// </summary>
/// <remarks>Not thread safe: the reporter's lock guards it together with all other writing.</remarks>
internal sealed class ProgressView(TerminalScreen screen)
{
    private const string EraseLine = "\e[2K";
    private const string EraseBelow = "\e[J";
    private List<string> _shown = [];
    private string _taskbar = "";

    /// <summary>Shows these lines in the place of those shown before.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="taskbar">Sequence of <see cref="TaskbarProgress"/>, or empty.</param>
    public void Draw(IReadOnlyList<string> lines, string taskbar = "")
    {
        int width = Math.Max(20, screen.Width());
        List<string> next = [.. lines.Select(line => ProgressLines.Fit(line, width))];
        if (next.SequenceEqual(_shown, StringComparer.Ordinal) && taskbar == _taskbar)
        {
            return;
        }

        // One write a frame: a terminal never shows half of it.
        StringBuilder output = new();
        output.Append(taskbar == _taskbar ? "" : taskbar);
        _taskbar = taskbar;
        Up(output, _shown.Count);
        for (int i = 0; i < next.Count; i++)
        {
            bool same = i < _shown.Count && _shown[i] == next[i];
            output.Append(same ? "\n" : EraseLine + Painted(next[i], i) + "\n");
        }

        if (next.Count < _shown.Count)
        {
            output.Append(EraseBelow);
        }

        Write(output);
        _shown = next;
    }

    /// <summary>Takes the lines away.</summary>
    public void Clear()
    {
        if (_shown.Count == 0)
        {
            return;
        }

        StringBuilder output = new();
        Up(output, _shown.Count);
        Write(output.Append(EraseBelow));
        _shown = [];
    }

    /// <summary>Takes everything away, the task bar's progress too.</summary>
    public void End()
    {
        Clear();
        if (_taskbar.Length > 0)
        {
            Write(new StringBuilder(TaskbarProgress.Off));
            _taskbar = "";
        }
    }

    // The items below the totals are dimmed: the eye should find the totals first.
    private string Painted(string line, int index) => screen.Color && index > 0 ? $"\e[2m{line}\e[0m" : line;

    private static void Up(StringBuilder output, int lines)
    {
        if (lines > 0)
        {
            output.Append("\e[").Append(lines).Append('A');
        }

        output.Append('\r');
    }

    private void Write(StringBuilder output)
    {
        screen.Writer.Write(output.ToString());
        screen.Writer.Flush();
    }
}
