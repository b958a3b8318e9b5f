using Sots.Restic.Locking;

namespace Sots.Restic.Tests.Locking;

public class RefreshingTests : LockTest
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task That_a_young_lock_was_taken_away_is_found_by_who_looks_for_it()
    {
        await using RepositoryLock held = await AcquireAsync();
        await held.ProveHeldAsync(default);
        Store.Take(held.Id);
        await held.EnsureHeldAsync(default);
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(async () => await held.ProveHeldAsync(default));
        Assert.Equal(RepositoryErrorKind.LockLost, e.Kind);
        Assert.True(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_lock_is_written_anew_every_five_minutes_the_new_one_first()
    {
        await using RepositoryLock held = await AcquireAsync();
        LockId first = held.Id;
        Time.Advance(4.8 * Minute);
        Assert.Equal(["save"], Store.Log);
        Time.Advance(0.4 * Minute);
        Assert.Equal(["save", "save", "remove"], Store.Log);
        Assert.NotEqual(first, held.Id);
        Assert.Equal([held.Id], Store.Names);
        Time.Advance(60 * Minute);
        Assert.InRange(LockRules.AgeOf(Assert.Single(Store.Locks).Value, Time), TimeSpan.Zero, 5.2 * Minute);
        held.ThrowIfLost();
        Assert.Empty(Lines);
    }

    [Fact]
    public async Task At_no_moment_of_a_long_run_is_the_repository_without_our_lock()
    {
        await using RepositoryLock held = await AcquireAsync();
        bool always = true;
        Store.Before = _ => always &= Store.Locks.Count >= 1;
        Time.Advance(120 * Minute);
        Assert.True(always);
        Assert.True(Store.Log.Count > 40);
    }

    [Fact]
    public async Task A_failing_refresh_is_told_and_made_good_later()
    {
        await using RepositoryLock held = await AcquireAsync();
        Fail("save");
        Time.Advance(10 * Minute);
        Assert.InRange(Lines.Count, 4, 6);
        Assert.False(held.Lost.IsCancellationRequested);
        Store.Before = _ => { };
        Time.Advance(1.2 * Minute);
        Assert.InRange(LockRules.AgeOf(Assert.Single(Store.Locks).Value, Time), TimeSpan.Zero, 1.2 * Minute);
        Time.Advance(60 * Minute);
        held.ThrowIfLost();
    }

    [Fact]
    public async Task Without_a_refresh_for_22_and_a_half_minutes_the_lock_is_lost()
    {
        await using RepositoryLock held = await AcquireAsync();
        Fail("save");
        Time.Advance(22.4 * Minute);
        held.ThrowIfLost();
        Assert.False(held.Lost.IsCancellationRequested);
        Time.Advance(0.5 * Minute);
        Assert.True(await IsLostAsync(held));
        Assert.Equal(RepositoryErrorKind.LockLost, Assert.Throws<RepositoryException>(held.ThrowIfLost).Kind);
        Assert.Equal(RepositoryErrorKind.LockLost, (await Assert.ThrowsAsync<RepositoryException>(async () => await held.EnsureHeldAsync(default))).Kind);
    }

    [Fact]
    public async Task After_a_long_sleep_the_lock_is_revived_if_nobody_took_it_away()
    {
        await using RepositoryLock held = await AcquireAsync();
        LockId old = held.Id;
        Time.ShiftWall(TimeSpan.FromHours(9));
        ValueTask ensuring = held.EnsureHeldAsync(default);
        Assert.False(ensuring.IsCompleted); // nothing is written meanwhile
        Time.Advance(TimeSpan.FromMilliseconds(200));
        await ensuring;
        Assert.NotEqual(old, held.Id);
        Assert.Equal([held.Id], Store.Names);
        Assert.Empty(Lines);
    }

    [Fact]
    public async Task The_clock_alone_is_enough_to_notice_a_sleep()
    {
        await using RepositoryLock held = await AcquireAsync();
        LockId old = held.Id;
        Time.ShiftWall(TimeSpan.FromMinutes(6));
        Time.Advance(LockRules.Tick);
        Assert.NotEqual(old, held.Id);
    }

    [Fact]
    public async Task A_clock_set_back_does_not_stop_the_refreshing()
    {
        await using RepositoryLock held = await AcquireAsync();
        LockId old = held.Id;
        Time.ShiftWall(TimeSpan.FromHours(-3));
        Time.Advance(5.2 * Minute);
        Assert.NotEqual(old, held.Id);
        held.ThrowIfLost();
    }

    [Fact]
    public async Task A_lock_that_somebody_removed_during_a_sleep_is_lost()
    {
        await using RepositoryLock held = await AcquireAsync();
        Store.Take(held.Id);
        Time.ShiftWall(TimeSpan.FromHours(9));
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => Time.RunAsync(held.EnsureHeldAsync(default).AsTask()));
        Assert.Equal(RepositoryErrorKind.LockLost, e.Kind);
        Assert.Contains("somebody removed it", e.Message, StringComparison.Ordinal);
        Assert.Empty(Store.Names);
    }

    [Fact]
    public async Task A_lock_that_somebody_removes_during_its_revival_is_lost_and_the_new_one_withdrawn()
    {
        RepositoryLock held = await AcquireAsync();
        LockId old = held.Id;
        Time.ShiftWall(TimeSpan.FromHours(9));
        Store.AfterSave = () => Store.Take(old);
        Assert.Equal(
            RepositoryErrorKind.LockLost,
            (await Assert.ThrowsAsync<RepositoryException>(() => Time.RunAsync(held.EnsureHeldAsync(default).AsTask()))).Kind);
        await held.DisposeAsync();
        Assert.Empty(Store.Names);
    }

    [Fact]
    public async Task A_lock_that_somebody_removed_is_lost_at_the_next_refresh()
    {
        await using RepositoryLock held = await AcquireAsync();
        Store.Take(held.Id);
        Time.Advance(5.2 * Minute);
        Assert.True(await IsLostAsync(held));
    }

    [Fact]
    public async Task A_former_lock_that_could_not_be_removed_is_removed_later()
    {
        await using RepositoryLock held = await AcquireAsync();
        Fail("remove");
        Time.Advance(5.2 * Minute);
        Assert.Equal(2, Store.Names.Count);
        Store.Before = _ => { };
        Time.Advance(5.2 * Minute);
        Assert.Equal([held.Id], Store.Names);
        held.ThrowIfLost();
    }

    [Fact]
    public async Task Disposing_removes_former_locks_too()
    {
        RepositoryLock held = await AcquireAsync();
        Fail("remove");
        Time.Advance(5.2 * Minute);
        Store.Before = _ => { };
        await held.DisposeAsync();
        Assert.Empty(Store.Names);
    }

    [Fact]
    public async Task Disposing_never_throws_and_says_what_is_left()
    {
        RepositoryLock held = await AcquireAsync();
        Fail("remove");
        await held.DisposeAsync();
        Assert.Contains(held.Id.Value.ToShortString(), Assert.Single(Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disposed_lock_is_never_written_again()
    {
        RepositoryLock held = await AcquireAsync();
        await held.DisposeAsync();
        Time.ShiftWall(TimeSpan.FromHours(9));
        Time.Advance(60 * Minute);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await held.EnsureHeldAsync(default));
        Assert.Empty(Store.Names);
    }

    private void Fail(string call) => Store.Before = name =>
    {
        if (name == call)
        {
            throw new RepositoryException(RepositoryErrorKind.Storage, "the drive is away");
        }
    };

    // The token is cancelled from the thread pool.
    private static async Task<bool> IsLostAsync(RepositoryLock held)
    {
        TaskCompletionSource<bool> lost = new();
        await using CancellationTokenRegistration registration = held.Lost.Register(() => lost.TrySetResult(true));
        return await lost.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
