using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32;

namespace Sots.Restic.Locking;

/// <summary>Process facts on Windows.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsProcess
{
    private const int PhysicalDnsHostname = 5;

    public static ProcessIdentity Identify() => new(
        HostName() ?? Environment.MachineName, $@"{Environment.UserDomainName}\{Environment.UserName}", Environment.ProcessId, 0, 0, IsAlive,
        Machine());

    public static bool IsAlive(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            return true;
        }
    }

    private static string? Machine()
    {
        try
        {
            return Registry.GetValue(@"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography", "MachineGuid", null) is string { Length: > 0 } id
                ? ProcessIdentity.HashOf(id)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.SecurityException)
        {
            return null;
        }
    }

    private static unsafe string? HostName()
    {
        char* name = stackalloc char[256];
        uint length = 256;
        return GetComputerName(PhysicalDnsHostname, name, ref length) ? new string(name, 0, (int)length) : null;
    }

    [LibraryImport("kernel32", EntryPoint = "GetComputerNameExW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool GetComputerName(int form, char* name, ref uint length);
}
