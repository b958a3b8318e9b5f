using Sots.Restic.Backends;
using Sots.Restic.Chunking;
using Sots.Restic.Index;
using Sots.Restic.Packs;
using Sots.Restic.Snapshots;

namespace Sots.Restic.Writing;

/// <summary>What became of a blob.</summary>
/// <param name="Id">SHA-256 of its plaintext.</param>
/// <param name="IsNew">False where the repository or this session has it already.</param>
/// <param name="StoredBytes">What it adds to the repository: sealed bytes and its entry in the pack's header; 0 where it is not new.</param>
public readonly record struct SavedBlob(ContentId Id, bool IsNew, int StoredBytes);

/// <summary>
/// The only road to packs, index files and snapshots. The order is the interface: blobs go into packs; a pack is stored and flushed before
/// an index names it; all packs and index files are stored before a snapshot is. Whatever happens in between, the repository is whole.
/// </summary>
/// <remarks>
/// Thread safe. Two packs of each type are open, one that is full may wait, and one is on its way to storage, or two. Memory: 512 KiB for each
/// where the storage takes packs in pieces, otherwise pack size plus 2 MiB; two buffers of one blob a core. The first failure, or a
/// cancellation, ends the session: every later call but <see cref="AbandonAsync"/> throws it.
/// </remarks>
public sealed partial class WriteSession : IAsyncDisposable
{
    /// <summary>A pack exceeds its size by one blob, mostly a small one.</summary>
    private const int SpareBytes = 2 << 20;

    private readonly OpenRepository _repository;
    private readonly MasterIndex _known;
    private readonly WriteOptions _options;
    private readonly PackBuffers _buffers;
    private readonly Func<IGrowingFile>? _beginFile;
    private readonly BlobPacker _data;
    private readonly BlobPacker _trees;
    private readonly BlobSet _taken = new();
    private readonly BlobEncoderPool _encoders = new();
    private readonly SemaphoreSlim _encoding;
    private readonly SemaphoreSlim _uploads;
    private readonly CancellationTokenSource _stop = new();
    private IReadOnlyList<IndexedPack> _relied;
    private Exception? _failure;
    private long _storedBytes;

    internal WriteSession(IndexedRepository repository, WriteOptions options, int encoders)
    {
        _encoding = new SemaphoreSlim(encoders);
        _repository = repository.Repository;
        _known = repository.Index;

        // Left by a killed run, or named by an index file that is damaged: what was found there is not stored again, so an index has to name it.
        _relied = repository.UnindexedPacks;
        _options = options;
        IBackend backend = _repository.Backend;
        bool inPieces = backend.TakesPacksInPieces;
        _beginFile = inPieces ? () => backend.BeginPack(_stop.Token) : null;
        _buffers = new PackBuffers(inPieces ? options.PieceBytes : options.PackSizeBytes + SpareBytes);
        _data = new BlobPacker(options.PackSizeBytes, BeginPack, options.PackChoice);
        _trees = new BlobPacker(options.PackSizeBytes, BeginPack, options.PackChoice);

        // Few cores do not fill packs faster than one is stored; one more on its way would only take memory, if it is held there.
        _uploads = new SemaphoreSlim(inPieces ? backend.Connections : Math.Clamp(Environment.ProcessorCount / 2, 1, backend.Connections));
    }

    /// <summary>Bytes of finished packs stored so far.</summary>
    public long StoredBytes => Interlocked.Read(ref _storedBytes);

    /// <summary>Packs that are being filled, wait or are on their way to storage.</summary>
    internal int PacksInMemory => _buffers.InUse;

    /// <summary>Whether a blob is in the repository or was taken on by this session.</summary>
    public bool Contains(BlobHandle blob) => _known.Contains(blob) || _taken.Contains(blob);

    /// <summary>
    /// Takes on a blob. It is durable after <see cref="FlushAsync"/>. Waits while too many packs are on their way to storage.
    /// </summary>
    /// <exception cref="RepositoryException">Storing failed, now or earlier in this session.</exception>
    public async ValueTask<SavedBlob> SaveBlobAsync(BlobType type, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken)
    {
        ThrowIfFailed();
        ContentId id = type == BlobType.Data && ZeroChunk.IsZeroChunk(plaintext.Span) ? ZeroChunk.Id : ContentId.Of(plaintext.Span);
        BlobHandle handle = new(type, id);
        if (_known.Contains(handle) || !_taken.Add(handle))
        {
            return new SavedBlob(id, false, 0);
        }

        return await TakeOnAsync(type, id, plaintext, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes on a blob although the repository has it: what it has cannot be read. Both places are in the index then, and whoever reads
    /// tries both. Otherwise as <see cref="SaveBlobAsync"/>.
    /// </summary>
    /// <exception cref="RepositoryException">Storing failed, now or earlier in this session.</exception>
    public ValueTask<SavedBlob> SaveAgainAsync(BlobType type, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken)
    {
        ThrowIfFailed();
        ContentId id = ContentId.Of(plaintext.Span);
        _taken.Add(new BlobHandle(type, id));
        return TakeOnAsync(type, id, plaintext, cancellationToken);
    }

    /// <summary>
    /// Takes on a blob that was read and verified a moment ago, with the frame it came in, which is not made anew. Otherwise as
    /// <see cref="SaveBlobAsync"/>.
    /// </summary>
    /// <exception cref="RepositoryException">Storing failed, now or earlier in this session.</exception>
    internal async ValueTask<SavedBlob> SaveFrameAsync(
        BlobHandle blob, ReadOnlyMemory<byte> plaintext, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (frame.IsEmpty || _repository.Config.Version < 2)
        {
            return await SaveBlobAsync(blob.Type, plaintext, cancellationToken).ConfigureAwait(false);
        }

        ThrowIfFailed();
        return _known.Contains(blob) || !_taken.Add(blob)
            ? new SavedBlob(blob.Id, false, 0)
            : await TakeOnAsync(blob.Type, blob.Id, plaintext, cancellationToken, frame).ConfigureAwait(false);
    }

    private async ValueTask<SavedBlob> TakeOnAsync(
        BlobType type, ContentId id, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken, ReadOnlyMemory<byte> frame = default)
    {
        try
        {
            // More encoders than cores would only take memory, and so would more full packs waiting for the storage: where one waits,
            // nobody begins to fill another.
            if (Volatile.Read(ref _waitingPacks) > 0)
            {
                await _uploads.WaitAsync(cancellationToken).ConfigureAwait(false);
                _uploads.Release();
            }

            await _encoding.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                PackBuilder? full = Pack(type, id, plaintext.Span, frame.Span, out int storedBytes);
                if (full is not null)
                {
                    await StartStoringAsync(full, cancellationToken).ConfigureAwait(false);
                }

                return new SavedBlob(id, true, storedBytes);
            }
            finally
            {
                _encoding.Release();
            }
        }
        catch (Exception e)
        {
            // The blob counts as taken on but is in no pack: nothing that refers to it may be saved.
            End(e);
            throw;
        }
    }

    /// <summary>Stores everything taken on so far: packs first, then the index that names them. No blob may be saved meanwhile.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        ThrowIfFailed();
        try
        {
            foreach (BlobPacker packer in (BlobPacker[])[_data, _trees])
            {
                packer.MergeOpen();
                while (packer.TakeOpen() is { } pack)
                {
                    await StartStoringAsync(pack, cancellationToken).ConfigureAwait(false);
                }
            }

            await AllStoredAsync().ConfigureAwait(false);
            ThrowIfFailed();
            foreach (IndexedPack pack in Interlocked.Exchange(ref _relied, []))
            {
                if (AddUnindexed(pack) is { } full)
                {
                    await WriteIndexAsync(full, cancellationToken).ConfigureAwait(false);
                }
            }

            await WriteIndexAsync(TakeUnindexed(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Packs were taken that may not be stored, or index entries that may not be written.
            End(e);
            throw;
        }
    }

    /// <summary>Flushes, then writes a snapshot. When this returns the snapshot is on the disk with everything it needs.</summary>
    public async Task<SnapshotId> SaveSnapshotAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        return new SnapshotId(await SaveLockedAsync(FileType.Snapshot, SnapshotCodec.Write(snapshot), cancellationToken).ConfigureAwait(false));
    }

    private async Task<ContentId> SaveLockedAsync(FileType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            return await _repository.SaveLockedAsync(type, content, _options.EnsureLocked, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e)
        {
            throw await ReasonOfAsync(e).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Gives the session up: open packs are dropped, and what is in finished packs is indexed, so that the next run finds it. Never throws.
    /// </summary>
    /// <param name="afterFailure">
    /// Index it even where the storage failed or is full. By default that is done only where nothing failed or somebody cancelled: a prune
    /// that has no room for its copies gets rid of them more easily without an index.
    /// </param>
    public async Task AbandonAsync(bool afterFailure = false)
    {
        try
        {
            await AllStoredAsync().ConfigureAwait(false);
            DropOpen();
            bool storageFailed = _failure is RepositoryException { Kind: RepositoryErrorKind.Storage or RepositoryErrorKind.StorageFull };
            if (_failure is null or OperationCanceledException || (afterFailure && storageFailed))
            {
                await WriteIndexAsync(TakeUnindexed(), CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (RepositoryException)
        {
            // Packs without an index are left-overs that prune removes; the repository is whole.
        }
    }

    /// <summary>Stops what is still running. Does not flush.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await AllStoredAsync().ConfigureAwait(false);
        DropOpen();
        _stop.Dispose();
        _uploads.Dispose();
        _encoding.Dispose();
        _encoders.Dispose();
    }

    private PackBuilder? Pack(BlobType type, ContentId id, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> frame, out int storedBytes)
    {
        if (plaintext.Length >= EnormousBlobs.FromLength)
        {
            // What the caller made it from is garbage by now, and encoding takes twice its length.
            EnormousBlobs.GiveMemoryBack();
        }

        BlobEncoder encoder = _encoders.Rent();
        try
        {
            uint uncompressedLength = (uint)plaintext.Length;
            ReadOnlySpan<byte> box = frame.IsEmpty
                ? encoder.Encode(_repository.Key, _repository.Config.Version, type, id, _options.Compression, plaintext, out uncompressedLength)
                : encoder.EncodeFrame(_repository.Key, id, frame, plaintext.Length);
            storedBytes = box.Length + PackHeaderLayout.EntryLength(new PackedBlob(type, id, 0, (uint)box.Length, uncompressedLength));
            return (type == BlobType.Tree ? _trees : _data).Add(type, id, box, uncompressedLength);
        }
        finally
        {
            _encoders.Return(encoder);
        }
    }

    /// <summary>
    /// A lost lock where that is what is behind a failure: a prune removes what it finds unfinished, ours too if it takes us for dead. Never
    /// throws: where the lock cannot be looked at, the failure is what it is.
    /// </summary>
    private async ValueTask<Exception> ReasonOfAsync(Exception failure)
    {
        try
        {
            if (failure is RepositoryException { Kind: RepositoryErrorKind.Missing })
            {
                await (_options.ProveLocked ?? _options.EnsureLocked)(CancellationToken.None).ConfigureAwait(false);
            }

            return failure;
        }
        catch (Exception e)
        {
            return e is RepositoryException { Kind: RepositoryErrorKind.LockLost } ? e : failure;
        }
    }

    private void DropOpen()
    {
        while ((_data.TakeOpen() ?? _trees.TakeOpen()) is { } pack)
        {
            pack.Dispose();
        }
    }

    private PackBuilder BeginPack() => new(_buffers.Rent(), _beginFile, _buffers.Return);

    private void End(Exception reason) => Interlocked.CompareExchange(ref _failure, reason, null);

    private void ThrowIfFailed()
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }
}
