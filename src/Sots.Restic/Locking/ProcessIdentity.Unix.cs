using System.Runtime.Versioning;
using Sots.Restic.Backends;

namespace Sots.Restic.Locking;

/// <summary>Process facts on Linux and macOS.</summary>
[UnsupportedOSPlatform("windows")]
internal static class UnixProcess
{
    public static ProcessIdentity Identify() => new(
        Posix.HostName() ?? Environment.MachineName, Environment.UserName, Environment.ProcessId, Posix.UserId(), Posix.GroupId(), IsAlive);

    /// <summary>Asks with signal 0, which disturbs nobody. A process of another user may not be signalled but is there.</summary>
    public static bool IsAlive(int pid) => Posix.Kill(pid, 0) == 0 || Posix.LastError != PosixNumbers.NoSuchProcess;
}
