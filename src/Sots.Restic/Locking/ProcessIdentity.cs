namespace Sots.Restic.Locking;

/// <summary>Who we are, in the form that locks and snapshots carry it, and which other processes of this machine are alive.</summary>
public sealed class ProcessIdentity
{
    private readonly Func<int, bool> _isAlive;

    internal ProcessIdentity(string hostname, string username, int pid, uint userId, uint groupId, Func<int, bool> isAlive)
    {
        Hostname = hostname;
        Username = username;
        Pid = pid;
        UserId = userId;
        GroupId = groupId;
        _isAlive = isAlive;
    }

    /// <summary>This process. Facts are taken once.</summary>
    public static ProcessIdentity Current { get; } = OperatingSystem.IsWindows() ? WindowsProcess.Identify() : UnixProcess.Identify();

    /// <summary>This machine's name in full; empty where the system does not tell.</summary>
    public string Hostname { get; }

    /// <summary>The user's name; on Windows <c>DOMAIN\user</c>.</summary>
    public string Username { get; }

    /// <summary>The process id.</summary>
    public int Pid { get; }

    /// <summary>The user id; 0 on Windows.</summary>
    public uint UserId { get; }

    /// <summary>The group id; 0 on Windows.</summary>
    public uint GroupId { get; }

    /// <summary>
    /// True only where it is certain that the holder of a lock is gone: it was a process of this machine and there is none with its id.
    /// </summary>
    /// <remarks>
    /// Linux inside Windows has Windows' machine name but other process ids, so the name's form must be that of this system too.
    /// An id that has been given to another process counts as alive.
    /// </remarks>
    internal bool IsProvablyDead(LockFile holder) =>
        holder.Hostname.Length > 0 && holder.Hostname == Hostname
        && holder.Username.Contains('\\') == Username.Contains('\\')
        && holder.Pid > 0 && holder.Pid != Pid && !_isAlive(holder.Pid);
}
