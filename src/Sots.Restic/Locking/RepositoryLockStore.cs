using Sots.Restic.Backends;

namespace Sots.Restic.Locking;

/// <summary>Lock files of an open repository: sealed like snapshots.</summary>
internal sealed class RepositoryLockStore(OpenRepository repository) : ILockStore
{
    /// <inheritdoc/>
    public bool ShowsAtOnce => repository.Backend.ShowsAtOnce;

    /// <inheritdoc/>
    public async ValueTask<LockId> SaveAsync(LockFile content, CancellationToken cancellationToken) =>
        new(await repository.SaveUnpackedAsync(FileType.Lock, content.Write(), cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(LockId id, CancellationToken cancellationToken)
    {
        FileHandle file = FileHandle.Of(id);
        try
        {
            await repository.Backend.RemoveAsync(file, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Missing)
        {
            throw await MissingAsync(file, e, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<LockFile> LoadAsync(LockId id, CancellationToken cancellationToken)
    {
        FileHandle file = FileHandle.Of(id);
        try
        {
            return LockFile.Read(await repository.LoadUnpackedAsync(file, Limits.SmallFileLength, cancellationToken).ConfigureAwait(false), file.ToString());
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Missing)
        {
            throw await MissingAsync(file, e, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredFile> ListAsync(CancellationToken cancellationToken) =>
        repository.Backend.ListAsync(FileType.Lock, cancellationToken);

    /// <summary>A lock that is "missing" is taken for given back: so that has to be true.</summary>
    private async ValueTask<RepositoryException> MissingAsync(FileHandle file, RepositoryException missing, CancellationToken cancellationToken) =>
        await repository.Backend.IsGoneAsync(file, cancellationToken).ConfigureAwait(false) ? missing : SecondLook.Contradiction(file, missing);
}
