using Sots.Restic.Backends;
using Sots.Restic.Chunking;
using Sots.Restic.Crypto;
using Sots.Restic.Repofiles;
using Sots.Restic.Trees;

namespace Sots.Restic;

/// <summary>How a repository is made.</summary>
public sealed record CreateOptions
{
    /// <summary>Format version, 1 or 2; default 2. Version 1 is for tests and old readers only.</summary>
    public int Version { get; init; } = 2;

    /// <summary>Polynomial to use, for repositories that are to share chunks with another; null for a random one.</summary>
    public ChunkerPolynomial? Polynomial { get; init; }

    /// <summary>Cost of the password check; null for the default.</summary>
    public ScryptParameters? Scrypt { get; init; }

    /// <summary>User name to record in the key file.</summary>
    public string Username { get; init; } = "";

    /// <summary>Host name to record in the key file.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Time to record in the key file.</summary>
    public NodeTime Created { get; init; }
}

/// <summary>How a repository is opened.</summary>
public sealed record OpenOptions
{
    /// <summary>Prefix of the id of the key to try first, or null.</summary>
    public string? KeyHint { get; init; }

    /// <summary>
    /// Told about things that were worked around: a damaged key file that was passed over, a file that was garbled and right when it was
    /// read again. Called from any thread, as long as the repository is open.
    /// </summary>
    public Action<string>? Notice { get; init; }
}

/// <summary>The entry: makes or opens a repository.</summary>
public static class Repository
{
    /// <summary>Keys tried before giving up, counting only files that could be the right kind.</summary>
    private const int MaxKeysTried = 64;

    /// <summary>Makes a new repository and opens it. Written in this order: folders, key, config; without config it does not exist.</summary>
    /// <exception cref="RepositoryException">
    /// <see cref="RepositoryErrorKind.AlreadyExists"/> where there is a config, a key or a snapshot already; storage errors.
    /// </exception>
    public static async Task<OpenRepository> CreateAsync(
        IBackend backend, ReadOnlyMemory<byte> password, CreateOptions options, CancellationToken cancellationToken)
    {
        if (options.Version is not (1 or 2))
        {
            throw new RepositoryException(RepositoryErrorKind.InvalidRequest, $"There is no repository format version {options.Version}; 1 and 2 exist.");
        }

        await RefuseOccupiedAsync(backend, cancellationToken).ConfigureAwait(false);
        await backend.CreateLayoutAsync(cancellationToken).ConfigureAwait(false);

        MasterKey key = MasterKey.Generate();
        byte[] keyFile = KeyFile.Create(
            key, password.Span, options.Scrypt ?? ScryptParameters.Default, options.Username, options.Hostname, options.Created.ToString(), cancellationToken);
        KeyId keyId = new(ContentId.Of(keyFile));
        await backend.SaveAsync(FileHandle.Of(keyId), keyFile, cancellationToken).ConfigureAwait(false);

        ConfigFile config = new(
            options.Version, ContentId.Of(Guid.NewGuid().ToByteArray().AsSpan()).ToString(), options.Polynomial ?? ChunkerPolynomial.Random());
        OpenRepository repository = new(backend, key, keyId, config);
        await backend.SaveAsync(FileHandle.Config, repository.SealVerified(config.Write()), cancellationToken).ConfigureAwait(false);
        return repository;
    }

    /// <summary>Opens a repository with a password.</summary>
    /// <exception cref="RepositoryException">
    /// <see cref="RepositoryErrorKind.NoRepository"/>, <see cref="RepositoryErrorKind.WrongPassword"/> after all keys were tried,
    /// <see cref="RepositoryErrorKind.Unsupported"/> for a newer format, <see cref="RepositoryErrorKind.Damaged"/>, storage errors.
    /// </exception>
    public static async Task<OpenRepository> OpenAsync(
        IBackend backend, ReadOnlyMemory<byte> password, OpenOptions options, CancellationToken cancellationToken)
    {
        byte[] sealedConfig = await LoadConfigAsync(backend, cancellationToken).ConfigureAwait(false);
        (MasterKey key, KeyId keyId) = await FindKeyAsync(backend, password, options, cancellationToken).ConfigureAwait(false);
        try
        {
            Readings readings = new(options.Notice ?? (static _ => { }));
            ConfigFile config = await OpenConfigAsync(backend, key, sealedConfig, readings, cancellationToken).ConfigureAwait(false);
            return new OpenRepository(backend, key, keyId, config) { Readings = readings };
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static async Task RefuseOccupiedAsync(IBackend backend, CancellationToken cancellationToken)
    {
        if (await backend.FindLengthAsync(FileHandle.Config, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new RepositoryException(
                RepositoryErrorKind.AlreadyExists, $"There is a repository already at {backend.Location}: its config file exists.");
        }

        foreach (FileType type in new[] { FileType.Key, FileType.Snapshot })
        {
            if (await backend.ListAsync(type, cancellationToken).AnyAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new RepositoryException(
                    RepositoryErrorKind.AlreadyExists,
                    $"There are files in {RepositoryLayout.FolderOf(type)} at {backend.Location}, but no config: what is left of another repository.",
                    "Choose an empty folder. If making a repository was interrupted here, remove its files and start again.");
            }
        }
    }

    private static async Task<byte[]> LoadConfigAsync(IBackend backend, CancellationToken cancellationToken)
    {
        byte[] stored;
        try
        {
            stored = await backend.LoadAsync(FileHandle.Config, Limits.SmallFileLength, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Missing)
        {
            throw new RepositoryException(
                RepositoryErrorKind.NoRepository,
                $"repository does not exist: unable to open config file: {e.Message}\nIs there a repository at the following location?\n{backend.Location}",
                null, e);
        }

        return stored.Length >= SealedBox.Overhead
            ? stored
            : throw RepositoryException.Damage("config", $"it has {stored.Length} bytes, at least {SealedBox.Overhead} are expected");
    }

    private static async Task<(MasterKey Key, KeyId Id)> FindKeyAsync(
        IBackend backend, ReadOnlyMemory<byte> password, OpenOptions options, CancellationToken cancellationToken)
    {
        List<StoredFile> files = await backend.ListAsync(FileType.Key, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (options.KeyHint is { Length: > 0 } hint)
        {
            // A stable sort keeps the listing's order behind the hinted key.
            files = [.. files.OrderByDescending(file => file.Name.ToString().StartsWith(hint, StringComparison.OrdinalIgnoreCase))];
        }

        RepositoryException? damage = null;
        int tried = 0;
        foreach (StoredFile file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            KeyId id = new(file.Name);
            try
            {
                byte[] stored = await LoadKeyAsync(backend, id, options, cancellationToken).ConfigureAwait(false);
                KeyFile keyFile = KeyFile.Parse(stored, FileHandle.Of(id).ToString());
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

        if (tried == 0 && damage is not null)
        {
            throw new RepositoryException(damage.Kind, damage.Message, "No intact key file is left; put one back from a copy of the keys folder.", damage);
        }

        throw new RepositoryException(
            RepositoryErrorKind.WrongPassword,
            "wrong password or no key found",
            tried == MaxKeysTried ? $"{MaxKeysTried} keys were tried; name the right one with --key-hint." : null);
    }

    private static async ValueTask<byte[]> LoadKeyAsync(IBackend backend, KeyId id, OpenOptions options, CancellationToken cancellationToken)
    {
        FileHandle file = FileHandle.Of(id);
        byte[] stored = await backend.LoadAsync(file, Limits.SmallFileLength, cancellationToken).ConfigureAwait(false);
        if (ContentId.Of(stored) == id.Value)
        {
            return stored;
        }

        await backend.ForgetCachedAsync(file, cancellationToken).ConfigureAwait(false);
        stored = await backend.LoadAsync(file, Limits.SmallFileLength, cancellationToken).ConfigureAwait(false);
        if (ContentId.Of(stored) != id.Value)
        {
            throw RepositoryException.Damage(file.ToString(), "its bytes do not have the hash that is its name");
        }

        new Readings(options.Notice ?? (static _ => { })).Healed(file.ToString());
        return stored;
    }

    private static async ValueTask<ConfigFile> OpenConfigAsync(
        IBackend backend, MasterKey key, byte[] stored, Readings readings, CancellationToken cancellationToken)
    {
        byte[] plain = new byte[stored.Length - SealedBox.Overhead];
        if (!SealedBox.TryOpen(key, stored, plain))
        {
            await backend.ForgetCachedAsync(FileHandle.Config, cancellationToken).ConfigureAwait(false);
            byte[] again = await LoadConfigAsync(backend, cancellationToken).ConfigureAwait(false);
            plain = new byte[again.Length - SealedBox.Overhead];
            if (SealedBox.TryOpen(key, again, plain))
            {
                readings.Healed("config");
                return ReadConfig(plain);
            }

            throw new RepositoryException(
                RepositoryErrorKind.Damaged, "config is damaged: it does not open with the repository's key.",
                "Put the config file back from a copy of the repository.");
        }

        return ReadConfig(plain);
    }

    private static ConfigFile ReadConfig(byte[] plain)
    {
        ConfigFile config = ConfigFile.Read(plain);
        return config.Polynomial.IsIrreducible
            ? config
            : throw RepositoryException.Damage("config", "its chunker polynomial is not irreducible");
    }
}
