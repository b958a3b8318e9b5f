using CsCheck;
using Sots.Backup.Operations;
using Sots.Backup.Retention;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Backup.Tests.Retention;

public class RetentionTests
{
    private static readonly ManualTime Time = new();

    private static long Now => Time.GetUtcNow().ToUnixTimeSeconds();

    [Theory]
    [InlineData("1y5m7d2h", 1, 5, 7, 2)]
    [InlineData("2h1y", 1, 0, 0, 2)]
    [InlineData("30d", 0, 0, 30, 0)]
    [InlineData("", 0, 0, 0, 0)]
    [InlineData("1d3d", 0, 0, 3, 0)]
    public void A_period_is_read_in_any_order(string text, int years, int months, int days, int hours)
    {
        Assert.Null(KeepPeriod.TryParse(text, out KeepPeriod period));
        Assert.Equal(new KeepPeriod(years, months, days, hours), period);
        Assert.Null(KeepPeriod.TryParse(period.ToString(), out KeepPeriod again));
        Assert.Equal(period, again);
    }

    [Theory]
    [InlineData("3w", "invalid unit 'w' found after number 3")]
    [InlineData("d", "no number found")]
    [InlineData("-3d", "it must not be negative")]
    [InlineData("12", "no unit found after number 12")]
    [InlineData("99999999999999999999d", "99999999999999999999 is more than 1000000")]
    [InlineData("1d ", "no number found")]
    public void What_is_no_period_is_refused_with_its_reason(string text, string reason) => Assert.Equal(reason, KeepPeriod.TryParse(text, out _));

    [Theory]
    [InlineData("remove")]
    [InlineData("keep 1 latest snapshots", "--keep-last", "1")]
    [InlineData("keep 2 latest snapshots, daily snapshots within 3d", "--keep-last", "2", "--keep-within-daily", "3d")]
    [InlineData(
        "keep 2 monthly snapshots, weekly snapshots within 3d and all snapshots with tags [[a, b] []] and all snapshots within 1y2m of the newest",
        "--keep-monthly", "2", "--keep-within", "1y2m", "--keep-tag", "a,b", "--keep-tag", "", "--keep-within-weekly", "3d")]
    [InlineData("keep all hourly, 5 yearly snapshots", "--keep-hourly", "unlimited", "--keep-yearly", "5")]
    public void A_policy_says_in_restic_s_words_what_it_keeps(string text, params string[] arguments) =>
        Assert.Equal(text, PolicyArguments.Parse(arguments).Options.Policy.ToString());

    [Fact]
    public void A_month_before_31_March_is_3_March()
    {
        NodeTime end = At("2023-03-31T12:00:00Z");
        Assert.Equal(At("2023-03-03T12:00:00Z"), PolicyCalendar.Before(end, new KeepPeriod(0, 1, 0, 0), TimeZoneInfo.Utc));
        Assert.Equal(At("2022-02-26T09:00:00Z"), PolicyCalendar.Before(end, new KeepPeriod(1, 1, 5, 3), TimeZoneInfo.Utc));
    }

    [Fact]
    public void A_day_before_a_change_of_the_clock_is_the_same_hour_of_the_wall_clock_where_the_zone_is_the_local_one()
    {
        TimeZoneInfo berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        NodeTime summer = At("2023-03-27T12:00:00+02:00");
        Assert.Equal(At("2023-03-25T12:00:00+01:00").UnixSeconds, PolicyCalendar.Before(summer, new KeepPeriod(0, 0, 2, 0), berlin).UnixSeconds);
        Assert.Equal(At("2023-03-25T12:00:00+02:00").UnixSeconds, PolicyCalendar.Before(summer, new KeepPeriod(0, 0, 2, 0), TimeZoneInfo.Utc).UnixSeconds);
    }

    [Fact]
    public void Weeks_are_those_of_the_runtime()
    {
        Gen.Long[-60_000_000_000, 250_000_000_000].Sample(seconds =>
        {
            DateTime date = DateTime.UnixEpoch.AddSeconds(seconds);
            long week = (System.Globalization.ISOWeek.GetYear(date) * 100L) + System.Globalization.ISOWeek.GetWeekOfYear(date);
            Assert.Equal(week, PolicyCalendar.Week(new NodeTime(seconds, 0, 0)));
        });
    }

    /// <summary>A policy that keeps more keeps whatever one that keeps less does, and nothing is both kept and removed.</summary>
    [Fact]
    public void Every_snapshot_is_kept_or_removed_and_a_wider_policy_keeps_more()
    {
        Gen.Select(Gen.Int[0, 400].Array[0, 60], Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 5]).Sample((hours, last, daily, monthly) =>
        {
            SavedSnapshot[] snapshots = [.. hours.Select((hour, i) => Saved(i, Now - (hour * 7200L)))];
            KeepPolicy policy = new() { Last = last, Daily = daily, Monthly = monthly };
            ForgetOptions options = new() { Policy = policy, AllowRemoveAll = true, Time = Time };
            ForgetPlan narrow = ForgetPlan.Make(snapshots, options);
            ForgetPlan wide = ForgetPlan.Make(snapshots, options with { Policy = policy with { Last = last + 2 } });
            Assert.Equal(snapshots.Select(saved => saved.Id).Order(), narrow.Groups.SelectMany(group => group.Keep).Select(kept => kept.Snapshot.Id).Concat(narrow.Removed).Order());
            Assert.Empty(wide.Removed.Except(narrow.Removed));
            Assert.All(narrow.Groups.SelectMany(group => group.Keep), kept => Assert.NotEmpty(kept.Reasons));
        });
    }

    [Fact]
    public void The_project_s_policy_never_removes_full_pinned_or_the_newest_three()
    {
        SavedSnapshot[] snapshots =
        [
            .. Enumerable.Range(0, 40).Select(i => Saved(i, Now - (86_400L * 400 * i), i switch { 35 => "full", 36 => "pinned", _ => "push" })),
        ];
        RetentionPolicy retention = new();
        ForgetOptions options = new() { Policy = new KeepPolicy { Last = 1 }, GroupBy = retention.GroupBy, Protection = retention.Protection, Time = Time };
        ForgetGroup group = Assert.Single(ForgetPlan.Make(snapshots, options).Groups);
        Assert.Equal([snapshots[0].Id, snapshots[1].Id, snapshots[2].Id, snapshots[35].Id, snapshots[36].Id], group.Keep.Select(kept => kept.Snapshot.Id));
        Assert.Equal(["last snapshot", "one of the newest 3"], group.Keep[0].Reasons);
        Assert.Equal(["tagged full"], group.Keep[3].Reasons);
        Assert.Equal(["tagged pinned"], group.Keep[4].Reasons);
        Assert.Equal(35, group.Remove.Count);

        Assert.Single(ForgetPlan.Make(snapshots, options with { Protection = SnapshotProtection.None }).Groups[0].Keep);
    }

    [Fact]
    public void Safety_snapshots_take_no_place_among_the_others_and_are_thinned_among_themselves()
    {
        // Ten restores on the day of the newest work, and work of twenty days before.
        SavedSnapshot[] safety = [.. Enumerable.Range(0, 10).Select(i => Saved(100 + i, Now - (60L * i), "before-restore", "restores=x"))];
        SavedSnapshot[] work = [.. Enumerable.Range(0, 20).Select(i => Saved(i, Now - 3600 - (86_400L * i), "push"))];
        RetentionPolicy retention = new() { Keep = new KeepPolicy { Last = 2, Daily = 5 } };
        ForgetOptions options = new()
        {
            Policy = retention.Keep, GroupBy = retention.GroupBy, Protection = retention.Protection, SafetyProtection = retention.SafetyProtection, Time = Time,
        };
        ForgetPlan alone = ForgetPlan.Make(work, options), together = ForgetPlan.Make([.. work, .. safety], options);
        Assert.Equal(Kept(alone.Groups[0]), Kept(together.Groups.Single(group => group.Key.Tags is null)));
        Assert.Equal(work[..5].Select(saved => saved.Id), Kept(alone.Groups[0]));

        ForgetGroup thinned = together.Groups.Single(group => group.Key.Tags is not null);
        Assert.Equal(["before-restore"], thinned.Key.Tags!);
        Assert.Equal([safety[0].Id, safety[1].Id, safety[2].Id, safety[9].Id], Kept(thinned));
        Assert.Equal(["one of the newest 3"], thinned.Keep[2].Reasons);

        // restic's own forget knows no such difference.
        Assert.Single(ForgetPlan.Make([.. work, .. safety], options with { SafetyProtection = null }).Groups);
        Assert.Empty(ForgetPlan.Make(safety, options with { Policy = new KeepPolicy { Tags = [["pinned"]] }, SafetyProtection = SnapshotProtection.None }).Groups[0].Keep);

        static IEnumerable<SnapshotId> Kept(ForgetGroup group) => group.Keep.Select(kept => kept.Snapshot.Id);
    }

    [Fact]
    public void A_clock_behind_the_newest_snapshot_is_noticed_and_a_few_minutes_are_not()
    {
        SavedSnapshot[] snapshots = [Saved(1, Now - 5000), Saved(2, Now + 4000)];
        Assert.Null(ClockCheck.Find([], Time.GetUtcNow()));
        Assert.Null(ClockCheck.Find(snapshots[..1], Time.GetUtcNow()));
        Assert.Null(ClockCheck.Find(snapshots, Time.GetUtcNow().AddSeconds(3700)));
        ClockBehind behind = Assert.IsType<ClockBehind>(ClockCheck.Find(snapshots, Time.GetUtcNow()));
        Assert.Equal((snapshots[1], TimeSpan.FromSeconds(4000)), (behind.Newest, behind.By));
    }

    private static SavedSnapshot Saved(int number, long seconds, params string[] tags) => new(
        new SnapshotId(ContentId.Of(BitConverter.GetBytes(number))),
        new Snapshot { Time = new NodeTime(seconds, 0, 0), Tree = TreeCodec.EmptyTree, Paths = ["/p"], Hostname = "h", Tags = tags });

    private static NodeTime At(string text)
    {
        DateTimeOffset time = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        return new NodeTime(time.ToUnixTimeSeconds(), 0, (short)time.TotalOffsetMinutes);
    }
}
