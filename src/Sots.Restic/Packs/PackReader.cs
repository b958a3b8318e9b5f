using System.Buffers.Binary;
using Sots.Restic.Backends;
using Sots.Restic.Crypto;

namespace Sots.Restic.Packs;

/// <summary>Reads headers and blobs of packs and verifies everything it hands out. Stateless; thread safe.</summary>
public static class PackReader
{
    /// <summary>Enough for a header of 15 blobs, so that most packs need one request.</summary>
    private const int FirstRead = PackHeaderLayout.FixedLength + (15 * PackHeaderLayout.CompressedEntryLength);

    /// <summary>Blobs further apart than this are fetched by separate requests.</summary>
    private const int MaxGap = 1 << 20;

    /// <summary>
    /// No request is longer than this, unless a single blob is: enough that a disk has little to do between two requests, and little enough
    /// that the bytes are still in the processor's cache when they are opened, and that several packs in hand take little memory.
    /// </summary>
    internal const int MaxRequest = 4 << 20;

    /// <summary>Reads and verifies the header of a pack.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="pack">The pack.</param>
    /// <param name="packLength">Its length in bytes, from a listing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">Damaged or Missing, naming the pack.</exception>
    public static async ValueTask<List<PackedBlob>> ReadHeaderAsync(
        OpenRepository repository, PackId pack, long packLength, CancellationToken cancellationToken)
    {
        string name = FileHandle.Of(pack).ToString();
        if (packLength is < PackHeaderLayout.MinPackLength or > Limits.PackLength)
        {
            throw RepositoryException.Damage(name, $"it has {packLength} bytes, {PackHeaderLayout.MinPackLength} to {Limits.PackLength} are expected");
        }

        byte[] tail = new byte[Math.Min(FirstRead, packLength)];
        await repository.Backend.LoadRangeAsync(FileHandle.Of(pack), packLength - tail.Length, tail, cancellationToken).ConfigureAwait(false);
        int sealedLength = SealedHeaderLength(tail, packLength, name);
        int needed = sealedLength + PackHeaderLayout.TrailerLength;
        if (needed > tail.Length)
        {
            tail = new byte[needed];
            await repository.Backend.LoadRangeAsync(FileHandle.Of(pack), packLength - needed, tail, cancellationToken).ConfigureAwait(false);
        }

        return OpenHeader(repository, tail.AsSpan(tail.Length - needed, sealedLength), packLength - needed, name);
    }

    /// <summary>Reads the header out of a whole pack in memory.</summary>
    internal static List<PackedBlob> ReadHeader(OpenRepository repository, PackId pack, ReadOnlySpan<byte> content)
    {
        string name = FileHandle.Of(pack).ToString();
        if (content.Length < PackHeaderLayout.MinPackLength)
        {
            throw RepositoryException.Damage(name, $"it has {content.Length} bytes, at least {PackHeaderLayout.MinPackLength} are expected");
        }

        int sealedLength = SealedHeaderLength(content, content.Length, name);
        int blobsLength = content.Length - sealedLength - PackHeaderLayout.TrailerLength;
        return OpenHeader(repository, content.Slice(blobsLength, sealedLength), blobsLength, name);
    }

    /// <summary>What becomes of each blob that <see cref="ReadBlobsAsync"/> reads.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="plaintext">Its verified plaintext, valid until the callback returns; empty where it is damaged.</param>
    /// <param name="damage">Null, or why it could not be read.</param>
    public delegate ValueTask BlobHandler(PackedBlob blob, ReadOnlyMemory<byte> plaintext, RepositoryException? damage);

    /// <summary>What becomes of each blob that is to be stored again as it is.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="plaintext">Its verified plaintext, valid until the callback returns; empty where it is damaged.</param>
    /// <param name="frame">The zstd frame that gave the plaintext, valid as long; empty where there is none at hand.</param>
    /// <param name="damage">Null, or why it could not be read.</param>
    internal delegate ValueTask FrameHandler(PackedBlob blob, ReadOnlyMemory<byte> plaintext, ReadOnlyMemory<byte> frame, RepositoryException? damage);

    /// <summary>
    /// Reads blobs of one pack in the order of their offsets, neighbours by one request. A damaged blob is handed over with its error
    /// and does not stop the others.
    /// </summary>
    public static Task ReadBlobsAsync(
        OpenRepository repository, PackId pack, IReadOnlyList<PackedBlob> blobs, BlobHandler handler, CancellationToken cancellationToken) =>
        ReadFramesAsync(repository, pack, blobs, (blob, plaintext, _, damage) => handler(blob, plaintext, damage), cancellationToken);

    /// <summary>The same, and hands the frames over too.</summary>
    internal static async Task ReadFramesAsync(
        OpenRepository repository, PackId pack, IReadOnlyList<PackedBlob> blobs, FrameHandler handler, CancellationToken cancellationToken)
    {
        List<PackedBlob> sorted = new(blobs.Count);
        foreach (PackedBlob blob in blobs)
        {
            if (await RefuseTooLongAsync(repository, pack, blob, cancellationToken).ConfigureAwait(false) is { } refusal)
            {
                await handler(blob, default, default, refusal).ConfigureAwait(false);
            }
            else
            {
                sorted.Add(blob);
            }
        }

        sorted.Sort((a, b) => a.Offset.CompareTo(b.Offset));
        BlobDecoder decoder = repository.Decoders.Rent();
        try
        {
            for (int first = 0, next; first < sorted.Count; first = next)
            {
                next = first + 1;
                long end = sorted[first].End;

                // Blobs are opened in place, so that one that overlaps another (a wrong index) needs bytes of its own.
                while (next < sorted.Count && sorted[next].Offset >= end && sorted[next].Offset - end <= MaxGap
                    && Math.Max(end, sorted[next].End) - sorted[first].Offset <= MaxRequest)
                {
                    end = Math.Max(end, sorted[next++].End);
                }

                await ReadStretchAsync(repository, pack, sorted.GetRange(first, next - first), end, decoder, handler, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            repository.Decoders.Return(decoder);
        }
    }

    /// <summary>
    /// The length of a blob comes from an index or header; before memory is taken for it, it must be within the limits and, where it is
    /// more than a request's worth, within the file.
    /// </summary>
    private static async ValueTask<RepositoryException?> RefuseTooLongAsync(
        OpenRepository repository, PackId pack, PackedBlob blob, CancellationToken cancellationToken)
    {
        int limit = (blob.Type == BlobType.Tree ? Limits.TreeLength : Limits.DataBlobLength) + MaxGap;
        if (blob.Length > limit)
        {
            return new RepositoryException(
                RepositoryErrorKind.LimitExceeded, $"{blob.Handle} in {FileHandle.Of(pack)} claims {blob.Length} bytes; at most {limit} are taken.");
        }

        if (blob.Length <= MaxRequest)
        {
            return null;
        }

        long? length;
        try
        {
            length = await repository.Backend.FindLengthAsync(FileHandle.Of(pack), cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e)
        {
            // Another pack may have the blob too.
            return e;
        }

        return length >= blob.End
            ? null
            : RepositoryException.Damage(FileHandle.Of(pack).ToString(), $"it has {length ?? 0} bytes, but {blob.Handle} is to end at byte {blob.End}");
    }

    private static async Task ReadStretchAsync(
        OpenRepository repository, PackId pack, List<PackedBlob> blobs, long end, BlobDecoder decoder, FrameHandler handler,
        CancellationToken cancellationToken)
    {
        long start = blobs[0].Offset;
        byte[] buffer = repository.Buffers.Rent((int)Math.Min(Array.MaxLength, end - start));
        try
        {
            RepositoryException? failure = null;
            try
            {
                // A length out of an index is believed only after the backend found that many bytes in the file.
                await repository.Backend.LoadRangeAsync(FileHandle.Of(pack), start, buffer.AsMemory(0, (int)(end - start)), cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (RepositoryException e)
            {
                failure = e;
            }

            for (int i = 0; i < blobs.Count; i++)
            {
                PackedBlob blob = blobs[i];
                ReadOnlyMemory<byte> plaintext = default, frame = default;
                RepositoryException? damage = failure;
                if (failure is null)
                {
                    Memory<byte> box = buffer.AsMemory((int)(blob.Offset - start), (int)blob.Length);
                    damage = decoder.TryDecode(repository.Key, blob, box.Span, pack, out plaintext);
                    frame = damage is null && blob.UncompressedLength != 0 ? box[(SealedBox.Overhead / 2)..^(SealedBox.Overhead / 2)] : default;
                }
                else if (blobs.Count > 1)
                {
                    // The stretch could not be had in one piece: each blob gets its own chance.
                    (plaintext, damage) = await ReadAloneAsync(repository, pack, blob, buffer, decoder, cancellationToken).ConfigureAwait(false);
                }

                if (damage is { Kind: RepositoryErrorKind.Damaged })
                {
                    (plaintext, damage) = await ReadAgainAsync(repository, pack, blob, damage, decoder, cancellationToken).ConfigureAwait(false);
                }

                await handler(blob, plaintext, frame, damage).ConfigureAwait(false);
            }
        }
        finally
        {
            repository.Buffers.Return(buffer);
        }
    }

    /// <summary>
    /// What is damaged is read once more, from the storage itself: a cable or memory may have garbled it on the way. What is garbled each
    /// time in another way is damage of the machine rather than of the repository, and is said to be.
    /// </summary>
    private static async ValueTask<(ReadOnlyMemory<byte> Plaintext, RepositoryException? Damage)> ReadAgainAsync(
        OpenRepository repository, PackId pack, PackedBlob blob, RepositoryException damage, BlobDecoder decoder, CancellationToken cancellationToken)
    {
        FileHandle file = FileHandle.Of(pack);
        byte[] rented = repository.Buffers.Rent((int)blob.Length);
        try
        {
            Memory<byte> box = rented.AsMemory(0, (int)blob.Length);
            await repository.Backend.ForgetCachedAsync(file, cancellationToken).ConfigureAwait(false);
            await repository.Backend.LoadRangeAsync(file, blob.Offset, box, cancellationToken).ConfigureAwait(false);
            ContentId second = ContentId.Of(box.Span);
            if (decoder.TryDecode(repository.Key, blob, box.Span, pack, out ReadOnlyMemory<byte> plaintext) is null)
            {
                repository.Readings.Healed($"{blob.Handle} in {file}");
                return (plaintext, null);
            }

            await repository.Backend.ForgetCachedAsync(file, cancellationToken).ConfigureAwait(false);
            await repository.Backend.LoadRangeAsync(file, blob.Offset, box, cancellationToken).ConfigureAwait(false);
            return (default, ContentId.Of(box.Span) == second
                ? damage
                : new RepositoryException(damage.Kind, $"{damage.Message}; {Readings.Unstable}", damage.Advice, damage));
        }
        catch (RepositoryException)
        {
            return (default, damage);
        }
        finally
        {
            repository.Buffers.Return(rented);
        }
    }

    private static async ValueTask<(ReadOnlyMemory<byte> Plaintext, RepositoryException? Damage)> ReadAloneAsync(
        OpenRepository repository, PackId pack, PackedBlob blob, byte[] buffer, BlobDecoder decoder, CancellationToken cancellationToken)
    {
        try
        {
            await repository.Backend.LoadRangeAsync(FileHandle.Of(pack), blob.Offset, buffer.AsMemory(0, (int)blob.Length), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (RepositoryException e)
        {
            return (default, e);
        }

        RepositoryException? damage = decoder.TryDecode(repository.Key, blob, buffer.AsSpan(0, (int)blob.Length), pack, out ReadOnlyMemory<byte> plaintext);
        return (plaintext, damage);
    }

    private static int SealedHeaderLength(ReadOnlySpan<byte> tail, long packLength, string name)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(tail[^PackHeaderLayout.TrailerLength..]);
        return length is >= SealedBox.Overhead + PackHeaderLayout.PlainEntryLength and <= Limits.PackHeaderLength
            && length <= packLength - PackHeaderLayout.TrailerLength
            ? (int)length
            : throw RepositoryException.Damage(name, $"its last four bytes give the header {length} bytes, which cannot be in a pack of {packLength}");
    }

    private static List<PackedBlob> OpenHeader(OpenRepository repository, ReadOnlySpan<byte> box, long blobsLength, string name)
    {
        byte[] header = new byte[box.Length - SealedBox.Overhead];
        return SealedBox.TryOpen(repository.Key, box, header)
            ? PackHeaderLayout.Read(header, blobsLength, name)
            : throw RepositoryException.Damage(name, "its header does not open with the repository's key");
    }
}
