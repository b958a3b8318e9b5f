using Sots.Restic.Backends;

namespace Sots.Restic.Locking;

/// <summary>
/// The lock files of a repository, sealed and opened by the layer that has the key. Failures are those of <see cref="IBackend"/>;
/// a file that is there but is no lock is <see cref="RepositoryErrorKind.Damaged"/>.
/// </summary>
internal interface ILockStore
{
    /// <summary>See <see cref="IBackend.ShowsAtOnce"/>.</summary>
    bool ShowsAtOnce { get; }

    /// <summary>Writes a lock file and returns its name.</summary>
    ValueTask<LockId> SaveAsync(LockFile content, CancellationToken cancellationToken);

    /// <summary>Removes a lock file; <see cref="RepositoryErrorKind.Missing"/> where it is not there.</summary>
    ValueTask RemoveAsync(LockId id, CancellationToken cancellationToken);

    /// <summary>Reads a lock file; <see cref="RepositoryErrorKind.Missing"/> where it is not there.</summary>
    ValueTask<LockFile> LoadAsync(LockId id, CancellationToken cancellationToken);

    /// <summary>Lists the lock files.</summary>
    IAsyncEnumerable<StoredFile> ListAsync(CancellationToken cancellationToken);
}
