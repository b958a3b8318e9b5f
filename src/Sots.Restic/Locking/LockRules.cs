using System.Globalization;
using Sots.Restic.Trees;

namespace Sots.Restic.Locking;

/// <summary>The numbers and words of locking. Source: docs/FORMAT.md, section 16.</summary>
internal static class LockRules
{
    /// <summary>A lock is written anew this often.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(5);

    /// <summary>A lock older than this may be removed by anybody.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(30);

    /// <summary>Nobody who lives and works lets a lock become as old as this.</summary>
    public static readonly TimeSpan NotRefreshedAfter = 2 * RefreshInterval;

    /// <summary>Without a refresh for this long we stop relying on our own lock, well before others stop honouring it.</summary>
    public static readonly TimeSpan DoubtfulAfter = StaleAfter - (1.5 * RefreshInterval);

    /// <summary>Between writing a lock and looking for locks written at the same time.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(200);

    /// <summary>How often the age of our lock is looked at. Short, because timers stand still while a machine sleeps.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(10);

    /// <summary>Between a refresh that failed and the next.</summary>
    public static readonly TimeSpan RefreshRetry = TimeSpan.FromMinutes(1);

    /// <summary>Waits before an unreadable lock file is looked at again; it may be on its way.</summary>
    public static readonly TimeSpan[] UnreadableWaits = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20)];

    /// <summary>First and longest wait for somebody else's lock.</summary>
    public static readonly TimeSpan FirstRetryWait = TimeSpan.FromSeconds(5), LongestRetryWait = TimeSpan.FromSeconds(60);

    /// <summary>Removing our lock at the end may take this long, even after a cancel.</summary>
    public static readonly TimeSpan ReleaseLimit = TimeSpan.FromMinutes(1);

    /// <summary>The clock's local time.</summary>
    public static NodeTime Now(TimeProvider time)
    {
        DateTimeOffset now = time.GetLocalNow();
        return new NodeTime(
            now.ToUnixTimeSeconds(), (int)(now.UtcTicks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick), (short)now.TotalOffsetMinutes);
    }

    /// <summary>Age of a lock; negative for one from the future, which is therefore never stale.</summary>
    public static TimeSpan AgeOf(LockFile content, TimeProvider time)
    {
        NodeTime now = Now(time);
        double seconds = (double)now.UnixSeconds - content.Time.UnixSeconds + ((now.Nanoseconds - content.Time.Nanoseconds) / 1e9);
        return TimeSpan.FromSeconds(Math.Clamp(seconds, -1e9, 1e10));
    }

    /// <summary>True for a lock that <c>unlock</c> removes without being forced.</summary>
    public static bool IsStale(LockFile content, ProcessIdentity identity, TimeProvider time) =>
        AgeOf(content, time) > StaleAfter || identity.LooksDead(content);

    /// <summary>The error of an operation that cannot have its lock. Programs that drive restic look for these very words.</summary>
    public static RepositoryException Conflict(LockId id, LockFile content, TimeProvider time) => new(
        RepositoryErrorKind.Locked,
        $"unable to create lock in backend: repository is already locked {(content.Exclusive ? "exclusively " : "")}by {Describe(content)}\n"
        + $"lock was created at {WrittenTime(content.Time)} ({Ago(AgeOf(content, time))} ago)\n"
        + $"storage ID {id.Value.ToShortString()}\n"
        + "the `unlock` command can be used to remove stale locks");

    /// <summary>The holder in restic's words.</summary>
    public static string Describe(LockFile content) => string.Create(
        CultureInfo.InvariantCulture,
        $"PID {content.Pid} on {content.Hostname} by {content.Username} (UID {content.UserId}, GID {content.GroupId})");

    private static string WrittenTime(NodeTime time)
    {
        // The holder's own clock and zone. Numbers that no calendar holds are shown as they are.
        double seconds = (double)time.UnixSeconds + (time.OffsetMinutes * 60.0);
        return seconds is > -62135596800 and < 253402300800
            ? DateTime.UnixEpoch.AddSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            : time.UnixSeconds.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A duration as restic prints it: <c>11.5s</c>, <c>2m3s</c>, <c>1h0m5s</c>; to the millisecond.</summary>
    internal static string Ago(TimeSpan age)
    {
        TimeSpan size = age.Duration();
        string seconds = (size.TotalSeconds % 60).ToString("0.###", CultureInfo.InvariantCulture);
        if (seconds == "60")
        {
            return Ago(TimeSpan.FromSeconds(Math.Round(age.TotalSeconds)));
        }

        string text = size.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(size.TotalHours)}h{size.Minutes}m{seconds}s")
            : size.TotalMinutes >= 1
                ? string.Create(CultureInfo.InvariantCulture, $"{size.Minutes}m{seconds}s")
                : seconds + "s";
        return age < TimeSpan.Zero ? "-" + text : text;
    }
}
