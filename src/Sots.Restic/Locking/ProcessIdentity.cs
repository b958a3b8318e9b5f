using System.Text;

namespace Sots.Restic.Locking;

/// <summary>Who we are, in the form that locks and snapshots carry it, and which other processes of this machine are alive.</summary>
public sealed class ProcessIdentity
{
    private readonly Func<int, bool> _isAlive;

    internal ProcessIdentity(string hostname, string username, int pid, uint userId, uint groupId, Func<int, bool> isAlive, string? machine = null)
    {
        Hostname = hostname;
        Username = username;
        Pid = pid;
        UserId = userId;
        GroupId = groupId;
        _isAlive = isAlive;
        Machine = machine;
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
    /// Tells apart what names do not: which processes share their process ids with us. A hash of what the system calls this machine and, in a
    /// container, of that; null where the system does not tell.
    /// </summary>
    internal string? Machine { get; }

    /// <summary>What a machine is called in a lock: its own id is nobody's business.</summary>
    internal static string HashOf(string machine) => ContentId.Of(Encoding.UTF8.GetBytes("sots_backup lock " + machine)).ToString()[..16];

    /// <summary>
    /// Whether the holder of a lock seems to be gone: it was a process of a machine of our name, and there is none with its id. Enough for who
    /// asks for dead locks to be removed.
    /// </summary>
    /// <remarks>
    /// Linux inside Windows has Windows' machine name but other process ids, so the name's form must be that of this system too.
    /// An id that has been given to another process counts as alive.
    /// </remarks>
    internal bool LooksDead(LockFile holder) =>
        holder.Hostname.Length > 0 && holder.Hostname == Hostname
        && holder.Username.Contains('\\') == Username.Contains('\\')
        && (holder.Machine is null || Machine is null || holder.Machine == Machine)
        && holder.Pid > 0 && holder.Pid != Pid && !_isAlive(holder.Pid);

    /// <summary>
    /// True only where it is certain that the holder of a lock is gone. A name is no proof: containers may have that of their computer, and copies
    /// of one machine are called alike. So it has to be of this very machine; or, where the lock does not say, too old for a holder who lives.
    /// </summary>
    /// <param name="holder">The lock.</param>
    /// <param name="age">How long ago it was written.</param>
    internal bool IsProvablyDead(LockFile holder, TimeSpan age) =>
        LooksDead(holder) && ((holder.Machine is not null && holder.Machine == Machine) || age > LockRules.NotRefreshedAfter);
}
