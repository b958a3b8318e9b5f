namespace Sots.Cli.Output;

/// <summary>A terminal that lines can be redrawn on.</summary>
/// <param name="Writer">Where it is written to: the error stream, so that results can be redirected while progress is watched.</param>
/// <param name="Width">Its width in columns now.</param>
/// <param name="Color">Whether colours are welcome (no NO_COLOR).</param>
/// <param name="Blocks">Whether it shows block characters.</param>
/// <param name="Taskbar">Whether it shows progress in the task bar or its tab.</param>
internal sealed record TerminalScreen(TextWriter Writer, Func<int> Width, bool Color, bool Blocks = true, bool Taskbar = false)
{
    /// <summary>Takes away whatever is shown, for a process that ends at once.</summary>
    public Action? AtExit { get; set; }
}
