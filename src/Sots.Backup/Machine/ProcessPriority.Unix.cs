using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;

namespace Sots.Backup.Machine;

/// <summary>The niceness of the process.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixProcessPriority : ProcessPriority
{
    /// <inheritdoc/>
    public override string? Lower()
    {
        try
        {
            using Process self = Process.GetCurrentProcess();
            self.PriorityClass = ProcessPriorityClass.BelowNormal;
            return null;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or NotSupportedException)
        {
            return $"the priority could not be lowered: {e.Message}";
        }
    }
}
