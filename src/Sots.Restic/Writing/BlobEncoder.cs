using System.Collections.Concurrent;
using Sots.Restic.Crypto;
using Sots.Restic.Packs;

namespace Sots.Restic.Writing;

/// <summary>
/// Compresses and seals one blob at a time into a buffer of its own, and checks that the way back gives the same bytes. Not thread safe;
/// rented from a pool.
/// </summary>
internal sealed class BlobEncoder : IDisposable
{
    private const int SmallLength = 1 << 20;
    private const int LargeLength = Chunking.RabinChunker.MaxLength + (64 << 10);

    private readonly ZstdFrames _zstd = new();
    private byte[] _frame = [];

    /// <summary>First what the frame opens to, then the sealed bytes.</summary>
    private byte[] _room = [];

    /// <summary>
    /// Encodes a plaintext. What the way back gives must have the id that was taken of the plaintext before: then neither the plaintext nor
    /// what became of it has changed in memory meanwhile. Returns the sealed bytes, valid until the next call, and the uncompressed length to record (0: not a frame).
    /// </summary>
    /// <remarks>
    /// In a version 2 repository every blob that is not empty becomes a zstd frame, whether it shrinks or not. An unframed data blob would
    /// be chosen by whoever wrote the file, byte for byte; a framed one never looks like a file of the repository.
    /// </remarks>
    public ReadOnlySpan<byte> Encode(MasterKey key, int version, BlobType type, ContentId id, CompressionMode mode, ReadOnlySpan<byte> plain, out uint uncompressedLength)
    {
        uncompressedLength = 0;
        if (version < 2 || plain.Length == 0)
        {
            ReadOnlySpan<byte> whole = Seal(key, plain);
            return ContentId.Of(plain) == id ? whole : throw PackBuilder.FaultyMachine();
        }

        int bound = ZstdFrames.BoundOf(plain.Length);
        Reserve(ref _frame, bound);
        Span<byte> frame = _frame.AsSpan(0, bound);
        int length = type == BlobType.Tree ? _zstd.Compress(plain, frame, ZstdFrames.TextLevel)
            : mode == CompressionMode.Off ? ZstdFrames.WriteRaw(plain, frame)
            : _zstd.Compress(plain, frame, ZstdFrames.LevelOf(mode));
        uncompressedLength = (uint)plain.Length;
        return EncodeFrame(key, id, frame[..length], plain.Length);
    }

    /// <summary>
    /// Seals a frame that was read and verified a moment ago, as it is; like <see cref="Encode"/> it checks that the way back gives content of
    /// the id.
    /// </summary>
    public ReadOnlySpan<byte> EncodeFrame(MasterKey key, ContentId id, ReadOnlySpan<byte> frame, int plainLength)
    {
        Reserve(ref _room, plainLength);
        Span<byte> opened = _room.AsSpan(0, plainLength);
        return _zstd.TryDecompress(frame, opened) && ContentId.Of(opened) == id ? Seal(key, frame) : throw PackBuilder.FaultyMachine();
    }

    /// <summary>Lets go of buffers that only the tree of an enormous folder needs. Returns whether there were any.</summary>
    public bool DropEnormous()
    {
        bool enormous = Math.Max(_frame.Length, _room.Length) >= EnormousBlobs.FromLength;
        if (enormous)
        {
            _frame = [];
            _room = [];
        }

        return enormous;
    }

    /// <inheritdoc/>
    public void Dispose() => _zstd.Dispose();

    private ReadOnlySpan<byte> Seal(MasterKey key, ReadOnlySpan<byte> content)
    {
        Reserve(ref _room, content.Length + SealedBox.Overhead);
        Span<byte> box = _room.AsSpan(0, content.Length + SealedBox.Overhead);
        SealedBox.Seal(key, content, box);
        return SealedBox.Verify(key, box, content) ? box : throw PackBuilder.FaultyMachine();
    }

    private static void Reserve(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            // For anything beyond small blobs at once the most a chunk ever needs: memory that is not touched costs nothing.
            buffer = GC.AllocateUninitializedArray<byte>(Math.Max(length, length <= SmallLength ? SmallLength : LargeLength));
        }
    }
}

/// <summary>Keeps encoders for reuse: as many as threads ever encoded at once. Thread safe.</summary>
internal sealed class BlobEncoderPool : IDisposable
{
    private readonly ConcurrentBag<BlobEncoder> _idle = [];

    /// <summary>Takes one.</summary>
    public BlobEncoder Rent() => _idle.TryTake(out BlobEncoder? encoder) ? encoder : new BlobEncoder();

    /// <summary>Gives it back.</summary>
    public void Return(BlobEncoder encoder)
    {
        if (encoder.DropEnormous())
        {
            EnormousBlobs.GiveMemoryBack();
        }

        _idle.Add(encoder);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryTake(out BlobEncoder? encoder))
        {
            encoder.Dispose();
        }
    }
}
