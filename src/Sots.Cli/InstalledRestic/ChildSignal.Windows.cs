using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sots.Cli.InstalledRestic;

/// <summary>Ctrl-C reaches every process of a console, so the child has had it.</summary>
internal sealed class WindowsChildSignal : ChildSignal
{
    /// <inheritdoc/>
    public override void Send(Process child, PosixSignal signal)
    {
    }
}
