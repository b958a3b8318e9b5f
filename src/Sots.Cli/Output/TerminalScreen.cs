namespace Sots.Cli.Output;

/// <summary>A terminal that lines can be redrawn on.</summary>
/// <param name="Writer">Where it is written to: the error stream, so that results can be redirected while progress is watched.</param>
/// <param name="Width">Its width in columns now.</param>
/// <param name="Color">Whether colours are welcome (no NO_COLOR).</param>
internal sealed record TerminalScreen(TextWriter Writer, Func<int> Width, bool Color);
