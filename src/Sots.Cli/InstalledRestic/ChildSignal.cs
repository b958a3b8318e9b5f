using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sots.Cli.InstalledRestic;

/// <summary>Hands a signal that this process got on to a child.</summary>
internal abstract class ChildSignal
{
    /// <summary>This system's way.</summary>
    public static ChildSignal Current { get; } = OperatingSystem.IsWindows() ? new WindowsChildSignal() : new UnixChildSignal();

    /// <summary>Sends it; nothing happens to a child that has ended.</summary>
    public abstract void Send(Process child, PosixSignal signal);
}
