using Sots.Restic.Backends;
using Sots.Restic.Crypto;
using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance;

/// <summary>A key file that is there.</summary>
/// <param name="Id">Its name.</param>
/// <param name="File">What it says of itself.</param>
/// <param name="IsCurrent">The repository was opened with it.</param>
public sealed record StoredKey(KeyId Id, KeyFile File, bool IsCurrent);

/// <summary>All key files of a repository.</summary>
/// <param name="Keys">Those that could be read, by their id.</param>
/// <param name="Damaged">One error for each file that could not.</param>
public sealed record KeyListing(IReadOnlyList<StoredKey> Keys, IReadOnlyList<RepositoryException> Damaged);

/// <summary>What a new key file says of itself.</summary>
public sealed record NewKeyOptions
{
    /// <summary>Cost of the password check; null for <see cref="ScryptParameters.For"/>.</summary>
    public ScryptParameters? Scrypt { get; init; }

    /// <summary>Who makes it.</summary>
    public string Username { get; init; } = "";

    /// <summary>On which machine.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>When.</summary>
    public NodeTime Created { get; init; }
}

/// <summary>
/// Adds and removes passwords. The master key stays the same, so nothing that is stored is written anew; and whoever has kept a copy of a
/// key file and knows its password can still open every copy of the repository. Thread safe.
/// </summary>
/// <param name="repository">The repository.</param>
/// <param name="ensureLocked">Asked before everything that is written or removed; throws where the lock was lost.</param>
public sealed class RepositoryKeys(OpenRepository repository, Func<CancellationToken, ValueTask> ensureLocked)
{
    /// <summary>Reads all key files; a damaged one does not hide the others.</summary>
    /// <exception cref="RepositoryException">The listing failed.</exception>
    public async Task<KeyListing> ListAsync(CancellationToken cancellationToken)
    {
        List<StoredKey> keys = [];
        List<RepositoryException> damaged = [];
        await foreach (StoredFile file in repository.Backend.ListAsync(FileType.Key, cancellationToken).ConfigureAwait(false))
        {
            KeyId id = new(file.Name);
            try
            {
                keys.Add(new StoredKey(id, await LoadAsync(id, cancellationToken).ConfigureAwait(false), id == repository.KeyId));
            }
            catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Missing)
            {
                // Removed by another process since the listing began.
            }
            catch (RepositoryException e) when (e.Kind is RepositoryErrorKind.Damaged or RepositoryErrorKind.LimitExceeded or RepositoryErrorKind.Storage)
            {
                damaged.Add(e);
            }
        }

        keys.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        return new KeyListing(keys, damaged);
    }

    /// <summary>
    /// Stores a key file for a password. When this returns it is on the disk, was read back from there and has opened the repository.
    /// </summary>
    /// <param name="passwordUtf8">The password as UTF-8.</param>
    /// <param name="options">What the file says of itself.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="RepositoryException">It could not be stored, or does not open the repository: then it is not there.</exception>
    public async Task<KeyId> AddAsync(ReadOnlyMemory<byte> passwordUtf8, NewKeyOptions options, CancellationToken cancellationToken)
    {
        byte[] content = KeyFile.Create(
            repository.Key, passwordUtf8.Span, options.Scrypt ?? ScryptParameters.For(passwordUtf8.Span), options.Username, options.Hostname, options.Created.ToString(), cancellationToken);
        KeyId id = new(ContentId.Of(content));
        await ensureLocked(cancellationToken).ConfigureAwait(false);
        await repository.Backend.SaveAsync(FileHandle.Of(id), content, cancellationToken).ConfigureAwait(false);
        try
        {
            await ProveAsync(id, passwordUtf8, cancellationToken).ConfigureAwait(false);
            return id;
        }
        catch
        {
            await TakeBackAsync(id).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Removes a key file, whatever is in it. The one that the repository was opened with stays, so there is always one that opens it.</summary>
    /// <exception cref="RepositoryException">InvalidRequest: it is the one in use, or that is no longer there. Missing, storage errors, LockLost.</exception>
    public async Task RemoveAsync(KeyId id, CancellationToken cancellationToken)
    {
        if (id == repository.KeyId)
        {
            throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest, "refusing to remove key currently used to access repository",
                "`key passwd` puts another in its place; with the password of another key, `key remove` takes this one away.");
        }

        await RequireAsync(repository.KeyId, cancellationToken).ConfigureAwait(false);
        await ensureLocked(cancellationToken).ConfigureAwait(false);
        await repository.Backend.RemoveAsync(FileHandle.Of(id), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes the key that the repository was opened with, now that there is another.</summary>
    /// <param name="successor">What <see cref="AddAsync"/> returned.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">InvalidRequest: the successor is not there. Storage errors, LockLost.</exception>
    public async Task RemoveCurrentAsync(KeyId successor, CancellationToken cancellationToken)
    {
        await RequireAsync(successor, cancellationToken).ConfigureAwait(false);
        await ensureLocked(cancellationToken).ConfigureAwait(false);
        await repository.Backend.RemoveAsync(FileHandle.Of(repository.KeyId), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a key that was added a moment ago and is not to stay, as far as that is possible.</summary>
    /// <param name="id">What <see cref="AddAsync"/> returned.</param>
    public async Task TakeBackAsync(KeyId id)
    {
        try
        {
            await repository.Backend.RemoveAsync(FileHandle.Of(id), CancellationToken.None).ConfigureAwait(false);
        }
        catch (RepositoryException)
        {
            // The first error is the one to report. A key too many does no harm: its password is in nobody's hands.
        }
    }

    private async Task<KeyFile> LoadAsync(KeyId id, CancellationToken cancellationToken)
    {
        (KeyFile file, bool isAltered) = await KeySearch.LoadAsync(repository.Backend, id, repository.Readings, cancellationToken).ConfigureAwait(false);
        return isAltered ? throw KeySearch.Altered(id) : file;
    }

    private async Task ProveAsync(KeyId id, ReadOnlyMemory<byte> passwordUtf8, CancellationToken cancellationToken)
    {
        KeyFile stored = await LoadAsync(id, cancellationToken).ConfigureAwait(false);
        using MasterKey? opened = stored.TryUnlock(passwordUtf8.Span, cancellationToken);
        if (opened is null || !opened.HasSamePartsAs(repository.Key))
        {
            throw RepositoryException.Damage(FileHandle.Of(id).ToString(), "as it was read back from the storage, it does not open the repository with its password");
        }
    }

    private async Task RequireAsync(KeyId id, CancellationToken cancellationToken)
    {
        if (await repository.Backend.FindLengthAsync(FileHandle.Of(id), cancellationToken).ConfigureAwait(false) is null)
        {
            throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest, $"{FileHandle.Of(id)} is no longer there; nothing was removed",
                "Somebody else changes the keys of this repository: see what `key list` shows.");
        }
    }
}
