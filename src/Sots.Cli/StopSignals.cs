using System.Runtime.InteropServices;

namespace Sots.Cli;

/// <summary>The signals that ask a program to stop.</summary>
internal abstract class StopSignals
{
    /// <summary>Those of this system.</summary>
    public static StopSignals Current { get; } = OperatingSystem.IsWindows() ? new WindowsStopSignals() : new UnixStopSignals();

    /// <summary>All of them.</summary>
    public abstract IReadOnlyList<PosixSignal> All { get; }

    /// <summary>Whether the system ends the process as soon as a handler of the signal returns, whatever it answers.</summary>
    public abstract bool EndsWithHandler(PosixSignal signal);

    /// <summary>The hang-up signal is not among them: restic sends it to find out who is alive.</summary>
    private sealed class UnixStopSignals : StopSignals
    {
        public override IReadOnlyList<PosixSignal> All => [PosixSignal.SIGINT, PosixSignal.SIGTERM];

        public override bool EndsWithHandler(PosixSignal signal) => false;
    }
}
