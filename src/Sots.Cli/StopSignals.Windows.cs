using System.Runtime.InteropServices;

namespace Sots.Cli;

/// <summary>
/// Ctrl-C, Ctrl-Break (all that one program can send to another), the closed window, and the end of the session. After the last two
/// Windows waits about five seconds and then ends the process, or at once when the handler returns.
/// </summary>
internal sealed class WindowsStopSignals : StopSignals
{
    private const PosixSignal CtrlBreak = PosixSignal.SIGQUIT, WindowClosed = PosixSignal.SIGHUP, SessionEnds = PosixSignal.SIGTERM;

    /// <inheritdoc/>
    public override IReadOnlyList<PosixSignal> All => [PosixSignal.SIGINT, CtrlBreak, WindowClosed, SessionEnds];

    /// <inheritdoc/>
    public override bool EndsWithHandler(PosixSignal signal) => signal is WindowClosed or SessionEnds;
}
