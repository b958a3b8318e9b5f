using System.Runtime.Versioning;
using Sots.Restic.Backends;

namespace Sots.Restic.Locking;

/// <summary>Process facts on Linux and macOS.</summary>
[UnsupportedOSPlatform("windows")]
internal static class UnixProcess
{
    /// <summary>The first namespace of process ids of Linux has this number, which never changes: all others are containers'.</summary>
    private const string IdsOfAll = "pid:[4026531836]";

    private const string MachineId = "/etc/machine-id", BootId = "/proc/sys/kernel/random/boot_id";

    public static ProcessIdentity Identify() => new(
        Posix.HostName() ?? Environment.MachineName, Environment.UserName, Environment.ProcessId, Posix.UserId(), Posix.GroupId(), IsAlive,
        Machine());

    /// <summary>Asks with signal 0, which disturbs nobody. A process of another user may not be signalled but is there.</summary>
    public static bool IsAlive(int pid) => Posix.Kill(pid, 0) == 0 || Posix.LastError != PosixNumbers.NoSuchProcess;

    /// <summary>
    /// A machine keeps its id over a restart, so that a lock that a power cut left is known for dead. Containers are often of one image and have one
    /// id: theirs is that of the running system, and of their process ids.
    /// </summary>
    private static string? Machine()
    {
        try
        {
            string? processIds = new FileInfo("/proc/self/ns/pid").LinkTarget;
            string system = File.ReadAllText(processIds == IdsOfAll && File.Exists(MachineId) ? MachineId : BootId).Trim();
            return processIds is not null && system.Length > 0 ? ProcessIdentity.HashOf(system + processIds) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // as on macOS
        }
    }
}
