using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sots.Backup.Machine;

/// <summary>
/// Priority class and I/O priority of the process. Not the background mode of processes: it cuts their memory down to 32 MiB, so that a
/// backup would page instead of work.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe partial class WindowsProcessPriority : ProcessPriority
{
    private const nint ThisProcess = -1;
    private const int DiskPriority = 33;
    private const uint Low = 1;

    /// <inheritdoc/>
    public override string? Lower()
    {
        try
        {
            using Process self = Process.GetCurrentProcess();
            self.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or NotSupportedException)
        {
            return $"the priority could not be lowered: {e.Message}";
        }

        uint low = Low;
        int status = SetInformation(ThisProcess, DiskPriority, &low, sizeof(uint));
        return status >= 0 ? null : $"the priority at the disk could not be lowered: status 0x{status:x8}";
    }

    [LibraryImport("ntdll.dll", EntryPoint = "NtSetInformationProcess")]
    private static partial int SetInformation(nint process, int what, void* value, uint length);
}
