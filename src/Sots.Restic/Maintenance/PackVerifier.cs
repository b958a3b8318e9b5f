using System.Security.Cryptography;
using Sots.Restic.Backends;
using Sots.Restic.Packs;

namespace Sots.Restic.Maintenance;

/// <summary>
/// Reads a pack once and verifies all of it: the hash that is its name, its header, the header against the index, every blob. Each byte is
/// fetched once. Thread safe.
/// </summary>
/// <param name="repository">The repository.</param>
/// <param name="indexed">What the index says.</param>
/// <param name="reads">Bounds the requests in flight.</param>
/// <param name="work">Bounds the threads that decode.</param>
/// <param name="pieceLength">A pack is read in pieces of at most this many bytes, unless a single blob is longer.</param>
internal sealed class PackVerifier(OpenRepository repository, IndexedPacks indexed, SemaphoreSlim reads, SemaphoreSlim work, int pieceLength)
{
    /// <summary>Default of the longest piece: 4 MiB. Several packs are read at once, and what is hashed is still in the cache when it is opened.</summary>
    internal const int DefaultPieceLength = 4 << 20;

    /// <summary>Reads and verifies a pack. A failing storage is part of the verdict.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="length">Its length in bytes, from a listing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<PackVerdict> VerifyAsync(PackId pack, long length, CancellationToken cancellationToken)
    {
        PackVerdict verdict = new();
        if (length is < PackHeaderLayout.MinPackLength or > Limits.PackLength)
        {
            verdict.Add($"it has {length} bytes, {PackHeaderLayout.MinPackLength} to {Limits.PackLength} are expected");
            verdict.Lost.AddRange(indexed.BlobsOf(pack));
            return verdict;
        }

        BlobDecoder decoder = repository.Decoders.Rent();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Reading reading = new(pack, length, hash, decoder, verdict);
        try
        {
            await ReadAsync(reading, cancellationToken).ConfigureAwait(false);
            verdict.Hash = new ContentId(hash.GetHashAndReset());
            if (verdict.Hash != pack.Value)
            {
                verdict.Add($"unexpected pack id {verdict.Hash}: its bytes do not have the hash that is its name");
            }
        }
        catch (RepositoryException e)
        {
            verdict.IsUnreadable = true;
            verdict.Add(e.Message);
        }
        finally
        {
            repository.Decoders.Return(decoder);
        }

        return verdict;
    }

    private sealed record Reading(PackId Pack, long Length, IncrementalHash Hash, BlobDecoder Decoder, PackVerdict Verdict)
    {
        /// <summary>Header and index say different things.</summary>
        public bool Disagrees { get; set; }

        /// <summary>Then: the blobs that lie where the header says. Reading finds them there.</summary>
        public HashSet<BlobHandle> Given { get; } = [];
    }

    private async Task ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        if (reading.Length > pieceLength)
        {
            List<PackedBlob>? blobs = await TryReadHeaderAsync(reading, cancellationToken).ConfigureAwait(false);
            await ReadPiecesAsync(reading, blobs ?? [], cancellationToken).ConfigureAwait(false);
            await TryIndexedBlobsAsync(reading, blobs is null, cancellationToken).ConfigureAwait(false);
            return;
        }

        bool noHeader = false;
        byte[] buffer = repository.Buffers.Rent((int)reading.Length);
        try
        {
            Memory<byte> content = buffer.AsMemory(0, (int)reading.Length);
            await LoadAsync(reading.Pack, 0, content, cancellationToken).ConfigureAwait(false);
            await work.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                List<PackedBlob>? blobs = TryOpenHeader(reading, content.Span);
                noHeader = blobs is null;
                VerifyPiece(reading, 0, content.Span, blobs ?? []);
            }
            finally
            {
                work.Release();
            }
        }
        finally
        {
            repository.Buffers.Return(buffer);
        }

        await TryIndexedBlobsAsync(reading, noHeader, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask LoadAsync(PackId pack, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        await reads.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await repository.Backend.LoadRangeAsync(FileHandle.Of(pack), offset, destination, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            reads.Release();
        }
    }

    private List<PackedBlob>? TryOpenHeader(Reading reading, ReadOnlySpan<byte> content)
    {
        try
        {
            return CompareWithIndex(reading, PackReader.ReadHeader(repository, reading.Pack, content));
        }
        catch (RepositoryException e)
        {
            reading.Verdict.Add(e.Message);
            return null;
        }
    }

    private async Task<List<PackedBlob>?> TryReadHeaderAsync(Reading reading, CancellationToken cancellationToken)
    {
        try
        {
            List<PackedBlob> blobs = await PackReader.ReadHeaderAsync(repository, reading.Pack, reading.Length, cancellationToken).ConfigureAwait(false);
            return CompareWithIndex(reading, blobs);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Damaged)
        {
            reading.Verdict.Add(e.Message);
            return null;
        }
    }

    /// <summary>Header and index agree where all blobs of the one are in the other and there are as many.</summary>
    private List<PackedBlob> CompareWithIndex(Reading reading, List<PackedBlob> blobs)
    {
        foreach (PackedBlob blob in blobs)
        {
            if (!indexed.Has(reading.Pack, blob))
            {
                reading.Disagrees = true;
                reading.Verdict.Add($"{blob.Handle} of its header is not contained in index or position is incorrect");
            }
        }

        int number = indexed.Find(reading.Pack);
        int expected = number >= 0 ? indexed[number].Blobs : 0;
        if (blobs.Count != expected)
        {
            reading.Disagrees = true;
            reading.Verdict.Add($"its header has {blobs.Count} blobs, the index has {expected}");
        }

        return blobs;
    }

    /// <summary>Blobs out of a header follow one another without gaps, so pieces of whole blobs cover everything before the header.</summary>
    private async Task ReadPiecesAsync(Reading reading, List<PackedBlob> blobs, CancellationToken cancellationToken)
    {
        long start = 0;
        for (int first = 0, next; first < blobs.Count; first = next)
        {
            next = first + 1;
            while (next < blobs.Count && blobs[next].End - start <= pieceLength)
            {
                next++;
            }

            long end = blobs[next - 1].End;
            long limit = Math.Max(pieceLength, (blobs[first].Type == BlobType.Tree ? Limits.TreeLength : Limits.DataBlobLength) + (1L << 20));
            if (end - start <= limit)
            {
                await ReadPieceAsync(reading, start, (int)(end - start), blobs.GetRange(first, next - first), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                reading.Verdict.Add($"{blobs[first].Handle} claims {blobs[first].Length} bytes; at most {limit} are taken");
                reading.Verdict.Lost.AddRange(blobs.GetRange(first, next - first));
                await HashAsync(reading, start, end, cancellationToken).ConfigureAwait(false);
            }

            start = end;
        }

        await HashAsync(reading, start, reading.Length, cancellationToken).ConfigureAwait(false);
    }

    private async Task HashAsync(Reading reading, long start, long end, CancellationToken cancellationToken)
    {
        for (long next; start < end; start = next)
        {
            next = Math.Min(end, start + pieceLength);
            await ReadPieceAsync(reading, start, (int)(next - start), [], cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReadPieceAsync(Reading reading, long start, int length, List<PackedBlob> blobs, CancellationToken cancellationToken)
    {
        byte[] buffer = repository.Buffers.Rent(length);
        try
        {
            await LoadAsync(reading.Pack, start, buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            await work.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                VerifyPiece(reading, start, buffer.AsSpan(0, length), blobs);
            }
            finally
            {
                work.Release();
            }
        }
        finally
        {
            repository.Buffers.Return(buffer);
        }
    }

    /// <summary>Hashes a piece as it is stored, then decodes its blobs in place.</summary>
    private void VerifyPiece(Reading reading, long start, Span<byte> piece, List<PackedBlob> blobs)
    {
        reading.Hash.AppendData(piece);
        foreach (PackedBlob blob in blobs)
        {
            Span<byte> box = piece.Slice((int)(blob.Offset - start), (int)blob.Length);
            if (reading.Decoder.TryDecode(repository.Key, blob, box, reading.Pack, out _) is { } damage)
            {
                reading.Verdict.Add(damage.Message);
                reading.Verdict.Lost.Add(blob);
            }
            else if (reading.Disagrees)
            {
                reading.Given.Add(blob.Handle);
            }
        }
    }

    /// <summary>
    /// Without a header the index still says where blobs are: which of them can be saved? And where it says something else than the header,
    /// those that it alone knows may not be there.
    /// </summary>
    private async Task TryIndexedBlobsAsync(Reading reading, bool noHeader, CancellationToken cancellationToken)
    {
        if (!noHeader && !reading.Disagrees)
        {
            return;
        }

        List<PackedBlob> blobs = indexed.BlobsOf(reading.Pack);
        int intact = 0;
        await PackReader.ReadBlobsAsync(
            repository,
            reading.Pack,
            blobs,
            (blob, _, damage) =>
            {
                if (damage is null)
                {
                    intact++;
                }
                else if (!reading.Given.Contains(blob.Handle))
                {
                    reading.Verdict.Lost.Add(blob);
                }

                return ValueTask.CompletedTask;
            },
            cancellationToken).ConfigureAwait(false);
        if (noHeader)
        {
            reading.Verdict.Add($"{intact} of the {blobs.Count} blobs that the index has in it are intact");
        }
    }
}
