using System.Text;

namespace Sots.Cli.Runs;

/// <summary>A writer whose every string is an event of the log.</summary>
internal sealed class LogWriter(RunLog log, RunLogLevel level) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <inheritdoc/>
    public override void Write(char value) => log.Write(level, value.ToString());

    /// <inheritdoc/>
    public override void Write(string? value) => log.Write(level, value ?? "");
}
