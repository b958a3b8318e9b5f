using System.Collections.Concurrent;
using Sots.Restic;
using Sots.Restic.Packs;

namespace Sots.Backup.Restoring;

/// <summary>
/// Fetches the blobs that files wait for, pack by pack in large requests, and writes each wherever it belongs. A blob that many files or
/// many places share is fetched once. As many packs at a time as there are cores; verified plaintext only.
/// </summary>
/// <remarks>
/// Memory: per worker one request of at most 32 MiB and one blob; 24 bytes for each place a blob goes to. A blob that its pack does not
/// give is looked for wherever else it lies before the files that need it are given up.
/// </remarks>
internal sealed class ContentRestore(
    IndexedRepository repository, DirectoryHandles directories, bool sparse, Progress.OperationCounters counters, Action<FileRestore> finished)
{
    private const int SparseBlock = 4096;

    private readonly Dictionary<BlobId, List<(FileRestore File, long Offset)>> _places = [];
    private readonly Dictionary<PackId, List<PackedBlob>> _packs = [];
    private readonly List<PackId> _order = [];
    private readonly OpenFiles _openFiles = new();

    /// <summary>A blob has to be written to a file.</summary>
    public void Want(FileRestore file, PlannedBlob blob)
    {
        if (_places.TryGetValue(blob.Id, out List<(FileRestore, long)>? places))
        {
            places.Add((file, blob.Offset));
            return;
        }

        _places.Add(blob.Id, [(file, blob.Offset)]);
        repository.Index.TryFind(new BlobHandle(blob.Id), out BlobLocation location);
        if (!_packs.TryGetValue(location.Pack, out List<PackedBlob>? blobs))
        {
            _packs.Add(location.Pack, blobs = []);
            _order.Add(location.Pack);
        }

        blobs.Add(new PackedBlob(BlobType.Data, blob.Id.Value, location.Offset, location.Length, location.UncompressedLength));
    }

    /// <summary>Fetches and writes everything.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        OrderablePartitioner<PackId> oneByOne = Partitioner.Create(_order, EnumerablePartitionerOptions.NoBuffering);
        return Parallel.ForEachAsync(oneByOne.GetDynamicPartitions(), parallel, async (pack, token) =>
            await PackReader.ReadBlobsAsync(
                repository.Repository, pack, _packs[pack], (blob, plaintext, damage) => PlaceAsync(blob, plaintext, damage, token), token)
                .ConfigureAwait(false));
    }

    private async ValueTask PlaceAsync(PackedBlob blob, ReadOnlyMemory<byte> plaintext, RepositoryException? damage, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string? failure = null;
        if (damage is not null)
        {
            try
            {
                plaintext = await repository.LoadBlobAsync(blob.Handle, cancellationToken).ConfigureAwait(false);
            }
            catch (RepositoryException e)
            {
                failure = e.Message;
            }
        }

        foreach ((FileRestore file, long offset) in _places[new BlobId(blob.Id)])
        {
            if (failure is not null)
            {
                file.Fail(failure);
            }
            else
            {
                Write(file, offset, plaintext.Span);
            }

            if (file.BlobDone())
            {
                _openFiles.Forget(file);
                finished(file);
            }
        }
    }

    private void Write(FileRestore file, long offset, ReadOnlySpan<byte> plaintext)
    {
        if (file.Failure is not null)
        {
            return;
        }

        try
        {
            using DirectoryHandles.Lease lease = directories.Borrow(file.Planned.Directory);
            TargetFile handle = file.Use(lease.Directory);
            bool keepOpen = file.Planned.Blobs.Length > 1;
            try
            {
                if (sparse && file.TemporaryName is not null)
                {
                    WriteSparse(handle, offset, plaintext);
                }
                else
                {
                    handle.Write(offset, plaintext);
                }
            }
            finally
            {
                file.Release(keepOpen);
            }

            if (keepOpen)
            {
                _openFiles.Keep(file);
            }

            Interlocked.Add(ref counters.BytesDone, plaintext.Length);
        }
        catch (TargetException e)
        {
            file.Fail(e.Message);
        }
    }

    /// <summary>Leaves out blocks of zeros; the file has its full length already, so they read as zeros and take no room.</summary>
    private static void WriteSparse(TargetFile file, long offset, ReadOnlySpan<byte> plaintext)
    {
        int start = 0;
        while (start < plaintext.Length)
        {
            int next = plaintext[start..].IndexOfAnyExcept((byte)0);
            if (next < 0)
            {
                return;
            }

            start += next / SparseBlock * SparseBlock;
            int end = start;
            while (end < plaintext.Length && plaintext.Slice(end, Math.Min(SparseBlock, plaintext.Length - end)).ContainsAnyExcept((byte)0))
            {
                end = Math.Min(plaintext.Length, end + SparseBlock);
            }

            file.Write(offset + start, plaintext[start..end]);
            start = end;
        }
    }
}
