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

    /// <summary>Cost of the password check; null for <see cref="ScryptParameters.For"/>.</summary>
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

    /// <summary>
    /// Open a repository whose config is damaged or gone: nothing of it is needed for reading. See <see cref="OpenRepository.ConfigDamage"/>.
    /// By default such a one is not opened.
    /// </summary>
    public bool ForReadingOnly { get; init; }
}

/// <summary>The entry: makes or opens a repository.</summary>
public static class Repository
{
    /// <summary>
    /// Makes a new repository and opens it. Written in this order: folders, key, config; without config it does not exist. Where an earlier
    /// attempt was interrupted after its key, and the password is the same, that key is taken and the rest completed.
    /// </summary>
    /// <exception cref="RepositoryException">
    /// <see cref="RepositoryErrorKind.AlreadyExists"/> where there is a config already, or what is left of another repository; storage errors.
    /// </exception>
    public static async Task<OpenRepository> CreateAsync(
        IBackend backend, ReadOnlyMemory<byte> password, CreateOptions options, CancellationToken cancellationToken)
    {
        if (options.Version is not (1 or 2))
        {
            throw new RepositoryException(RepositoryErrorKind.InvalidRequest, $"There is no repository format version {options.Version}; 1 and 2 exist.");
        }

        (MasterKey Key, KeyId Id)? begun = await FindBegunAsync(backend, password, cancellationToken).ConfigureAwait(false);
        await backend.CreateLayoutAsync(cancellationToken).ConfigureAwait(false);
        (MasterKey key, KeyId keyId) = begun ?? await SaveNewKeyAsync(backend, password, options, cancellationToken).ConfigureAwait(false);
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
        RepositoryException? damage = null;
        byte[] sealedConfig = [];
        try
        {
            sealedConfig = await LoadConfigAsync(backend, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (options.ForReadingOnly && e.Kind is RepositoryErrorKind.Damaged or RepositoryErrorKind.LimitExceeded or RepositoryErrorKind.Storage)
        {
            damage = e;
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.NoRepository)
        {
            if (!await HasSnapshotsAsync(backend, cancellationToken).ConfigureAwait(false))
            {
                throw;
            }

            damage = new RepositoryException(RepositoryErrorKind.NoRepository, $"{e.Message}\nThere are snapshots, but the file config is missing.", ConfigFile.DamageAdvice, e);
            if (!options.ForReadingOnly)
            {
                throw damage;
            }
        }

        (MasterKey key, KeyId keyId) = await KeySearch.FindAsync(backend, password, options, cancellationToken).ConfigureAwait(false);
        try
        {
            Readings readings = new(options.Notice ?? (static _ => { }));
            ConfigFile config = ConfigFile.StandIn;
            if (damage is null)
            {
                try
                {
                    config = await OpenConfigAsync(backend, key, sealedConfig, readings, cancellationToken).ConfigureAwait(false);
                }
                catch (RepositoryException e) when (options.ForReadingOnly && e.Kind == RepositoryErrorKind.Damaged)
                {
                    damage = e;
                }
            }

            return new OpenRepository(backend, key, keyId, config) { ConfigDamage = damage, Readings = readings };
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Whether there is a repository, whole or not: its config, or without one a snapshot.</summary>
    /// <exception cref="RepositoryException">The storage cannot be looked at.</exception>
    public static async Task<bool> IsThereAsync(IBackend backend, CancellationToken cancellationToken) =>
        await backend.FindLengthAsync(FileHandle.Config, cancellationToken).ConfigureAwait(false) is not null
        || await HasSnapshotsAsync(backend, cancellationToken).ConfigureAwait(false);

    private static async Task<bool> HasSnapshotsAsync(IBackend backend, CancellationToken cancellationToken)
    {
        try
        {
            return await backend.ListAsync(FileType.Snapshot, cancellationToken).AnyAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException)
        {
            // Where nothing can be listed there is nothing to read from either.
            return false;
        }
    }

    /// <summary>Of two that make a repository in one place at the same moment at least one sees the other's key, and steps back.</summary>
    private static async Task<(MasterKey Key, KeyId Id)> SaveNewKeyAsync(
        IBackend backend, ReadOnlyMemory<byte> password, CreateOptions options, CancellationToken cancellationToken)
    {
        MasterKey key = MasterKey.Generate();
        byte[] keyFile = KeyFile.Create(
            key, password.Span, options.Scrypt ?? ScryptParameters.For(password.Span), options.Username, options.Hostname, options.Created.ToString(), cancellationToken);
        KeyId id = new(ContentId.Of(keyFile));
        await backend.SaveAsync(FileHandle.Of(id), keyFile, cancellationToken).ConfigureAwait(false);
        if (await backend.ListAsync(FileType.Key, cancellationToken).AnyAsync(other => other.Name != id.Value, cancellationToken).ConfigureAwait(false))
        {
            await backend.RemoveAsync(FileHandle.Of(id), cancellationToken).ConfigureAwait(false);
            throw new RepositoryException(
                RepositoryErrorKind.AlreadyExists, $"Somebody else is making a repository at {backend.Location} at this moment.",
                "Look whether it is there now; if not, try again.");
        }

        return (key, id);
    }

    /// <summary>
    /// Where nothing is, null. Where there is a key and nothing else, somebody began to make a repository and was interrupted; if the
    /// password is theirs, their key. Anything else is what is left of another repository, and is left alone.
    /// </summary>
    private static async Task<(MasterKey Key, KeyId Id)?> FindBegunAsync(
        IBackend backend, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        if (await backend.FindLengthAsync(FileHandle.Config, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new RepositoryException(
                RepositoryErrorKind.AlreadyExists, $"There is a repository already at {backend.Location}: its config file exists.");
        }

        foreach (FileType type in new[] { FileType.Snapshot, FileType.Index, FileType.Pack })
        {
            if (await AnyAsync(type).ConfigureAwait(false))
            {
                throw Occupied(type, "Choose an empty folder, or put the config file back from a copy of the repository.");
            }
        }

        if (!await AnyAsync(FileType.Key).ConfigureAwait(false))
        {
            return null;
        }

        try
        {
            return await KeySearch.FindAsync(backend, password, new OpenOptions(), cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (e.Kind is RepositoryErrorKind.WrongPassword or RepositoryErrorKind.Damaged)
        {
            throw Occupied(
                FileType.Key,
                "Choose an empty folder. If making a repository was interrupted here, start again with the same password, or remove its files.");
        }

        async Task<bool> AnyAsync(FileType type) => await backend.ListAsync(type, cancellationToken).AnyAsync(cancellationToken).ConfigureAwait(false);

        RepositoryException Occupied(FileType type, string advice) => new(
            RepositoryErrorKind.AlreadyExists,
            $"There are files in {RepositoryLayout.FolderOf(type)} at {backend.Location}, but no config: what is left of another repository.",
            advice);
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
            : throw ConfigFile.Damage($"it has {stored.Length} bytes, at least {SealedBox.Overhead} are expected");
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

            throw ConfigFile.Damage("it does not open with the repository's key");
        }

        return ReadConfig(plain);
    }

    private static ConfigFile ReadConfig(byte[] plain)
    {
        ConfigFile config = ConfigFile.Read(plain);
        return config.Polynomial.IsIrreducible
            ? config
            : throw ConfigFile.Damage("its chunker polynomial is not irreducible");
    }
}
