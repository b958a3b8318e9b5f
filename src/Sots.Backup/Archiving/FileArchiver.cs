using Sots.Backup.Progress;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Chunking;
using Sots.Restic.Trees;
using Sots.Restic.Writing;

namespace Sots.Backup.Archiving;

/// <summary>
/// Reads a file, cuts it into chunks and has them saved. A file of one chunk is saved on the spot; the chunks of longer files are saved
/// by other threads while reading goes on, so that one large file keeps all cores busy. Thread safe: one call a reader.
/// </summary>
/// <remarks>
/// Memory: each reader holds one buffer of at most <see cref="RabinChunker.MaxLength"/>, and
/// <c>parallelChunks</c> buffers of that size are being saved at any time.
/// </remarks>
internal sealed class FileArchiver : IDisposable
{
    private const int ReadLength = 256 * 1024;

    private readonly WriteSession _session;
    private readonly RabinChunker _chunker;
    private readonly SourceFileSystem _fileSystem;
    private readonly Func<long, short> _offsetOf;
    private readonly bool _withAccessTime;
    private readonly ArchiveTotals _totals;
    private readonly OperationCounters _counters;
    private readonly SemaphoreSlim _chunksInFlight;
    private readonly ReadBuffers _buffers = new();

    public FileArchiver(
        WriteSession session, RabinChunker chunker, SourceFileSystem fileSystem, Func<long, short> offsetOf, bool withAccessTime,
        ArchiveTotals totals, OperationCounters counters, int parallelChunks)
    {
        _session = session;
        _chunker = chunker;
        _fileSystem = fileSystem;
        _offsetOf = offsetOf;
        _withAccessTime = withAccessTime;
        _totals = totals;
        _counters = counters;
        _chunksInFlight = new SemaphoreSlim(parallelChunks);
    }

    /// <summary>What a file added.</summary>
    /// <param name="Node">Its node.</param>
    /// <param name="AddedBytes">Plain bytes of its new blobs.</param>
    /// <param name="StoredBytes">What they take in the repository.</param>
    public readonly record struct SavedFile(Node Node, long AddedBytes, long StoredBytes);

    /// <summary>Saves a file.</summary>
    /// <param name="job">The file.</param>
    /// <param name="problem">Told about metadata that cannot be read, and about a file that changed while it was read.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="SourceException">It cannot be opened or read; nothing of it is in the tree then.</exception>
    /// <exception cref="RepositoryException">The repository failed.</exception>
    public async Task<SavedFile> SaveAsync(FileJob job, Action<string> problem, CancellationToken cancellationToken)
    {
        using SourceFile file = _fileSystem.OpenFile(job.Path);
        Node node = file.CreateNode(job.Name, _offsetOf, _withAccessTime, problem);
        ContentList content = new();
        ulong size;
        try
        {
            size = await ReadAndCutAsync(file, content, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Chunks in flight use the session; they end before anybody looks at the result, whatever happened to the reading.
            await content.AllSavedAsync().ConfigureAwait(false);
        }

        content.ThrowIfFailed();
        node.Size = size;
        node.Content = content.ToArray();
        if (!file.StatusNow().IsSameContent(file.Status) || size != (ulong)file.Status.SizeBytes)
        {
            problem($"changed while it was read: had {file.Status.SizeBytes} bytes when it was opened, {size} were read and saved");
        }

        return new SavedFile(node, content.AddedBytes, content.StoredBytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _chunksInFlight.Dispose();

    private async Task<ulong> ReadAndCutAsync(SourceFile file, ContentList content, CancellationToken cancellationToken)
    {
        ulong size = 0;
        byte[] buffer = _buffers.Rent(Math.Max(4096, file.Status.SizeBytes + 1));
        try
        {
            int filled = 0, scanned = 0;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (filled == buffer.Length)
                {
                    buffer = _buffers.Enlarge(buffer, filled);
                }

                int read = file.Read(buffer.AsSpan(filled, Math.Min(buffer.Length - filled, Math.Max(ReadLength, RabinChunker.MinLength - filled))));
                if (read == 0)
                {
                    break;
                }

                size += (ulong)read;
                filled += read;
                Interlocked.Add(ref _counters.BytesDone, read);
                int cut;
                while ((cut = _chunker.FindCut(buffer.AsSpan(0, filled), scanned)) > 0)
                {
                    byte[] rest = _buffers.Rent(RabinChunker.MaxLength);
                    buffer.AsSpan(cut, filled - cut).CopyTo(rest);
                    byte[] chunk = buffer;
                    buffer = rest;
                    filled -= cut;
                    scanned = 0;
                    await SaveElsewhereAsync(chunk, cut, content, cancellationToken).ConfigureAwait(false);
                }

                scanned = filled;
            }

            if (filled > 0)
            {
                content.Set(content.Next(), await SaveAsync(buffer.AsMemory(0, filled), cancellationToken).ConfigureAwait(false), filled);
            }

            return size;
        }
        finally
        {
            _buffers.Return(buffer);
        }
    }

    private async ValueTask SaveElsewhereAsync(byte[] chunk, int length, ContentList content, CancellationToken cancellationToken)
    {
        int slot = content.Next();
        await _chunksInFlight.WaitAsync(cancellationToken).ConfigureAwait(false);
        content.Add(Task.Run(
            async () =>
            {
                try
                {
                    content.Set(slot, await SaveAsync(chunk.AsMemory(0, length), cancellationToken).ConfigureAwait(false), length);
                }
                catch (Exception e) when (e is RepositoryException or OperationCanceledException)
                {
                    content.Fail(e);
                }
                finally
                {
                    _buffers.Return(chunk);
                    _chunksInFlight.Release();
                }
            },
            CancellationToken.None));
    }

    private async ValueTask<SavedBlob> SaveAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        SavedBlob saved = await _session.SaveBlobAsync(BlobType.Data, chunk, cancellationToken).ConfigureAwait(false);
        if (saved.IsNew)
        {
            _totals.CountBlob(isTree: false, chunk.Length, saved.StoredBytes);
            Interlocked.Add(ref _counters.BytesStored, saved.StoredBytes);
        }

        return saved;
    }

    /// <summary>The ids of a file's chunks, filled in any order.</summary>
    private sealed class ContentList
    {
        private readonly Lock _gate = new();
        private readonly List<BlobId> _ids = [];
        private readonly List<Task> _running = [];
        private Exception? _failure;

        public long AddedBytes { get; private set; }

        public long StoredBytes { get; private set; }

        public int Next()
        {
            lock (_gate)
            {
                _ids.Add(default);
                return _ids.Count - 1;
            }
        }

        public void Set(int slot, SavedBlob saved, int length)
        {
            lock (_gate)
            {
                _ids[slot] = new BlobId(saved.Id);
                if (saved.IsNew)
                {
                    AddedBytes += length;
                    StoredBytes += saved.StoredBytes;
                }
            }
        }

        public void Add(Task saving)
        {
            _running.RemoveAll(static task => task.IsCompletedSuccessfully);
            _running.Add(saving);
        }

        public void Fail(Exception e)
        {
            lock (_gate)
            {
                _failure ??= e;
            }
        }

        public Task AllSavedAsync() => _running.Count == 0 ? Task.CompletedTask : Task.WhenAll(_running);

        public void ThrowIfFailed()
        {
            if (_failure is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
            }
        }

        public BlobId[] ToArray() => [.. _ids];
    }
}
