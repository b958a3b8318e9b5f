using Sots.Backup.Progress;
using Sots.Backup.Proving;
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
    private readonly IOperationEvents _events;
    private readonly TimeProvider _time;
    private readonly WriteSample? _sample;
    private readonly IContentObserver? _observer;
    private readonly SemaphoreSlim _chunksInFlight;
    private readonly ReadBuffers _buffers = new();

    public FileArchiver(
        WriteSession session, RabinChunker chunker, SourceFileSystem fileSystem, Func<long, short> offsetOf, bool withAccessTime,
        ArchiveTotals totals, OperationCounters counters, IOperationEvents events, TimeProvider time, WriteSample? sample, IContentObserver? observer, int parallelChunks)
    {
        _session = session;
        _chunker = chunker;
        _fileSystem = fileSystem;
        _offsetOf = offsetOf;
        _withAccessTime = withAccessTime;
        _totals = totals;
        _counters = counters;
        _events = events;
        _time = time;
        _sample = sample;
        _observer = observer;
        _chunksInFlight = new SemaphoreSlim(parallelChunks);
    }

    /// <summary>What a file added, by every reading of it: what a reading that was not whole has saved stays.</summary>
    /// <param name="Node">Its node.</param>
    /// <param name="AddedBytes">Plain bytes of its new blobs.</param>
    /// <param name="StoredBytes">What they take in the repository.</param>
    public readonly record struct SavedFile(Node Node, long AddedBytes, long StoredBytes);

    /// <summary>Saves a file, reading it again where that may give a better result; see <see cref="ReadAgain"/>.</summary>
    /// <param name="job">The file.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="problem">Told about metadata that cannot be read, and about a file that changed while it was read.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="SourceException">It cannot be opened or read; nothing of it is in the tree then.</exception>
    /// <exception cref="RepositoryException">The repository failed.</exception>
    public async Task<SavedFile> SaveAsync(FileJob job, DiskPath path, Action<string> problem, CancellationToken cancellationToken)
    {
        bool waited = false;
        int times = 0;
        AddedTally added = new();
        while (true)
        {
            TimeSpan fresh = TimeSpan.Zero;
            string? reason = null;
            try
            {
                DateTimeOffset opened = _time.GetUtcNow();
                using SourceFile file = _fileSystem.OpenFile(path);
                fresh = ReadAgain.FreshFor(file.Status, opened);
                if (fresh == TimeSpan.Zero || waited)
                {
                    Reading reading = await ReadAsync(file, job, path, added, cancellationToken).ConfigureAwait(false);
                    string? change = ChangeOf(file, reading, opened);
                    if (change is null || times == ReadAgain.MaxTimes || file.Status.SizeBytes > ReadAgain.LongestBytes)
                    {
                        FolderTrail.Verify(_fileSystem, job.Directory);
                        reading.File.Whole = change is null ? file.Status : null;
                        return new SavedFile(Accept(reading, job, change, problem), added.AddedBytes, added.StoredBytes);
                    }

                    Interlocked.Add(ref _counters.BytesDone, -reading.SizeBytes);
                    reason = change;
                }
            }
            catch (SourceException e) when (times < ReadAgain.MaxTimes && MayPass(e, path))
            {
                reason = e.Message;
            }

            TimeSpan wait = fresh;
            if (reason is null)
            {
                waited = true;
            }
            else
            {
                wait = ReadAgain.WaitBefore(times++, fresh);
                _events.Detail($"{path}: {reason}; reading it again ({times} of {ReadAgain.MaxTimes})");
            }

            await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether reading again may help: also where a file was not found that is there.</summary>
    private bool MayPass(SourceException e, DiskPath path) =>
        e.Kind is SourceErrorKind.Locked or SourceErrorKind.Other
        || (e.Kind == SourceErrorKind.Vanished && ArchiveProblems.IsThere(_fileSystem, path));

    /// <inheritdoc/>
    public void Dispose() => _chunksInFlight.Dispose();

    private async Task<Reading> ReadAsync(SourceFile file, FileJob job, DiskPath path, AddedTally added, CancellationToken cancellationToken)
    {
        List<string> complaints = [];
        Reading reading = new(added, new SampledFile(path), file.CreateNode(job.Name, _offsetOf, _withAccessTime, complaints.Add));
        reading.Complaints.AddRange(complaints);
        reading.Observed = _observer?.Begin(path, job.SnapshotPath, file.Status.SizeBytes);
        try
        {
            await ReadAndCutAsync(file, reading, cancellationToken).ConfigureAwait(false);
        }
        catch (SourceException)
        {
            Interlocked.Add(ref _counters.BytesDone, -reading.SizeBytes);
            throw;
        }
        finally
        {
            // Chunks in flight use the session; they end before anybody looks at the result, whatever happened to the reading.
            await reading.Content.AllSavedAsync().ConfigureAwait(false);
            added.Count(reading.Content);
        }

        reading.Content.ThrowIfFailed();
        return reading;
    }

    /// <summary>What changed while the file was read, in words; null where it is whole.</summary>
    private static string? ChangeOf(SourceFile file, Reading reading, DateTimeOffset opened)
    {
        FileStatus now = file.StatusNow();
        return !now.IsSameContent(file.Status) || reading.SizeBytes != file.Status.SizeBytes
                ? $"changed while it was read: had {file.Status.SizeBytes} bytes when it was opened, {reading.SizeBytes} were read and saved"
            : ReadAgain.FreshFor(now, opened) > TimeSpan.Zero
                ? $"changed while it was read, perhaps: it is written to all the time; {reading.SizeBytes} bytes were read and saved"
            : null;
    }

    /// <summary>The node of a file is what was stored of it, whole or not: its size is the sum of its chunks.</summary>
    private static Node Accept(Reading reading, FileJob job, string? change, Action<string> problem)
    {
        reading.Complaints.ForEach(problem);
        if (change is not null)
        {
            problem(change);
        }

        reading.Node.Size = (ulong)reading.SizeBytes;
        reading.Node.Content = reading.Content.ToArray();
        reading.Observed?.Finish(job.ParentNode, reading.Node);
        return reading.Node;
    }

    private async Task ReadAndCutAsync(SourceFile file, Reading reading, CancellationToken cancellationToken)
    {
        ContentList content = reading.Content;
        byte[] buffer = _buffers.Rent(Math.Max(4096, file.Status.SizeBytes + 1));
        try
        {
            int filled = 0, scanned = 0, behindEnd = 0;
            while (reading.SizeBytes - file.Status.SizeBytes < ReadAgain.MostGrowthBytes && behindEnd < ReadAgain.MostReadsBehindEnd)
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

                reading.Observed?.Append(buffer.AsSpan(filled, read));
                reading.SizeBytes += read;
                filled += read;
                behindEnd += reading.SizeBytes > file.Status.SizeBytes ? 1 : 0;
                Interlocked.Add(ref _counters.BytesDone, read);
                int cut;
                while ((cut = _chunker.FindCut(buffer.AsSpan(0, filled), scanned)) > 0)
                {
                    await _chunksInFlight.WaitAsync(cancellationToken).ConfigureAwait(false);
                    byte[] rest = _buffers.Rent(RabinChunker.MaxLength);
                    buffer.AsSpan(cut, filled - cut).CopyTo(rest);
                    byte[] chunk = buffer;
                    buffer = rest;
                    filled -= cut;
                    scanned = 0;
                    SaveElsewhere(chunk, cut, reading.SizeBytes - filled - cut, reading, cancellationToken);
                }

                scanned = filled;
            }

            if (filled > 0)
            {
                content.Set(content.Next(), await SaveAsync(buffer.AsMemory(0, filled), reading, reading.SizeBytes - filled, cancellationToken).ConfigureAwait(false), filled);
            }
        }
        finally
        {
            _buffers.Return(buffer);
        }
    }

    /// <summary>Has a chunk saved by another thread, which gives the buffer back, and the place among the chunks in flight.</summary>
    private void SaveElsewhere(byte[] chunk, int length, long offset, Reading reading, CancellationToken cancellationToken)
    {
        ContentList content = reading.Content;
        int slot = content.Next();
        content.Add(Task.Run(
            async () =>
            {
                try
                {
                    content.Set(slot, await SaveAsync(chunk.AsMemory(0, length), reading, offset, cancellationToken).ConfigureAwait(false), length);
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

    private async ValueTask<SavedBlob> SaveAsync(ReadOnlyMemory<byte> chunk, Reading reading, long offset, CancellationToken cancellationToken)
    {
        SavedBlob saved = await _session.SaveBlobAsync(BlobType.Data, chunk, cancellationToken).ConfigureAwait(false);
        if (saved.IsNew || reading.Earlier.HasBrought(saved.Id))
        {
            _sample?.Offer(new SampledBlob(new BlobHandle(BlobType.Data, saved.Id), chunk.Length, reading.File, offset));
        }

        if (saved.IsNew)
        {
            _totals.CountBlob(isTree: false, chunk.Length, saved.StoredBytes);
            Interlocked.Add(ref _counters.BytesStored, saved.StoredBytes);
        }

        return saved;
    }

    /// <summary>What all readings of a file added.</summary>
    private sealed class AddedTally
    {
        private readonly HashSet<ContentId> _brought = [];

        public long AddedBytes { get; private set; }

        public long StoredBytes { get; private set; }

        /// <summary>Whether a reading that has ended brought a blob.</summary>
        public bool HasBrought(ContentId blob) => _brought.Contains(blob);

        public void Count(ContentList content)
        {
            _brought.UnionWith(content.NewIds);
            AddedBytes += content.AddedBytes;
            StoredBytes += content.StoredBytes;
        }
    }

    /// <summary>One reading of a file. What it saved stays in the repository, whatever becomes of it.</summary>
    private sealed class Reading(AddedTally earlier, SampledFile file, Node node)
    {
        public AddedTally Earlier { get; } = earlier;

        public SampledFile File { get; } = file;

        public Node Node { get; } = node;

        public ContentList Content { get; } = new();

        public List<string> Complaints { get; } = [];

        public long SizeBytes { get; set; }

        public IContentReading? Observed { get; set; }
    }
}
