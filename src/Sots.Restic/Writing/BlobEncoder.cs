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
    private byte[] _box = [];
    private byte[] _check = [];

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
            Reserve(ref _box, plain.Length + SealedBox.Overhead);
            ReadOnlySpan<byte> whole = Seal(key, plain, _box.AsSpan(0, plain.Length + SealedBox.Overhead));
            return ContentId.Of(plain) == id ? whole : throw PackBuilder.FaultyMachine();
        }

        // The frame is made where the sealed bytes will stand, and sealed in place; its copy is for checking.
        int bound = ZstdFrames.BoundOf(plain.Length);
        Reserve(ref _box, bound + SealedBox.Overhead);
        Span<byte> room = _box.AsSpan(SealedBox.Overhead / 2, bound);
        int length = type == BlobType.Tree ? _zstd.Compress(plain, room, ZstdFrames.TextLevel)
            : mode == CompressionMode.Off ? ZstdFrames.WriteRaw(plain, room)
            : _zstd.Compress(plain, room, ZstdFrames.LevelOf(mode));
        uncompressedLength = (uint)plain.Length;
        return SealFrame(key, id, length, plain.Length);
    }

    /// <summary>
    /// Seals a frame that was read and verified a moment ago, as it is; like <see cref="Encode"/> it checks that the way back gives content of
    /// the id.
    /// </summary>
    public ReadOnlySpan<byte> EncodeFrame(MasterKey key, ContentId id, ReadOnlySpan<byte> frame, int plainLength)
    {
        Reserve(ref _box, frame.Length + SealedBox.Overhead);
        frame.CopyTo(_box.AsSpan(SealedBox.Overhead / 2));
        return SealFrame(key, id, frame.Length, plainLength);
    }

    /// <summary>Checks the frame that stands where the sealed bytes will stand, seals it in place, and checks that against a copy.</summary>
    private ReadOnlySpan<byte> SealFrame(MasterKey key, ContentId id, int length, int plainLength)
    {
        Span<byte> room = _box.AsSpan(SealedBox.Overhead / 2, length);
        Reserve(ref _check, Math.Max(length, plainLength));
        Span<byte> check = _check.AsSpan(0, plainLength);
        if (!_zstd.TryDecompress(room, check) || ContentId.Of(check) != id)
        {
            throw PackBuilder.FaultyMachine();
        }

        Span<byte> frame = _check.AsSpan(0, length);
        room.CopyTo(frame);
        Span<byte> box = _box.AsSpan(0, length + SealedBox.Overhead);
        SealedBox.Seal(key, room, box);
        return SealedBox.Verify(key, box, frame) ? box : throw PackBuilder.FaultyMachine();
    }

    /// <summary>Lets go of buffers that only the tree of an enormous folder needs. Returns whether there were any.</summary>
    public bool DropEnormous()
    {
        bool enormous = Math.Max(_box.Length, _check.Length) >= EnormousBlobs.FromLength;
        if (enormous)
        {
            _box = [];
            _check = [];
        }

        return enormous;
    }

    /// <inheritdoc/>
    public void Dispose() => _zstd.Dispose();

    private static ReadOnlySpan<byte> Seal(MasterKey key, ReadOnlySpan<byte> content, Span<byte> box)
    {
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
