using Sots.Restic.Backends;
using Sots.Restic.Crypto;
using Sots.Restic.Index;
using Sots.Restic.Locking;
using Sots.Restic.Packs;
using Sots.Restic.Repofiles;
using Sots.Restic.Snapshots;
using Sots.Restic.Writing;

namespace Sots.Restic;

/// <summary>A snapshot with its id.</summary>
/// <param name="Id">Name of its file.</param>
/// <param name="Snapshot">Its content.</param>
public sealed record SavedSnapshot(SnapshotId Id, Snapshot Snapshot);

/// <summary>All snapshots of a repository.</summary>
/// <param name="Snapshots">Those that could be read, oldest first.</param>
/// <param name="Damaged">One error for each file that could not.</param>
public sealed record SnapshotListing(IReadOnlyList<SavedSnapshot> Snapshots, IReadOnlyList<RepositoryException> Damaged);

/// <summary>
/// A repository whose key is known: its files can be listed, loaded and saved. Thread safe. Disposing it disposes the key, not the backend.
/// </summary>
public sealed class OpenRepository : IDisposable
{
    private readonly KnownSnapshots _known;

    internal OpenRepository(IBackend backend, MasterKey key, KeyId keyId, ConfigFile config)
    {
        _known = new KnownSnapshots(this);
        Backend = backend;
        Key = key;
        KeyId = keyId;
        Config = config;
    }

    /// <summary>Where the files are.</summary>
    public IBackend Backend { get; }

    /// <summary>Version, identity, polynomial. Where <see cref="ConfigDamage"/> is not null it may be a stand-in that is good for reading only.</summary>
    public ConfigFile Config { get; }

    /// <summary>Why the config could not be read, or null. Where it could not, the repository can be read, but not written to.</summary>
    public RepositoryException? ConfigDamage { get; internal init; }

    /// <summary>The key file that the password opened.</summary>
    public KeyId KeyId { get; }

    internal MasterKey Key { get; }

    /// <summary>Told where something had to be read twice.</summary>
    internal Readings Readings { get; init; } = new(static _ => { });

    internal BlobDecoderPool Decoders { get; } = new();

    /// <summary>For what is read of packs.</summary>
    internal RequestBuffers Buffers { get; } = new(PackReader.MaxRequest);

    /// <summary>Held while the JSON of a large index file is in memory (<see cref="Limits.LargeIndexLength"/>), so that there is one at a time.</summary>
    internal SemaphoreSlim OneLargeIndex { get; } = new(1);

    /// <summary>Takes a lock; see <see cref="RepositoryLock"/>.</summary>
    public Task<RepositoryLock> LockAsync(bool exclusive, LockOptions options, CancellationToken cancellationToken) =>
        RepositoryLock.AcquireAsync(new RepositoryLockStore(this), exclusive, options, cancellationToken);

    /// <summary>Counts the locks, telling dead ones from living ones. Takes none, changes nothing.</summary>
    public Task<LockCounts> CountLocksAsync(LockOptions options, CancellationToken cancellationToken) =>
        RepositoryLock.CountAsync(new RepositoryLockStore(this), options, cancellationToken);

    /// <summary>Removes stale locks, or all of them.</summary>
    public Task<UnlockResult> UnlockAsync(bool removeAll, LockOptions options, CancellationToken cancellationToken) =>
        RepositoryLock.UnlockAsync(new RepositoryLockStore(this), removeAll, options, cancellationToken);

    /// <summary>
    /// Loads all snapshots; a damaged one does not hide the others. Those that were read before are not read again: their names are the hashes
    /// of their contents.
    /// </summary>
    /// <exception cref="RepositoryException">The listing failed.</exception>
    public Task<SnapshotListing> LoadSnapshotsAsync(CancellationToken cancellationToken) => LoadSnapshotsAsync(_known, cancellationToken);

    /// <summary>As <see cref="LoadSnapshotsAsync(CancellationToken)"/>, and reads every file: for who removes what no snapshot needs.</summary>
    internal Task<SnapshotListing> LoadSnapshotsAnewAsync(CancellationToken cancellationToken) =>
        LoadSnapshotsAsync(new KnownSnapshots(this), cancellationToken);

    private async Task<SnapshotListing> LoadSnapshotsAsync(KnownSnapshots known, CancellationToken cancellationToken)
    {
        List<SavedSnapshot> snapshots = [];
        List<RepositoryException> damaged = [];
        List<StoredFile> files = await Backend.ListAsync(FileType.Snapshot, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        known.KeepOnly(files.Select(static file => new SnapshotId(file.Name)));

        // Thousands of small files: opened, read, decrypted and parsed by all cores.
        ParallelOptions parallel = new()
        {
            MaxDegreeOfParallelism = Math.Max(Environment.ProcessorCount, Backend.Connections),
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(files, parallel, async (file, token) =>
        {
            SnapshotId id = new(file.Name);
            try
            {
                SavedSnapshot snapshot = await known.GetAsync(id, token).ConfigureAwait(false);
                lock (snapshots)
                {
                    snapshots.Add(snapshot);
                }
            }
            catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Missing)
            {
                // Forgotten by another process since the listing began, if it is gone.
                if (!await Backend.IsGoneAsync(FileHandle.Of(id), token).ConfigureAwait(false))
                {
                    lock (snapshots)
                    {
                        damaged.Add(SecondLook.Contradiction(FileHandle.Of(id), e));
                    }
                }
            }
            catch (RepositoryException e) when (e.Kind is RepositoryErrorKind.Damaged or RepositoryErrorKind.LimitExceeded or RepositoryErrorKind.Storage)
            {
                lock (snapshots)
                {
                    damaged.Add(e);
                }
            }
        }).ConfigureAwait(false);
        damaged.Sort(static (a, b) => string.CompareOrdinal(a.Message, b.Message));
        snapshots.Sort((a, b) =>
        {
            int order = a.Snapshot.Time.CompareInstant(b.Snapshot.Time);
            return order != 0 ? order : a.Id.CompareTo(b.Id);
        });
        return new SnapshotListing(snapshots, damaged);
    }

    /// <summary>Loads one snapshot.</summary>
    public async Task<SavedSnapshot> LoadSnapshotAsync(SnapshotId id, CancellationToken cancellationToken)
    {
        FileHandle file = FileHandle.Of(id);
        byte[] json = await LoadUnpackedAsync(file, Limits.SnapshotLength, cancellationToken).ConfigureAwait(false);
        return new SavedSnapshot(id, SnapshotCodec.Read(json, file.ToString()));
    }

    /// <summary>Removes a snapshot file. No data is removed.</summary>
    internal ValueTask RemoveSnapshotAsync(SnapshotId id, CancellationToken cancellationToken)
    {
        RequireConfig();
        return Backend.RemoveAsync(FileHandle.Of(id), cancellationToken);
    }

    /// <summary>Called before anything but a lock is written or removed.</summary>
    /// <exception cref="RepositoryException">The config cannot be read: what version to write and where to cut files is not known.</exception>
    internal void RequireConfig()
    {
        if (ConfigDamage is { } damage)
        {
            throw new RepositoryException(damage.Kind, damage.Message, damage.Advice, damage);
        }
    }

    /// <summary>
    /// Loads the index, which turns the repository into one whose blobs can be read. Damaged index files are named in
    /// <see cref="IndexedRepository.IndexDamage"/>; the headers of packs that no intact index file knows are read in their place.
    /// </summary>
    public Task<IndexedRepository> LoadIndexAsync(CancellationToken cancellationToken) =>
        IndexLoader.LoadAsync(this, allHeaders: false, cancellationToken);

    /// <summary>
    /// Loads the index and completes it out of the headers of all packs: for a repository whose index lacks what a snapshot needs, because
    /// an index file was lost or is wrong. Takes a request for each pack.
    /// </summary>
    public Task<IndexedRepository> LoadIndexFromPacksAsync(CancellationToken cancellationToken) =>
        IndexLoader.LoadAsync(this, allHeaders: true, cancellationToken);

    /// <summary>
    /// As <see cref="LoadIndexAsync"/>, for whoever adds: packs that are not there, or not as long as they must be, are listed in
    /// <see cref="IndexedRepository.LostPacks"/>, and nothing of them is known, so that it is stored again.
    /// </summary>
    /// <exception cref="RepositoryException">A listing failed.</exception>
    public async Task<IndexedRepository> LoadIndexOfWholePacksAsync(CancellationToken cancellationToken)
    {
        IndexedRepository named = await LoadIndexAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<LostPack> lost = await Index.LostPacks.FindAsync(this, named.Index, cancellationToken).ConfigureAwait(false);
        return new IndexedRepository(this, Index.LostPacks.Without(named.Index, lost), named.IndexDamage) { LostPacks = lost, UnindexedPacks = named.UnindexedPacks, Files = named.Files };
    }

    /// <summary>Loads, verifies and decodes an index, snapshot or lock file to its JSON.</summary>
    /// <exception cref="RepositoryException">Missing, Damaged, LimitExceeded, storage errors.</exception>
    internal async ValueTask<byte[]> LoadUnpackedAsync(FileHandle file, int maxLength, CancellationToken cancellationToken) =>
        UnpackedCodec.Decode(Config.Version, await LoadOpenedAsync(file, maxLength, cancellationToken).ConfigureAwait(false), maxLength, file.ToString());

    /// <summary>
    /// Loads an index file, twice where the first reading was not right, and hands its JSON to a reader. Several calls at once hold at most one
    /// large file between them. For many files there is <see cref="IndexReader"/>.
    /// </summary>
    /// <exception cref="RepositoryException">Missing, Damaged, LimitExceeded, storage errors, and what the reader throws.</exception>
    internal async ValueTask ReadIndexAsync(IndexId index, ReadIndexJson read, CancellationToken cancellationToken)
    {
        FileHandle file = FileHandle.Of(index);
        byte[] opened = await LoadOpenedAsync(file, Limits.IndexLength, cancellationToken).ConfigureAwait(false);
        bool large = UnpackedCodec.MayBeLonger(opened, Limits.LargeIndexLength);
        if (large)
        {
            await OneLargeIndex.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            read(UnpackedCodec.Decode(Config.Version, opened, Limits.IndexLength, file.ToString()));
        }
        finally
        {
            if (large)
            {
                OneLargeIndex.Release();
            }
        }
    }

    private async ValueTask<byte[]> LoadOpenedAsync(FileHandle file, int maxLength, CancellationToken cancellationToken)
    {
        byte[] stored = await LoadVerifiedAsync(file, maxLength + 4096L, cancellationToken).ConfigureAwait(false);
        if (stored.Length < SealedBox.Overhead)
        {
            throw RepositoryException.Damage(file.ToString(), $"it has {stored.Length} bytes, at least {SealedBox.Overhead} are expected");
        }

        byte[] plain = GC.AllocateUninitializedArray<byte>(stored.Length - SealedBox.Overhead);
        if (!SealedBox.TryOpen(Key, stored, plain))
        {
            throw RepositoryException.Damage(file.ToString(), "it does not open with the repository's key");
        }

        return plain;
    }

    /// <summary>Encodes, seals, verifies and saves JSON as an index, snapshot or lock file; returns its name.</summary>
    internal async ValueTask<ContentId> SaveUnpackedAsync(FileType type, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        if (type != FileType.Lock)
        {
            RequireConfig();
        }

        byte[] stored = EncodeUnpacked(json.Span);
        ContentId name = ContentId.Of(stored);
        await Backend.SaveAsync(new FileHandle(type, name), stored, cancellationToken).ConfigureAwait(false);
        return name;
    }

    /// <summary>
    /// As <see cref="SaveUnpackedAsync"/>, for what relies on the lock. A machine may fall asleep between a look at the lock and the file that is written
    /// after it, and others may have removed meanwhile what the file refers to: so there is a second look, and the file is taken back where
    /// the lock is lost.
    /// </summary>
    /// <exception cref="RepositoryException">LockLost, storage errors.</exception>
    internal async ValueTask<ContentId> SaveLockedAsync(
        FileType type, ReadOnlyMemory<byte> json, Func<CancellationToken, ValueTask> ensureLocked, CancellationToken cancellationToken)
    {
        await ensureLocked(cancellationToken).ConfigureAwait(false);
        ContentId id = await SaveUnpackedAsync(type, json, cancellationToken).ConfigureAwait(false);
        try
        {
            await ensureLocked(CancellationToken.None).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.LockLost)
        {
            await Backend.RemoveIfThereAsync(new FileHandle(type, id), CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        return id;
    }

    /// <summary>Seals a plaintext and checks that it opens again.</summary>
    internal byte[] SealVerified(ReadOnlySpan<byte> plaintext)
    {
        byte[] box = new byte[plaintext.Length + SealedBox.Overhead];
        SealedBox.Seal(Key, plaintext, box);
        return SealedBox.Verify(Key, box, plaintext) ? box : throw Packs.PackBuilder.FaultyMachine();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Decoders.Dispose();
        Buffers.Clear();
        OneLargeIndex.Dispose();
        Key.Dispose();
    }

    private byte[] EncodeUnpacked(ReadOnlySpan<byte> json)
    {
        using ZstdFrames zstd = new();
        byte[] plain = UnpackedCodec.Encode(Config.Version, json, zstd);
        return UnpackedCodec.Decode(Config.Version, plain, json.Length, "a new file").AsSpan().SequenceEqual(json)
            ? SealVerified(plain)
            : throw Packs.PackBuilder.FaultyMachine();
    }

    private async ValueTask<byte[]> LoadVerifiedAsync(FileHandle file, long maxLength, CancellationToken cancellationToken)
    {
        byte[] stored = await Backend.LoadAsync(file, maxLength, cancellationToken).ConfigureAwait(false);
        if (ContentId.Of(stored) == file.Name)
        {
            return stored;
        }

        // Once more: a bad cable or memory may have garbled the first reading.
        await Backend.ForgetCachedAsync(file, cancellationToken).ConfigureAwait(false);
        byte[] again = await Backend.LoadAsync(file, maxLength, cancellationToken).ConfigureAwait(false);
        if (ContentId.Of(again) != file.Name)
        {
            string how = "its bytes do not have the hash that is its name";
            throw RepositoryException.Damage(file.ToString(), again.AsSpan().SequenceEqual(stored) ? how : $"{how}, and {Sots.Restic.Readings.Unstable}");
        }

        Readings.Healed(file.ToString());
        return again;
    }
}
