using Sots.Restic;

namespace Sots.Backup.Retention;

/// <summary>The clock of this computer says it is earlier than a snapshot was made.</summary>
/// <param name="Newest">The newest snapshot.</param>
/// <param name="Now">What the clock says.</param>
/// <param name="By">How far it is behind, whole seconds.</param>
public sealed record ClockBehind(SavedSnapshot Newest, DateTimeOffset Now, TimeSpan By);

/// <summary>
/// Compares the clock with the newest snapshot. A clock that is wrong makes rules of time remove the wrong snapshots, and names new ones
/// older than old ones.
/// </summary>
public static class ClockCheck
{
    /// <summary>Clocks of two computers may differ by so much: ten minutes.</summary>
    public static TimeSpan Tolerance { get; } = TimeSpan.FromMinutes(10);

    /// <summary>How far a clock is behind an instant that has been; null where that is within the tolerance.</summary>
    public static TimeSpan? FindLag(DateTimeOffset past, DateTimeOffset now) => past - now > Tolerance ? past - now : null;

    /// <summary>Says how far the clock is behind, or null where it is not.</summary>
    public static ClockBehind? Find(IEnumerable<SavedSnapshot> snapshots, DateTimeOffset now)
    {
        SavedSnapshot? newest = snapshots.MaxBy(saved => (saved.Snapshot.Time.UnixSeconds, saved.Snapshot.Time.Nanoseconds));
        if (newest is null)
        {
            return null;
        }

        // A snapshot may say it is from any year; a duration holds 29,000 of them.
        long seconds = newest.Snapshot.Time.UnixSeconds - now.ToUnixTimeSeconds();
        return seconds > Tolerance.TotalSeconds ? new ClockBehind(newest, now, TimeSpan.FromSeconds(seconds)) : null;
    }
}
