using Sots.Restic.Backends;
using Sots.Restic.Crypto;

namespace Sots.Restic;

/// <summary>
/// Finds the key file that a password opens. Whoever can write to the storage can put key files there, so the search is bounded by the work
/// it costs: cheap files are tried first, and dear ones cannot keep the owner of a usual one waiting. Intact files come before those whose
/// bytes are not what their name says: what these seal is authenticated by the password itself, so that either the right key comes out or none.
/// </summary>
internal static class KeySearch
{
    /// <summary>Key files looked at. A repository has one for each password.</summary>
    public const int MaxFiles = 1024;

    /// <summary>Work after which no further key is tried, in bytes that scrypt goes through: 96 keys of one round or 24 of four, some seconds.</summary>
    public const long MaxWorkBytes = 3L << 30;

    /// <summary>Tries the keys: one whose id starts with the hint first, the others by their cost.</summary>
    /// <exception cref="RepositoryException">WrongPassword; Damaged where no intact key file is left; storage errors.</exception>
    public static async Task<(MasterKey Key, KeyId Id)> FindAsync(
        IBackend backend, ReadOnlyMemory<byte> password, OpenOptions options, CancellationToken cancellationToken, long maxWorkBytes = MaxWorkBytes)
    {
        List<StoredFile> files = await backend.ListAsync(FileType.Key, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        Readings readings = new(options.Notice ?? (static _ => { }));
        RepositoryException? damage = null, falters = null;
        List<(KeyId Id, KeyFile File, bool IsAltered)> keys = [];
        foreach (StoredFile file in files.OrderByDescending(file => IsHinted(file.Name)).ThenBy(static file => file.Name).Take(MaxFiles))
        {
            cancellationToken.ThrowIfCancellationRequested();
            KeyId id = new(file.Name);
            try
            {
                (KeyFile key, bool isAltered) = await LoadAsync(backend, id, readings, cancellationToken).ConfigureAwait(false);
                keys.Add((id, key, isAltered));
                if (isAltered)
                {
                    Note(Altered(id));
                }
            }
            catch (RepositoryException e) when (e.Kind is RepositoryErrorKind.Damaged or RepositoryErrorKind.LimitExceeded or RepositoryErrorKind.Unsupported)
            {
                Note(e);
            }
            catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Missing)
            {
                // Gone since the listing; or the storage falters, and then nobody may be told that the password is wrong.
                bool isGone = await backend.IsGoneAsync(FileHandle.Of(id), cancellationToken).ConfigureAwait(false);
                Note(isGone ? e : falters = SecondLook.Contradiction(FileHandle.Of(id), e));
            }
        }

        int tried = 0, triedIntact = 0;
        long work = 0;
        foreach ((KeyId id, KeyFile key, bool isAltered) in keys
            .OrderBy(static key => key.IsAltered).ThenByDescending(key => IsHinted(key.Id.Value)).ThenBy(static key => key.File.Parameters.WorkBytes))
        {
            if (work > maxWorkBytes)
            {
                break;
            }

            try
            {
                if (key.TryUnlock(password.Span, cancellationToken) is { } master)
                {
                    if (isAltered)
                    {
                        options.Notice?.Invoke($"{FileHandle.Of(id)} still opens the repository, although it was altered; put it back from a copy of the keys folder");
                    }

                    return (master, id);
                }

                tried++;
                triedIntact += isAltered ? 0 : 1;
            }
            catch (RepositoryException) when (isAltered)
            {
                // It opens, and what was sealed is no key: altered it is, and no use.
            }
            catch (RepositoryException e) when (e.Kind is RepositoryErrorKind.Damaged or RepositoryErrorKind.LimitExceeded)
            {
                Note(e);
            }

            work += key.Parameters.WorkBytes;
        }

        if (falters is not null)
        {
            throw falters;
        }

        if (triedIntact == 0 && damage is not null)
        {
            throw new RepositoryException(damage.Kind, damage.Message, "No intact key file is left; put one back from a copy of the keys folder.", damage);
        }

        throw new RepositoryException(
            RepositoryErrorKind.WrongPassword,
            "wrong password or no key found",
            files.Count == 0 ? "There is no key file in the folder keys; put one back from a copy of it."
            : work > maxWorkBytes || files.Count > MaxFiles ? $"{tried} of {files.Count} keys were tried, the cheapest first; name the right one with --key-hint."
            : damage is not null ? $"A key file was passed over: {damage.Message}"
            : null);

        bool IsHinted(ContentId name) => options.KeyHint is { Length: > 0 } hint && name.ToString().StartsWith(hint, StringComparison.OrdinalIgnoreCase);

        // One broken key file must not lock out the owners of the others.
        void Note(RepositoryException e)
        {
            damage ??= e;
            options.Notice?.Invoke(e.Message);
        }
    }

    /// <summary>Loads a key file, intact or not; what has not its name's hash is read a second time.</summary>
    /// <exception cref="RepositoryException">Missing, Damaged where it is no key file, LimitExceeded, storage errors.</exception>
    public static async Task<(KeyFile File, bool IsAltered)> LoadAsync(IBackend backend, KeyId id, Readings readings, CancellationToken cancellationToken)
    {
        FileHandle file = FileHandle.Of(id);
        byte[] stored = await backend.LoadAsync(file, Limits.SmallFileLength, cancellationToken).ConfigureAwait(false);
        bool isAltered = ContentId.Of(stored) != id.Value;
        if (isAltered)
        {
            await backend.ForgetCachedAsync(file, cancellationToken).ConfigureAwait(false);
            stored = await backend.LoadAsync(file, Limits.SmallFileLength, cancellationToken).ConfigureAwait(false);
            isAltered = ContentId.Of(stored) != id.Value;
            if (!isAltered)
            {
                readings.Healed(file.ToString());
            }
        }

        return (KeyFile.Parse(stored, file.ToString()), isAltered);
    }

    /// <summary>What is wrong with a key file whose bytes have not the hash that is its name.</summary>
    public static RepositoryException Altered(KeyId id) => RepositoryException.Damage(FileHandle.Of(id).ToString(), "its bytes do not have the hash that is its name");
}
