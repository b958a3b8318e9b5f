using Sots.Restic.Locking;
using Sots.Testing;

namespace Sots.Restic.Tests.Locking;

public class AcquiringTests : LockTest
{
    [Theory]
    [InlineData(false, false, true)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    public async Task Only_shared_locks_stand_side_by_side(bool theirs, bool ours, bool together)
    {
        Store.Put(Content(theirs));
        if (together)
        {
            await using RepositoryLock held = await AcquireAsync(ours);
            Assert.Equal(2, Store.Locks.Count);
            return;
        }

        await IsLockedAsync(() => AcquireAsync(ours));
        Assert.Single(Store.Locks);
        Assert.Empty(Store.Log);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lock_says_who_we_are_and_goes_when_disposed(bool exclusive)
    {
        RepositoryLock held = await AcquireAsync(exclusive);
        LockFile content = Assert.Single(Store.Locks).Value;
        Assert.Equal(new LockFile(content.Time, exclusive, "anvil", "smith", 100, 1000, 1000, "iron"), content);
        Assert.Equal(ManualTime.Start.ToUnixTimeSeconds(), content.Time.UnixSeconds);
        Assert.Equal(120, content.Time.OffsetMinutes);
        Assert.Equal(exclusive, held.IsExclusive);
        Assert.Equal(Store.Names, [held.Id]);
        held.ThrowIfLost();
        await held.DisposeAsync();
        await held.DisposeAsync();
        Assert.Empty(Store.Names);
        Assert.Empty(Lines);
    }

    [Fact]
    public async Task Taking_a_lock_lasts_200_milliseconds()
    {
        Task<RepositoryLock> acquiring = RepositoryLock.AcquireAsync(Store, false, Options(), default);
        Time.Advance(TimeSpan.FromMilliseconds(199));
        Assert.False(acquiring.IsCompleted);
        Assert.Single(Store.Locks);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        await (await acquiring).DisposeAsync();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Where_everybody_sees_at_once_what_was_written_nobody_waits_who_removes_nothing(bool exclusive, bool removesNothing)
    {
        Store.ShowsAtOnce = true;
        LockOptions options = Options() with { SettleMeanwhile = true, RemovesNothing = removesNothing };
        Task<RepositoryLock> acquiring = RepositoryLock.AcquireAsync(Store, exclusive, options, default);
        Assert.True(acquiring.IsCompletedSuccessfully);
        RepositoryLock held = await acquiring;
        Assert.True(held.EnsureHeldAsync(default).AsTask().IsCompletedSuccessfully);
        await held.DisposeAsync();
        Assert.Empty(Store.Names);
    }

    [Fact]
    public async Task Who_removes_something_waits_even_there_and_so_sees_who_began_over_a_share_and_looks_again_later()
    {
        Store.ShowsAtOnce = true;
        Task<RepositoryLock> acquiring = RepositoryLock.AcquireAsync(Store, exclusive: true, Options(), default);
        Assert.False(acquiring.IsCompleted);
        Store.Put(Content(exclusive: false));
        Time.Advance(TimeSpan.FromMilliseconds(200));
        await IsLockedAsync(() => acquiring);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lock_that_settles_meanwhile_is_relied_on_only_after_the_second_look(bool taken)
    {
        Store.AfterSave = () =>
        {
            Store.AfterSave = () => { };
            Store.Put(Content(exclusive: taken));
        };
        await using RepositoryLock held = await RepositoryLock.AcquireAsync(Store, false, Options() with { SettleMeanwhile = true }, default);
        Task sure = held.EnsureHeldAsync(default).AsTask();
        Task settled = held.SettledAsync(default).AsTask();
        Time.Advance(TimeSpan.FromMilliseconds(199));
        Assert.False(sure.IsCompleted || settled.IsCompleted || held.Lost.IsCancellationRequested);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        if (taken)
        {
            await IsLockedAsync(() => sure);
            await IsLockedAsync(() => settled);
            await IsLockedAsync(() => held.EnsureHeldAsync(default).AsTask());
            Assert.True(held.Lost.IsCancellationRequested);
            Assert.Throws<RepositoryException>(held.ThrowIfLost);
        }
        else
        {
            await Task.WhenAll(sure, settled);
            Assert.True(held.EnsureHeldAsync(default).AsTask().IsCompletedSuccessfully);
        }

        await held.DisposeAsync();
        Assert.Equal("bellows", Assert.Single(Store.Locks).Value.Hostname);
    }

    [Theory]
    [InlineData(true, 0, 0)]
    [InlineData(false, 1, 0)]
    [InlineData(false, 0, 200)]
    public async Task Exclusive_waiting_or_slowly_written_locks_do_not_settle_meanwhile(bool exclusive, int retrySeconds, int writingMilliseconds)
    {
        Store.AfterSave = () => Time.Advance(TimeSpan.FromMilliseconds(writingMilliseconds));
        LockOptions options = Options(TimeSpan.FromSeconds(retrySeconds)) with { SettleMeanwhile = true };
        Task<RepositoryLock> acquiring = RepositoryLock.AcquireAsync(Store, exclusive, options, default);
        Assert.False(acquiring.IsCompleted);
        await (await Time.RunAsync(acquiring)).DisposeAsync();
    }

    [Fact]
    public async Task A_lock_can_be_let_go_before_it_settled()
    {
        RepositoryLock held = await RepositoryLock.AcquireAsync(Store, false, Options() with { SettleMeanwhile = true }, default);
        await held.DisposeAsync();
        Assert.Empty(Store.Names);
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    public async Task A_lock_written_at_the_same_moment_is_seen_and_ours_withdrawn_with_the_wait_and_without(bool theirs, bool ours, bool atOnce)
    {
        Store.ShowsAtOnce = atOnce;
        Store.AfterSave = () =>
        {
            Store.AfterSave = () => { };
            Store.Put(Content(theirs));
        };
        await IsLockedAsync(() => AcquireAsync(ours));
        Assert.Equal("bellows", Assert.Single(Store.Locks).Value.Hostname);
    }

    [Fact]
    public async Task The_error_has_the_words_that_others_look_for()
    {
        LockId id = Store.Put(Content(exclusive: true, pid: 2000, age: TimeSpan.FromSeconds(3723)));
        Time.Advance(TimeSpan.FromMilliseconds(500));
        RepositoryException e = await IsLockedAsync(() => AcquireAsync());
        Assert.Equal(
            "unable to create lock in backend: repository is already locked exclusively by PID 2000 on bellows by tongs (UID 501, GID 20)\n"
            + "lock was created at 2026-01-02 04:02:02 (1h2m3.5s ago)\n"
            + $"storage ID {id.Value.ToShortString()}\n"
            + "the `unlock` command can be used to remove stale locks",
            e.Message);

        Store.Take(id);
        Store.Put(Content(exclusive: false, pid: 2000));
        e = await IsLockedAsync(() => AcquireAsync(exclusive: true));
        Assert.StartsWith("unable to create lock in backend: repository is already locked by PID 2000 on", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(11_500, "11.5s")]
    [InlineData(59_999, "59.999s")]
    [InlineData(60_000, "1m0s")]
    [InlineData(3_600_000, "1h0m0s")]
    [InlineData(400_000_000, "111h6m40s")]
    [InlineData(-5_000, "-5s")]
    public void Ages_are_printed_as_restic_prints_them(long milliseconds, string text) =>
        Assert.Equal(text, LockRules.Ago(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public async Task Any_time_a_lock_may_claim_can_be_printed()
    {
        foreach (long seconds in (long[])[long.MinValue, -1, 0, 253402300799, long.MaxValue])
        {
            LockId id = Store.Put(Content(true) with { Time = new(seconds, 999_999_999, short.MaxValue) });
            await IsLockedAsync(() => AcquireAsync());
            Store.Take(id);
        }
    }

    [Fact]
    public async Task Age_alone_never_makes_a_lock_of_another_machine_give_way()
    {
        Store.Put(Content(exclusive: true, age: TimeSpan.FromDays(40)));
        await IsLockedAsync(() => AcquireAsync());
        Assert.Single(Store.Locks);
    }

    [Theory]
    [InlineData("iron", 0)]
    [InlineData(null, 601)]
    public async Task A_dead_process_of_this_machine_gives_way_with_a_line_where_the_lock_does_not_say_after_ten_minutes(string? machine, int seconds)
    {
        Store.Put(Content(exclusive: true, host: "anvil", pid: 666, TimeSpan.FromSeconds(seconds), machine: machine));
        await using RepositoryLock held = await AcquireAsync();
        Assert.Equal(100, Assert.Single(Store.Locks).Value.Pid);
        Assert.Contains("PID 666 on anvil", Assert.Single(Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anvil", 200, "tongs")] // alive
    [InlineData("anvil", 100, "tongs")] // we ourselves
    [InlineData("Anvil", 666, "tongs")] // another name
    [InlineData("anvil", 0, "tongs")] // no process id at all
    [InlineData("anvil", -1, "tongs")] // would ask for all processes
    [InlineData("anvil", 666, @"ANVIL\tongs")] // Windows beside the Linux inside it: other process ids
    [InlineData("anvil", 666, "tongs", 172_800, "bronze")] // a container, or a copy of this machine
    [InlineData("anvil", 666, "tongs", 600, null)] // of a program that does not say, and that may have refreshed it
    [InlineData("anvil", 666, "tongs", -3600, null)] // from the future
    public async Task Whoever_is_not_provably_dead_stays(string host, int pid, string user, int seconds = 172_800, string? machine = "iron")
    {
        Store.Put(Content(exclusive: true, host, pid, TimeSpan.FromSeconds(seconds), user, machine));
        await IsLockedAsync(() => AcquireAsync());
        Assert.Single(Store.Locks);
    }

    [Fact]
    public async Task The_dead_are_left_alone_where_they_are_not_in_the_way()
    {
        Store.Put(Content(exclusive: false, host: "anvil", pid: 666, machine: "iron"));
        await using RepositoryLock held = await AcquireAsync();
        Assert.Equal(2, Store.Locks.Count);
    }

    [Fact]
    public async Task An_empty_file_is_nobodys_lock()
    {
        Store.Put(null, isEmpty: true);
        await using RepositoryLock held = await AcquireAsync(exclusive: true);
        Assert.Empty(Lines);
    }

    [Fact]
    public async Task A_file_that_is_no_lock_is_named_after_35_seconds()
    {
        LockId bad = Store.Put(null);
        RepositoryException e = await IsLockedAsync(() => AcquireAsync());
        Assert.Equal(TimeSpan.FromSeconds(35), Time.Elapsed);
        Assert.Equal(3, Lines.Count);
        Assert.Contains($"locks/{bad}", e.Message, StringComparison.Ordinal);
        Assert.Contains("invalid lock file", e.Message, StringComparison.Ordinal);
        Assert.Contains("unlock --remove-all", e.Advice, StringComparison.Ordinal);
        Assert.Empty(Store.Log);
    }

    [Fact]
    public async Task A_file_that_becomes_readable_meanwhile_is_a_lock()
    {
        LockId late = Store.Put(null);
        Task<RepositoryLock> acquiring = RepositoryLock.AcquireAsync(Store, false, Options(), default);
        Time.Advance(TimeSpan.FromSeconds(6));
        Store.Fix(late, Content(exclusive: false));
        await using RepositoryLock held = await Time.RunAsync(acquiring);
        Assert.Equal(2, Store.Locks.Count);
    }

    [Fact]
    public async Task A_lock_in_the_way_is_told_at_once_even_beside_an_unreadable_one()
    {
        Store.Put(null);
        Store.Put(Content(exclusive: true));
        await IsLockedAsync(() => AcquireAsync());
        Assert.Equal(TimeSpan.Zero, Time.Elapsed);
    }

    [Fact]
    public async Task A_lock_that_vanishes_while_we_look_is_in_nobodys_way()
    {
        LockId vanishing = Store.Put(Content(exclusive: true));
        Store.Before = call =>
        {
            if (call == "load")
            {
                Store.Take(vanishing);
            }
        };
        await using RepositoryLock held = await AcquireAsync(exclusive: true);
        held.ThrowIfLost();
    }

    [Theory]
    [InlineData(3, new double[] { 3 })]
    [InlineData(20, new double[] { 5, 10, 5 })]
    [InlineData(300, new double[] { 5, 10, 20, 40, 60, 60, 60, 45 })]
    public async Task Waiting_for_a_lock_doubles_up_to_a_minute_and_ends_with_one_last_try(int seconds, double[] waits)
    {
        Store.Put(Content(exclusive: true));
        List<double> looks = [];
        Store.Before = call =>
        {
            if (call == "list")
            {
                looks.Add(Time.Elapsed.TotalSeconds);
            }
        };
        await IsLockedAsync(() => AcquireAsync(retryFor: TimeSpan.FromSeconds(seconds)));
        Assert.Equal(waits, looks.Zip(looks.Skip(1), (before, after) => after - before));
        Assert.Equal(waits.Length, Lines.Count);
    }

    [Fact]
    public async Task Waiting_ends_when_the_lock_in_the_way_goes()
    {
        LockId theirs = Store.Put(Content(exclusive: true));
        Task<RepositoryLock> acquiring = RepositoryLock.AcquireAsync(Store, false, Options(TimeSpan.FromHours(1)), default);
        Time.Advance(TimeSpan.FromSeconds(14));
        Store.Take(theirs);
        Assert.False(acquiring.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(1.2));
        await (await acquiring).DisposeAsync();
    }

    [Fact]
    public async Task A_cancel_while_taking_the_lock_leaves_none()
    {
        using CancellationTokenSource cancel = new();
        Task<RepositoryLock> acquiring = RepositoryLock.AcquireAsync(Store, false, Options(), cancel.Token);
        Assert.Single(Store.Locks);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => acquiring);
        Assert.Empty(Store.Names);
    }

    [Theory]
    [InlineData("save")]
    [InlineData("list")]
    public async Task A_storage_that_fails_is_told_as_it_is_and_leaves_no_lock(string call)
    {
        int calls = 0;
        Store.Before = name =>
        {
            if (name == call && (name == "save" || ++calls == 2))
            {
                throw new RepositoryException(RepositoryErrorKind.StorageFull, "full");
            }
        };
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => AcquireAsync());
        Assert.Equal(RepositoryErrorKind.StorageFull, e.Kind);
        Assert.Empty(Store.Names);
    }
}
