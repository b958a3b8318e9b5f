using Sots.Restic.Backends;
using Sots.Restic.Crypto;

namespace Sots.Restic;

/// <summary>
/// Finds the key file that a password opens. Intact files come first; one whose bytes are not what its name says is tried when no other
/// opens: what it seals is authenticated by the password itself, so that either the right key comes out or none.
/// </summary>
internal static class KeySearch
{
    /// <summary>Keys tried before giving up, counting only files that could be the right kind.</summary>
    private const int MaxKeysTried = 64;

    /// <summary>Tries the keys.</summary>
    /// <exception cref="RepositoryException">WrongPassword; Damaged where no intact key file is left; storage errors.</exception>
    public static async Task<(MasterKey Key, KeyId Id)> FindAsync(
        IBackend backend, ReadOnlyMemory<byte> password, OpenOptions options, CancellationToken cancellationToken)
    {
        List<StoredFile> files = await backend.ListAsync(FileType.Key, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (options.KeyHint is { Length: > 0 } hint)
        {
            // A stable sort keeps the listing's order behind the hinted key.
            files = [.. files.OrderByDescending(file => file.Name.ToString().StartsWith(hint, StringComparison.OrdinalIgnoreCase))];
        }

        Readings readings = new(options.Notice ?? (static _ => { }));
        RepositoryException? damage = null;
        List<(KeyId Id, KeyFile File)> altered = [];
        int tried = 0;
        foreach (StoredFile file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            KeyId id = new(file.Name);
            try
            {
                byte[] stored = await backend.LoadAsync(FileHandle.Of(id), Limits.SmallFileLength, cancellationToken).ConfigureAwait(false);
                bool isAltered = ContentId.Of(stored) != file.Name;
                if (isAltered)
                {
                    await backend.ForgetCachedAsync(FileHandle.Of(id), cancellationToken).ConfigureAwait(false);
                    stored = await backend.LoadAsync(FileHandle.Of(id), Limits.SmallFileLength, cancellationToken).ConfigureAwait(false);
                    isAltered = ContentId.Of(stored) != file.Name;
                    if (!isAltered)
                    {
                        readings.Healed(FileHandle.Of(id).ToString());
                    }
                }

                KeyFile keyFile = KeyFile.Parse(stored, FileHandle.Of(id).ToString());
                if (isAltered)
                {
                    altered.Add((id, keyFile));
                    throw RepositoryException.Damage(FileHandle.Of(id).ToString(), "its bytes do not have the hash that is its name");
                }

                if (keyFile.TryUnlock(password.Span, cancellationToken) is { } key)
                {
                    return (key, id);
                }

                if (++tried == MaxKeysTried)
                {
                    break;
                }
            }
            catch (RepositoryException e) when (e.Kind is RepositoryErrorKind.Damaged or RepositoryErrorKind.LimitExceeded
                or RepositoryErrorKind.Unsupported or RepositoryErrorKind.Missing)
            {
                // One broken key file must not lock out the owners of the others.
                damage ??= e;
                options.Notice?.Invoke(e.Message);
            }
        }

        foreach ((KeyId id, KeyFile file) in altered.Take(MaxKeysTried))
        {
            if (TryUnlock(file, password.Span, cancellationToken) is { } key)
            {
                options.Notice?.Invoke($"{FileHandle.Of(id)} still opens the repository, although it was altered; put it back from a copy of the keys folder");
                return (key, id);
            }
        }

        if (tried == 0 && damage is not null)
        {
            throw new RepositoryException(damage.Kind, damage.Message, "No intact key file is left; put one back from a copy of the keys folder.", damage);
        }

        throw new RepositoryException(
            RepositoryErrorKind.WrongPassword,
            "wrong password or no key found",
            files.Count == 0 ? "There is no key file in the folder keys; put one back from a copy of it."
            : tried == MaxKeysTried ? $"{MaxKeysTried} keys were tried; name the right one with --key-hint."
            : damage is not null ? $"A key file was passed over: {damage.Message}"
            : null);
    }

    private static MasterKey? TryUnlock(KeyFile file, ReadOnlySpan<byte> password, CancellationToken cancellationToken)
    {
        try
        {
            return file.TryUnlock(password, cancellationToken);
        }
        catch (RepositoryException)
        {
            // It opens, and what was sealed is no key: altered it is, and no use.
            return null;
        }
    }
}
