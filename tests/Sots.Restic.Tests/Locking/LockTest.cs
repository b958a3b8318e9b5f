using Sots.Restic.Locking;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Restic.Tests.Locking;

/// <summary>One repository's lock files, a clock, and two machines: ours, <c>anvil</c>, where only processes 100 and 200 live, and another.</summary>
public abstract class LockTest
{
    private protected FakeLockStore Store { get; } = new();

    private protected ManualTime Time { get; } = new();

    private protected List<string> Lines { get; } = [];

    private protected static ProcessIdentity Ours { get; } = new("anvil", "smith", 100, 1000, 1000, pid => pid is 100 or 200, "iron");

    private protected LockOptions Options(TimeSpan retryFor = default) =>
        new() { Time = Time, Identity = Ours, Report = Lines.Add, RetryFor = retryFor };

    private protected Task<RepositoryLock> AcquireAsync(bool exclusive = false, TimeSpan retryFor = default, CancellationToken token = default) =>
        Time.RunAsync(RepositoryLock.AcquireAsync(Store, exclusive, Options(retryFor), token));

    private protected LockFile Content(bool exclusive, string host = "bellows", int pid = 7, TimeSpan age = default, string user = "tongs", string? machine = null)
    {
        NodeTime now = LockRules.Now(Time);
        return new LockFile(now with { UnixSeconds = now.UnixSeconds - (long)age.TotalSeconds }, exclusive, host, user, pid, 501, 20, machine);
    }

    private protected static async Task<RepositoryException> IsLockedAsync(Func<Task> call)
    {
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(call);
        Assert.Equal(RepositoryErrorKind.Locked, e.Kind);
        return e;
    }
}
