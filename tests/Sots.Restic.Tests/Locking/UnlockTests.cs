using Sots.Restic.Backends;
using Sots.Restic.Locking;
using Sots.Testing;

namespace Sots.Restic.Tests.Locking;

public class UnlockTests : LockTest
{
    private Task<UnlockResult> UnlockAsync(bool removeAll = false) => RepositoryLock.UnlockAsync(Store, removeAll, Options(), default);

    [Theory]
    [InlineData("bellows", 7, 31, true)] // old
    [InlineData("bellows", 7, 29, false)]
    [InlineData("anvil", 666, 0, true)] // dead
    [InlineData("anvil", 200, 0, false)]
    [InlineData("anvil", 200, 31, true)] // alive but no longer refreshing
    [InlineData("bellows", 7, -600, false)] // from the future
    public async Task Stale_is_old_or_dead(string host, int pid, int minutes, bool stale)
    {
        Store.Put(Content(exclusive: true, host, pid, TimeSpan.FromMinutes(minutes)));
        UnlockResult result = await UnlockAsync();
        Assert.Equal(stale ? 1 : 0, result.Removed);
        Assert.Equal(stale ? 0 : 1, result.Remaining);
        Assert.Equal(result.Remaining, Store.Names.Count);
    }

    [Theory]
    [InlineData("iron", true)]
    [InlineData("bronze", false)]
    public async Task Of_another_machine_with_our_name_nobody_is_dead(string machine, bool stale)
    {
        Store.Put(Content(exclusive: true, "anvil", 666, machine: machine));
        Assert.Equal(stale ? 1 : 0, (await UnlockAsync()).Removed);
    }

    [Fact]
    public async Task What_is_no_lock_is_named_and_left_alone()
    {
        LockId bad = Store.Put(null);
        Store.Put(null, isEmpty: true);
        Store.Put(Content(exclusive: false, age: TimeSpan.FromHours(1)));
        UnlockResult result = await UnlockAsync();
        Assert.Equal(1, result.Removed);
        Assert.Equal(0, result.Remaining);
        Assert.Equal([bad], result.Unreadable);
        Assert.Equal(2, Store.Names.Count);
    }

    [Fact]
    public async Task All_means_all()
    {
        Store.Put(null);
        Store.Put(null, isEmpty: true);
        Store.Put(Content(exclusive: true, host: "anvil", pid: 200));
        UnlockResult result = await UnlockAsync(removeAll: true);
        Assert.Equal(3, result.Removed);
        Assert.Empty(Store.Names);
    }

    [Fact]
    public async Task A_storage_that_fails_is_no_success()
    {
        Store.Put(Content(exclusive: true, age: TimeSpan.FromHours(1)));
        Store.Before = call =>
        {
            if (call == "remove")
            {
                throw new RepositoryException(RepositoryErrorKind.PermissionDenied, "x");
            }
        };
        Assert.Equal(RepositoryErrorKind.PermissionDenied, (await Assert.ThrowsAsync<RepositoryException>(() => UnlockAsync())).Kind);
    }

    /// <summary>A lock that is gone was given back; one that a faltering storage does not find was not.</summary>
    [Fact]
    public async Task A_lock_that_is_there_but_is_not_found_is_no_success()
    {
        using FaultyBackend backend = new(new MemoryBackend()) { Fault = static call => new RepositoryException(RepositoryErrorKind.Missing, "not found") };
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await repository.SaveUnpackedAsync(FileType.Lock, Content(exclusive: true, host: "anvil", pid: 666).Write(), CancellationToken.None);
        backend.Fails = static (_, call) => call.Operation == BackendOperation.Load && call.File.Type == FileType.Lock;
        Assert.Equal(
            RepositoryErrorKind.Storage,
            (await Assert.ThrowsAsync<RepositoryException>(() => repository.UnlockAsync(removeAll: false, Options(), CancellationToken.None))).Kind);
    }
}
