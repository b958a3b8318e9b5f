using System.Globalization;
using Sots.Backup.Retention;

namespace Sots.Backup.Alarms;

/// <summary>When something is suspicious. Pure functions over facts: what they are given decides, nothing else.</summary>
public static class AlarmRules
{
    private const int FewestForMedian = 3;

    /// <summary>All that a backup which is just over has to be asked, most important first.</summary>
    /// <param name="made">The snapshot that was made.</param>
    /// <param name="earlier">Those before it, oldest first.</param>
    /// <param name="space">Room at the repository, or null where it is not known.</param>
    /// <param name="thresholds">From where on.</param>
    public static IReadOnlyList<Alarm> AfterBackup(
        SnapshotFacts made, IReadOnlyList<SnapshotFacts> earlier, DriveSpace? space, AlarmThresholds thresholds)
    {
        Alarm?[] found =
        [
            .. Changes([.. earlier, made], thresholds),
            DriveAlmostFull(space, GrowthForecast.Of([.. earlier, made], thresholds.RecentSnapshots), thresholds),
            earlier.Count > 0 ? ClockBehind(earlier[^1].Time, made.Time) : null,
        ];
        return [.. found.OfType<Alarm>()];
    }

    /// <summary>All that can be asked at any time, most important first.</summary>
    /// <param name="history">Snapshots of the project, oldest first.</param>
    /// <param name="now">The clock.</param>
    /// <param name="space">Room at the repository, or null where it is not known.</param>
    /// <param name="thresholds">From where on.</param>
    /// <param name="host">This computer, or null for any.</param>
    public static IReadOnlyList<Alarm> AtAnyTime(
        IReadOnlyList<SnapshotFacts> history, DateTimeOffset now, DriveSpace? space, AlarmThresholds thresholds, string? host = null)
    {
        Alarm?[] found =
        [
            SnapshotOld(history, host, now, thresholds),
            history.Count > 0 ? ClockBehind(history.Max(facts => facts.Time), now) : null,
            .. Changes(history, thresholds),
            DriveAlmostFull(space, GrowthForecast.Of(history, thresholds.RecentSnapshots), thresholds),
        ];
        return [.. found.OfType<Alarm>()];
    }

    /// <summary>What is suspicious about the newest backup when it is compared with those before it; nothing where a restore came after it.</summary>
    /// <param name="history">Snapshots of the project, oldest first.</param>
    /// <param name="thresholds">From where on.</param>
    public static IEnumerable<Alarm> Changes(IReadOnlyList<SnapshotFacts> history, AlarmThresholds thresholds)
    {
        if (history is not [.., { } last, { IsRestore: false } made])
        {
            return [];
        }

        IReadOnlyList<SnapshotFacts> earlier = [.. history.SkipLast(1)];
        Alarm?[] found = [SourceShrunk(made, last, thresholds), ManyFilesGone(made, earlier, thresholds), ManyFilesChanged(made, earlier, thresholds)];
        return found.OfType<Alarm>();
    }

    /// <summary>When the newest backup was made, restores not counted; null where there is none.</summary>
    public static DateTimeOffset? NewestBackup(IEnumerable<SnapshotFacts> history) =>
        history.Where(static facts => !facts.IsRestore).Max(static facts => (DateTimeOffset?)facts.Time);

    /// <summary>Alarm where too little is left of what was there last time.</summary>
    public static Alarm? SourceShrunk(SnapshotFacts made, SnapshotFacts? last, AlarmThresholds thresholds)
    {
        if (last?.Files is not { } before || made.Files is not { } now || before < thresholds.FewestFiles)
        {
            return null;
        }

        bool fewer = now < before * thresholds.ShrunkBelow;
        bool smaller = made.Bytes < last.Bytes * thresholds.ShrunkBelow;
        return fewer || smaller
            ? new Alarm(
                AlarmKind.SourceShrunk,
                Text($"the project is far smaller than last time: {Files(now)}, {Size(made.Bytes)}, in place of {Files(before)}, {Size(last.Bytes)}"),
                "If you did not remove so much, get it back from an earlier snapshot: `sots_backup snapshots` lists them.")
            : null;
    }

    /// <summary>Whether so little is left that no snapshot should be made without being told to; the reason, or null.</summary>
    public static Alarm? ReasonToRefuse(long filesNow, SnapshotFacts? last, AlarmThresholds thresholds) =>
        last?.Files is { } before && before > thresholds.FewestFiles && filesNow < before * thresholds.RefuseBelow
            ? new Alarm(
                AlarmKind.SourceShrunk,
                Text($"the project has {Files(filesNow)} and had {before:N0} last time: this looks like a loss, not like work, and no snapshot was made"),
                "Look whether the project's folder is whole. If it is meant to be so small, say --force.")
            : null;

    /// <summary>Alarm where far more files changed than usual.</summary>
    public static Alarm? ManyFilesChanged(SnapshotFacts made, IReadOnlyList<SnapshotFacts> earlier, AlarmThresholds thresholds) =>
        FarMoreThanUsual(made.Changed, earlier, static facts => facts.Changed, thresholds) is { } usual
            ? new Alarm(
                AlarmKind.ManyFilesChanged,
                Text($"far more files changed than usual: {made.Changed:N0}, usually about {usual:N0}"),
                "Fine after an engine update or a mass edit. If it was neither, keep the older snapshots until you know what happened.")
            : null;

    /// <summary>Alarm where far more files are gone than usual.</summary>
    public static Alarm? ManyFilesGone(SnapshotFacts made, IReadOnlyList<SnapshotFacts> earlier, AlarmThresholds thresholds) =>
        FarMoreThanUsual(made.Gone, earlier, static facts => facts.Gone, thresholds) is { } usual
            ? new Alarm(
                AlarmKind.ManyFilesGone,
                Text($"far more files are gone than usual: {made.Gone:N0}, usually about {usual:N0}"),
                "If you did not remove them, get them back from an earlier snapshot: `sots_backup snapshots` lists them.")
            : null;

    /// <summary>Alarm where little room is left, or soon will be.</summary>
    public static Alarm? DriveAlmostFull(DriveSpace? space, GrowthForecast? forecast, AlarmThresholds thresholds)
    {
        if (space is null)
        {
            return null;
        }

        double share = space.FreeBytes / (double)Math.Max(1, space.TotalBytes);
        bool soon = forecast is not null && forecast.DaysUntilFull(space.FreeBytes) < thresholds.FullWithinDays;
        string rate = forecast?.Words(space.FreeBytes) is { } days ? $"; at this rate it is full in {days}" : "";
        return share < thresholds.FreeBelow || space.FreeBytes < thresholds.FreeBelowBytes || soon
            ? new Alarm(
                AlarmKind.DriveAlmostFull,
                Text($"the backup drive is almost full: {Size(space.FreeBytes)} of {Size(space.TotalBytes)} are free{rate}"),
                "Free space on it, or let `sots_backup forget-prune` remove old snapshots.")
            : null;
    }

    /// <summary>
    /// Alarm where the last snapshot was long ago, or there is none. Where there are some of this computer only those count: what another
    /// saved since is not the work that is done here.
    /// </summary>
    public static Alarm? SnapshotOld(IReadOnlyList<SnapshotFacts> history, string? host, DateTimeOffset now, AlarmThresholds thresholds)
    {
        DateTimeOffset? newest = NewestBackup(history), own = NewestBackup(history.Where(facts => facts.Host == host));
        return SnapshotOld(own ?? newest, now, thresholds, own is null || own == newest ? "" : " of this computer");
    }

    /// <summary>Alarm where the last snapshot was long ago, or there is none.</summary>
    public static Alarm? SnapshotOld(DateTimeOffset? newest, DateTimeOffset now, AlarmThresholds thresholds, string whose = "")
    {
        const string advice = "`sots_backup push` makes one.";
        if (thresholds.OldAfterDays <= 0)
        {
            return null;
        }

        if (newest is not { } time)
        {
            return new Alarm(AlarmKind.SnapshotOld, "the project has not been saved yet", advice);
        }

        double days = (now - time).TotalDays;
        return days > thresholds.OldAfterDays
            ? new Alarm(AlarmKind.SnapshotOld, Text($"the newest snapshot{whose} is {Math.Floor(days):N0} days old"), advice)
            : null;
    }

    /// <summary>Alarm where files of snapshots, of whatever project, cannot be read: nobody knows what they would have named.</summary>
    /// <param name="damaged">How many.</param>
    public static Alarm? SnapshotDamaged(int damaged) => damaged == 0 ? null
        : new Alarm(AlarmKind.SnapshotDamaged, damaged == 1 ? "1 snapshot cannot be read" : Text($"{damaged:N0} snapshots cannot be read"), "`sots_backup check` says more.");

    /// <summary>Alarm where it was proven long ago, or never, that files can be got back.</summary>
    /// <param name="proven">When a drill last got back all it tried; null for never.</param>
    /// <param name="oldest">When the oldest snapshot was made: before that there was nothing to prove.</param>
    /// <param name="now">The clock.</param>
    /// <param name="thresholds">From where on.</param>
    public static Alarm? DrillOld(DateTimeOffset? proven, DateTimeOffset? oldest, DateTimeOffset now, AlarmThresholds thresholds)
    {
        if (thresholds.DrillAfterDays <= 0 || (proven ?? oldest) is not { } since || (now - since).TotalDays <= thresholds.DrillAfterDays)
        {
            return null;
        }

        return new Alarm(
            AlarmKind.DrillOld,
            proven is null ? "it was never tried whether the backup can be restored" : Text($"it was last tried {Math.Floor((now - since).TotalDays):N0} days ago whether the backup can be restored"),
            "`sots_backup drill` restores some files to a temporary place, compares them and removes them.");
    }

    /// <summary>Alarm where the clock is behind what was already saved: no decision by age can be trusted then.</summary>
    public static Alarm? ClockBehind(DateTimeOffset newest, DateTimeOffset now)
    {
        return ClockCheck.FindLag(newest, now) is { } behind
            ? new Alarm(
                AlarmKind.ClockBehind,
                $"this computer's clock is behind the newest snapshot by {Span(behind)}",
                "Set the clock. Until it is right, the order of snapshots is doubtful and nothing should be forgotten by age.")
            : null;
    }

    /// <summary>What is usual, where the value is far above it; else null. Right after a restore, what changed is the restore's doing.</summary>
    private static double? FarMoreThanUsual(
        long? value, IReadOnlyList<SnapshotFacts> earlier, Func<SnapshotFacts, long?> select, AlarmThresholds thresholds)
    {
        if (value is not { } many || thresholds.TimesAsUsual <= 0 || earlier is not [.., { IsRestore: false, Files: { } files }])
        {
            return null;
        }

        List<long> recent = [.. earlier.Select(select).OfType<long>().TakeLast(thresholds.RecentSnapshots).Order()];
        if (recent.Count < FewestForMedian)
        {
            return null;
        }

        double median = Median(recent);
        bool far = many > Math.Max(1, median) * thresholds.TimesAsUsual;
        return far && many >= thresholds.FewestFiles && many >= files * thresholds.ChangedShare ? median : null;
    }

    private static double Median(List<long> sorted) =>
        sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + (double)sorted[sorted.Count / 2]) / 2;

    private static string Span(TimeSpan span) => span.TotalDays >= 2 ? Text($"{Math.Floor(span.TotalDays):N0} days")
        : span.TotalHours >= 2 ? Text($"{Math.Floor(span.TotalHours)} hours")
        : Text($"{Math.Floor(span.TotalMinutes)} minutes");

    private static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => Text($"{bytes / (double)(1L << 30):F1} GiB"),
        >= 1L << 20 => Text($"{bytes / (double)(1L << 20):F1} MiB"),
        _ => Text($"{bytes / 1024.0:F1} KiB"),
    };

    private static string Files(long count) => count == 1 ? "1 file" : Text($"{count:N0} files");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
