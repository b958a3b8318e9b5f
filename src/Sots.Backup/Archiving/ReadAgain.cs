using Sots.Backup.Sources;

namespace Sots.Backup.Archiving;

/// <summary>
/// When a file is read again: one that changed while it was read, that another program held, or that could not be read. At most twice, and
/// a moment later each time: a program that was just saving it is mostly done by then.
/// </summary>
/// <remarks>
/// Times of files are stamped with a clock that ticks. Two writes in one tick leave the same time, so a file whose time is that of this
/// very moment cannot be told from one that is written once more. Such a file is given the moment first; the time of a file that is taken
/// as whole is always older than its opening, and any later write is seen, by this backup or by the next.
/// </remarks>
internal static class ReadAgain
{
    /// <summary>A file is read so often again at most.</summary>
    public const int MaxTimes = 2;

    /// <summary>A longer file that changed is not read again, in bytes: it is reported as it was read.</summary>
    public const long LongestBytes = 64 << 20;

    /// <summary>
    /// Reading stops where a file has grown by so many bytes since it was opened: nobody can read to the end of a file that grows faster.
    /// </summary>
    public const long MostGrowthBytes = 64 << 20;

    /// <summary>Reads that find more behind the end the file had; one that is written to byte by byte would never end otherwise.</summary>
    public const int MostReadsBehindEnd = 256;

    private static readonly TimeSpan[] Waits = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250)];

    /// <summary>Two ticks of the slowest clock that keeps parts of a second.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    /// <summary>That of file systems that do not; FAT counts in steps of two seconds.</summary>
    private static readonly TimeSpan WholeSeconds = TimeSpan.FromSeconds(2);

    /// <summary>How long to wait before the next reading.</summary>
    /// <param name="times">How often it was read again so far.</param>
    /// <param name="fresh">What <see cref="FreshFor"/> gave.</param>
    public static TimeSpan WaitBefore(int times, TimeSpan fresh) => Waits[times] > fresh ? Waits[times] : fresh;

    /// <summary>How much longer the times of a file may be those of a write that is still going on; zero for nearly every file.</summary>
    /// <param name="status">The file.</param>
    /// <param name="now">The clock when it was opened.</param>
    public static TimeSpan FreshFor(in FileStatus status, DateTimeOffset now)
    {
        TimeSpan modified = Remaining(status.ModifiedTime, now);
        TimeSpan changed = Remaining(status.ChangeTime, now);
        return modified > changed ? modified : changed;
    }

    private static TimeSpan Remaining(DiskTime time, DateTimeOffset now)
    {
        TimeSpan grain = time.Nanoseconds == 0 ? WholeSeconds : Tick;
        long seconds = now.ToUnixTimeSeconds();
        if (time.UnixSeconds < seconds - 10 || time.UnixSeconds > seconds + 10)
        {
            return TimeSpan.Zero;
        }

        TimeSpan age = now - DateTimeOffset.FromUnixTimeSeconds(time.UnixSeconds) - TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick);
        return age < grain && age > -grain ? grain - age : TimeSpan.Zero;
    }
}
