using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Chunking;
using Sots.Restic.Crypto;
using Sots.Restic.Packs;
using Sots.Restic.Repofiles;

namespace Sots.Fuzzing.Targets;

/// <summary>
/// The end of a pack. The input is the plain header; its first byte says what else is odd about the pack: it is sealed here, so that
/// everything behind the authenticator is reached.
/// </summary>
internal sealed class PackHeaderTarget : FuzzTarget
{
    private readonly OpenRepository _repository = new(new MemoryBackend(), Samples.Key(), new KeyId(Samples.Id), new ConfigFile(2, Samples.Id.ToString(), new ChunkerPolynomial(0x3DA3358B4DC173)));

    /// <inheritdoc/>
    public override string Name => "pack-header";

    /// <inheritdoc/>
    public override string About => "pack headers and trailers: written again they are the same bytes, blobs lie side by side within the pack";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            PackedBlob[] blobs = [.. Samples.Blobs];
            byte[] header = new byte[PackHeaderLayout.HeaderLength(blobs)];
            PackHeaderLayout.Write(blobs, header);
            return [[0, .. header], [1, .. header], [2, .. header], [3, 40, 0, 0, 0, .. header], [0, .. header.AsSpan(0, 37)]];
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => [[0, 32, 0, 0, 0], [1, 32, 0, 0, 0], [2, 32, 0, 0, 0, 1, 0, 0, 0], [3, 32, 0, 0, 0, 1, 0, 0, 0], new byte[32], [0xFF, 0xFF, 0xFF, 0xFF]];

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return false;
        }

        int oddity = input[0] % 4;
        input = input[1..];
        int trailer = 0;
        if (oddity == 3 && input.Length >= 4)
        {
            trailer = BinaryPrimitives.ReadInt32LittleEndian(input);
            input = input[4..];
        }

        // The pack is as long as its blobs say, where that is a length that a test can have.
        long blobsLength = Math.Min(Sum(input), 1 << 16) + (oddity == 2 ? 1 : 0);
        byte[] pack = new byte[blobsLength + input.Length + PackHeaderLayout.FixedLength];
        SealedBox.Seal(_repository.Key, input, pack.AsSpan((int)blobsLength, input.Length + SealedBox.Overhead));
        BinaryPrimitives.WriteInt32LittleEndian(pack.AsSpan(pack.Length - 4), oddity == 3 ? trailer : input.Length + SealedBox.Overhead);
        if (oddity == 1)
        {
            pack[^5] ^= 1;
        }

        List<PackedBlob> blobs;
        try
        {
            blobs = PackReader.ReadHeader(_repository, new PackId(Samples.Id), pack);
        }
        catch (RepositoryException)
        {
            return false;
        }

        Law.Holds(oddity != 1, "a header with a flipped bit is not opened");
        long end = 0;
        foreach (PackedBlob blob in blobs)
        {
            Law.Holds(blob.Offset == end && blob.Length >= SealedBox.Overhead, "blobs of a pack lie side by side");
            end = blob.End;
        }

        byte[] written = new byte[PackHeaderLayout.HeaderLength(CollectionsMarshal.AsSpan(blobs))];
        PackHeaderLayout.Write(CollectionsMarshal.AsSpan(blobs), written);
        Law.Same(input, written, "a header is written as it was read");
        return true;
    }

    private static long Sum(ReadOnlySpan<byte> header)
    {
        long sum = 0;
        for (int at = 0; at + 37 <= header.Length; at += (header[at] & 2) != 0 ? 41 : 37)
        {
            sum += BinaryPrimitives.ReadUInt32LittleEndian(header[(at + 1)..]);
        }

        return sum;
    }
}
