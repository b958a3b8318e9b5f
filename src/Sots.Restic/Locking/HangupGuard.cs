using System.Runtime.InteropServices;

namespace Sots.Restic.Locking;

/// <summary>
/// Makes this process survive the hang-up signal. restic's <c>unlock</c> finds out whether a lock's holder is alive by sending it
/// SIGHUP, which ends a process that did not ask for it. Source: docs/FORMAT.md, section 16.
/// </summary>
internal static class HangupGuard
{
    private static readonly Lazy<IDisposable?> Registration = new(Register);

    /// <summary>True once the signal is swallowed.</summary>
    public static bool IsInstalled => Registration is { IsValueCreated: true, Value: not null };

    /// <summary>
    /// Swallows the signal from now on, for as long as the process lives: a lock file may outlast the code that wrote it. Call it before
    /// the first lock file is written. Does nothing on Windows, where there is no such signal and closing the console must go on working.
    /// </summary>
    public static void Install() => _ = Registration.Value;

    private static PosixSignalRegistration? Register() =>
        OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, static signal => signal.Cancel = true);
}
