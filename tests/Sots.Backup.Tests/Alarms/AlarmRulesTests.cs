using CsCheck;
using Sots.Backup.Alarms;
using Sots.Backup.Restoring;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Backup.Tests.Alarms;

public sealed class AlarmRulesTests
{
    private const long GiB = 1L << 30;
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AlarmThresholds Defaults = AlarmThresholds.Default;

    private static SnapshotFacts Facts(long files = 1000, long bytes = 10 * GiB, long? changed = 10, long? gone = 1, double daysAgo = 0, long stored = GiB) =>
        new(Now.AddDays(-daysAgo), files, bytes, 5, changed, gone, stored);

    private static List<SnapshotFacts> Days(int count, Func<int, SnapshotFacts>? make = null) =>
        [.. Enumerable.Range(0, count).Select(i => (make?.Invoke(i) ?? Facts()) with { Time = Now.AddDays(i - count) })];

    [Theory]
    [InlineData(1000, 10.0, false)]
    [InlineData(500, 5.0, false)]
    [InlineData(499, 10.0, true)]
    [InlineData(1000, 4.9, true)]
    public void A_source_with_less_than_half_is_an_alarm(long files, double gib, bool alarm)
    {
        Alarm? found = AlarmRules.SourceShrunk(Facts(files, (long)(gib * GiB)), Facts(), Defaults);
        Assert.Equal(alarm, found is not null);
        Assert.All([found], one => Assert.True(one is null || (one.Kind == AlarmKind.SourceShrunk && one.Message.Contains("in place of 1,000 files", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData(1000, 100, false)]
    [InlineData(1000, 99, true)]
    [InlineData(101, 10, true)]
    [InlineData(100, 0, false)]
    public void Less_than_a_tenth_of_more_than_a_hundred_files_is_a_reason_to_refuse(long before, long now, bool refuse) =>
        Assert.Equal(refuse, AlarmRules.ReasonToRefuse(now, Facts(before), Defaults) is not null);

    [Fact]
    public void Without_a_history_nothing_is_suspicious()
    {
        Assert.Empty(AlarmRules.AfterBackup(Facts(files: 1, changed: 1_000_000, gone: 1_000_000), [], null, Defaults));
        Assert.Null(AlarmRules.ReasonToRefuse(0, null, Defaults));
        Assert.Null(AlarmRules.ReasonToRefuse(0, Facts() with { Files = null }, Defaults));
    }

    [Fact]
    public void Far_more_changes_than_the_median_are_an_alarm_and_one_busy_day_among_the_recent_hides_nothing()
    {
        List<SnapshotFacts> history = Days(5, i => Facts(changed: i == 2 ? 900 : 10 + i, gone: 2));
        Alarm alarm = Assert.Single(AlarmRules.AfterBackup(Facts(changed: 500), history, null, Defaults));
        Assert.Equal((AlarmKind.ManyFilesChanged, "far more files changed than usual: 500, usually about 13"), (alarm.Kind, alarm.Message));
        Assert.Empty(AlarmRules.AfterBackup(Facts(changed: 99), history, null, Defaults));
        Alarm gone = Assert.Single(AlarmRules.AfterBackup(Facts(gone: 300), history, null, Defaults));
        Assert.Equal(AlarmKind.ManyFilesGone, gone.Kind);
    }

    [Fact]
    public void Two_snapshots_make_nothing_usual() =>
        Assert.Empty(AlarmRules.AfterBackup(Facts(changed: 1000, gone: 500), Days(2), null, Defaults));

    [Fact]
    public void A_baseline_without_counts_of_changes_is_no_change() =>
        Assert.Empty(AlarmRules.AfterBackup(Facts(changed: null, gone: null), Days(5), null, Defaults));

    [Theory]
    [InlineData(100, 1000, false, null)]
    [InlineData(49, 1000, true, "49.0 GiB of 1000.0 GiB are free; at this rate it is full in about 49 days")]
    [InlineData(12, 100, true, "12.0 GiB of 100.0 GiB are free; at this rate it is full in about 12 days")]
    public void A_drive_that_is_or_soon_will_be_full_is_an_alarm(long freeGiB, long totalGiB, bool alarm, string? words)
    {
        GrowthForecast? forecast = GrowthForecast.Of(Days(8), Defaults.RecentSnapshots);
        Assert.Equal(GiB, forecast!.BytesPerDay);
        Alarm? found = AlarmRules.DriveAlmostFull(new DriveSpace(freeGiB * GiB, totalGiB * GiB), forecast, Defaults);
        Assert.Equal(alarm, found is not null);
        Assert.Equal(words, found?.Message["the backup drive is almost full: ".Length..]);
    }

    [Fact]
    public void A_day_of_many_pushes_is_no_forecast_and_a_first_baseline_is_none_either()
    {
        Assert.Null(GrowthForecast.Of([.. Days(8).Select((facts, i) => facts with { Time = Now.AddMinutes(i) })], 10));
        List<SnapshotFacts> history = Days(3, i => Facts(stored: i == 0 ? 500 * GiB : GiB));
        Assert.Equal(GiB, GrowthForecast.Of(history, 10)!.BytesPerDay);
        Assert.Null(GrowthForecast.Of([], 10));
        Assert.Null(GrowthForecast.Of(Days(5, _ => Facts(stored: 0)), 10));
    }

    [Theory]
    [InlineData(0.5, "less than a day")]
    [InlineData(1.5, "about a day")]
    [InlineData(12.4, "about 12 days")]
    [InlineData(100, "about 3 months")]
    [InlineData(10_000, null)]
    public void A_forecast_is_said_no_more_exactly_than_it_is_known(double days, string? words) =>
        Assert.Equal(words, new GrowthForecast(1000).Words((long)(days * 1000)));

    [Theory]
    [InlineData(6.9, null)]
    [InlineData(9.5, "the newest snapshot is 9 days old")]
    public void An_old_snapshot_is_an_alarm(double daysAgo, string? words) =>
        Assert.Equal(words, AlarmRules.SnapshotOld(Now.AddDays(-daysAgo), Now, Defaults)?.Message);

    [Fact]
    public void A_project_without_a_snapshot_is_an_alarm() =>
        Assert.Equal("the project has not been saved yet", Assert.Single(AlarmRules.AtAnyTime([], Now, null, Defaults)).Message);

    [Theory]
    [InlineData(9, null)]
    [InlineData(45, "this computer's clock is behind the newest snapshot by 45 minutes")]
    [InlineData(60 * 24 * 3, "this computer's clock is behind the newest snapshot by 3 days")]
    public void A_clock_behind_the_newest_snapshot_is_an_alarm(int minutes, string? words) =>
        Assert.Equal(words, AlarmRules.ClockBehind(Now.AddMinutes(minutes), Now)?.Message);

    [Fact]
    public void Zero_turns_a_rule_off()
    {
        AlarmThresholds off = new() { ShrunkBelow = 0, RefuseBelow = 0, TimesAsUsual = 0, FreeBelow = 0, FullWithinDays = 0, OldAfterDays = 0 };
        Assert.Empty(AlarmRules.AfterBackup(Facts(files: 1, bytes: 0, changed: 1000, gone: 1000), Days(9), new DriveSpace(0, 100), off));
        Assert.Empty(AlarmRules.AtAnyTime([], Now, new DriveSpace(0, 100), off));
        Assert.Null(AlarmRules.ReasonToRefuse(0, Facts(), off));
    }

    [Fact]
    public void No_numbers_at_all_make_a_rule_fail()
    {
        Gen<long> any = Gen.OneOf(Gen.Long[0, 100], Gen.Long[0, long.MaxValue / 4]);
        Gen<SnapshotFacts> facts = Gen.Select(any, any, any, any, any, Gen.Bool).Select(v =>
            new SnapshotFacts(Now.AddSeconds(v.Item1 % 10_000_000), v.Item6 ? v.Item1 : null, v.Item2, v.Item3, v.Item3, v.Item6 ? v.Item4 : null, v.Item5));
        Gen.Select(facts.Array[0, 8], facts, any).Sample((history, made, room) =>
        {
            IReadOnlyList<Alarm> after = AlarmRules.AfterBackup(made, history, new DriveSpace(room, room), Defaults);
            IReadOnlyList<Alarm> any = AlarmRules.AtAnyTime(history, Now, new DriveSpace(room, Math.Max(1, room)), Defaults);
            return after.Concat(any).All(alarm => alarm.Message.Length > 0 && alarm.Advice.EndsWith('.'));
        });
    }

    [Fact]
    public void What_is_gone_is_what_the_parent_had_and_nobody_met_again()
    {
        SavedSnapshot first = Saved(1, null, new SnapshotSummary { TotalFilesProcessed = 100, FilesNew = 100 });
        SavedSnapshot second = Saved(2, first.Id, new SnapshotSummary { TotalFilesProcessed = 95, FilesNew = 5, FilesChanged = 10, FilesUnmodified = 80 });
        SavedSnapshot third = Saved(3, new SnapshotId(Id(9)), new SnapshotSummary { TotalFilesProcessed = 95, FilesUnmodified = 95 });
        IReadOnlyList<SnapshotFacts> facts = SnapshotFacts.Of([first, second, third, Saved(4, second.Id, null)]);
        Assert.Equal([null, 10, null, null], facts.Select(one => one.Gone));
        Assert.Equal([null, 10, 0, null], facts.Select(one => one.Changed));
        Assert.Equal([100, 95, 95, null], facts.Select(one => one.Files));
    }

    [Fact]
    public void Counts_and_times_out_of_range_are_brought_into_it()
    {
        SnapshotFacts facts = SnapshotFacts.Of([Saved(1, null, new SnapshotSummary { TotalFilesProcessed = ulong.MaxValue, DataAddedPacked = ulong.MaxValue }) with { }])[0];
        Assert.True(facts is { Files: > 0, StoredBytes: > 0 });
        Assert.Equal(9999, SnapshotFacts.TimeOf(new NodeTime(long.MaxValue, 0, 0)).Year);
        Assert.Equal(1, SnapshotFacts.TimeOf(new NodeTime(long.MinValue, 0, 0)).Year);
    }

    [Fact]
    public void The_room_on_the_drive_of_a_folder_that_is_not_there_yet_is_known()
    {
        DriveSpace? here = DriveSpace.Find(Path.GetTempPath());
        Assert.True(here is { FreeBytes: >= 0, TotalBytes: > 0 });
        Assert.Equal(here.TotalBytes, DriveSpace.Find(Path.Combine(Path.GetTempPath(), "not", "there", "yet"))!.TotalBytes);
    }

    [Fact]
    public void After_a_restore_a_backup_is_compared_with_what_was_restored()
    {
        SavedSnapshot old = Saved(1, null, new SnapshotSummary { TotalFilesProcessed = 200, TotalBytesProcessed = 200 });
        SavedSnapshot grown = Saved(2, old.Id, new SnapshotSummary { TotalFilesProcessed = 9000, TotalBytesProcessed = 9000, FilesNew = 8800, FilesUnmodified = 200 });
        SavedSnapshot safety = Saved(3, grown.Id, new SnapshotSummary { TotalFilesProcessed = 9100, TotalBytesProcessed = 9100, DataAddedPacked = 7 }, new SafetyTags(old.Id, true, false, []).ToTags());
        IReadOnlyList<SnapshotFacts> history = SnapshotFacts.Of([old, grown, safety]);
        Assert.Equal((200L, true, 7L), (history[2].Files!.Value, history[2].IsRestore, history[2].StoredBytes));

        SnapshotFacts pushed = Facts(files: 200, bytes: 200, changed: 150, gone: 8900) with { Time = history[^1].Time.AddHours(1) };
        Assert.Empty(AlarmRules.AfterBackup(pushed, history, null, Defaults));
        Assert.Null(AlarmRules.ReasonToRefuse(200, history[^1], Defaults));
        Assert.Empty(AlarmRules.Changes(history, Defaults));
        Assert.Empty(AlarmRules.Changes([.. history, pushed], Defaults));

        // A loss after the restore is one all the same, and so is one without a restore.
        Assert.NotNull(AlarmRules.ReasonToRefuse(10, history[^1], Defaults));
        Assert.Equal([AlarmKind.SourceShrunk], AlarmRules.Changes([.. history, pushed with { Files = 90 }], Defaults).Select(alarm => alarm.Kind));
        Assert.Equal([AlarmKind.SourceShrunk], AlarmRules.Changes([.. history.SkipLast(1), pushed], Defaults).Select(alarm => alarm.Kind));
    }

    [Fact]
    public void After_a_restore_of_a_part_a_backup_is_compared_with_the_whole_project()
    {
        SavedSnapshot first = Saved(1, null, new SnapshotSummary { TotalFilesProcessed = 200 });
        SavedSnapshot safety = Saved(2, first.Id, new SnapshotSummary { TotalFilesProcessed = 9100 }, new SafetyTags(first.Id, true, false, ["Content/A"]).ToTags());
        Assert.Equal(9100, SnapshotFacts.Of([first, safety])[1].Files);
        SavedSnapshot unknown = Saved(3, first.Id, new SnapshotSummary { TotalFilesProcessed = 9100 }, new SafetyTags(new SnapshotId(Id(9)), true, false, []).ToTags());
        Assert.Null(SnapshotFacts.Of([first, unknown])[1].Files);
    }

    [Fact]
    public void A_restore_does_not_make_the_newest_backup_younger()
    {
        SnapshotFacts old = Facts(daysAgo: 30), restore = Facts() with { IsRestore = true };
        Assert.Equal(old.Time, AlarmRules.NewestBackup([old, restore]));
        Assert.Equal([AlarmKind.SnapshotOld], AlarmRules.AtAnyTime([old, restore], Now, null, Defaults).Select(alarm => alarm.Kind));
    }

    private static ContentId Id(byte first) => ContentId.Parse(first.ToString("x2", System.Globalization.CultureInfo.InvariantCulture) + new string('0', 62));

    private static SavedSnapshot Saved(byte id, SnapshotId? parent, SnapshotSummary? summary, IReadOnlyList<string>? tags = null) => new(
        new SnapshotId(Id(id)), new Snapshot { Time = new NodeTime(1_795_000_000 + id, 0, 0), Tree = new TreeId(Id(7)), Parent = parent, Summary = summary, Tags = tags ?? [] });
}
