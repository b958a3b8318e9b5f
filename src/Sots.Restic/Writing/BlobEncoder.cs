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
    private readonly ZstdFrames _zstd = new();
    private byte[] _frame = [];
    private byte[] _box = [];
    private byte[] _check = [];

    /// <summary>
    /// Encodes a plaintext. Returns the sealed bytes, valid until the next call, and the uncompressed length to record (0: not a frame).
    /// </summary>
    /// <remarks>
    /// In a version 2 repository every blob that is not empty becomes a zstd frame, whether it shrinks or not. An unframed data blob would
    /// be chosen by whoever wrote the file, byte for byte; a framed one never looks like a file of the repository.
    /// </remarks>
    public ReadOnlySpan<byte> Encode(MasterKey key, int version, BlobType type, CompressionMode mode, ReadOnlySpan<byte> plain, out uint uncompressedLength)
    {
        ReadOnlySpan<byte> content = plain;
        uncompressedLength = 0;
        if (version >= 2 && plain.Length > 0)
        {
            content = Frame(type == BlobType.Tree && mode == CompressionMode.Off ? CompressionMode.Auto : mode, plain);
            uncompressedLength = (uint)plain.Length;
        }

        Reserve(ref _box, content.Length + SealedBox.Overhead);
        Span<byte> box = _box.AsSpan(0, content.Length + SealedBox.Overhead);
        SealedBox.Seal(key, content, box);
        return SealedBox.Verify(key, box, content) ? box : throw PackBuilder.FaultyMachine();
    }

    /// <inheritdoc/>
    public void Dispose() => _zstd.Dispose();

    private ReadOnlySpan<byte> Frame(CompressionMode mode, ReadOnlySpan<byte> plain)
    {
        Reserve(ref _frame, ZstdFrames.BoundOf(plain.Length));
        int length = mode == CompressionMode.Off
            ? ZstdFrames.WriteRaw(plain, _frame)
            : _zstd.Compress(plain, _frame, ZstdFrames.LevelOf(mode));
        Reserve(ref _check, plain.Length);
        Span<byte> check = _check.AsSpan(0, plain.Length);
        return _zstd.TryDecompress(_frame.AsSpan(0, length), check) && check.SequenceEqual(plain)
            ? _frame.AsSpan(0, length)
            : throw PackBuilder.FaultyMachine();
    }

    private static void Reserve(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = GC.AllocateUninitializedArray<byte>(Math.Max(length, Math.Min(buffer.Length * 2, 8 << 20)));
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
    public void Return(BlobEncoder encoder) => _idle.Add(encoder);

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryTake(out BlobEncoder? encoder))
        {
            encoder.Dispose();
        }
    }
}
