using System.Collections.Concurrent;
using Sots.Restic.Backends;
using Sots.Restic.Crypto;
using Sots.Restic.Writing;

namespace Sots.Restic.Packs;

/// <summary>Opens, decompresses and verifies one blob at a time into a buffer of its own. Not thread safe; rented from a pool.</summary>
internal sealed class BlobDecoder : IDisposable
{
    private const int LargestDoubled = 8 << 20;

    private readonly ZstdFrames _zstd = new();
    private byte[] _plain = [];

    /// <summary>
    /// Decodes a blob. <paramref name="box"/> is decrypted in place. Returns null and the plaintext, valid until the next call, or what is wrong.
    /// </summary>
    public RepositoryException? TryDecode(MasterKey key, in PackedBlob blob, Span<byte> box, PackId pack, out ReadOnlyMemory<byte> plaintext)
    {
        RepositoryException? failure = Decode(key, blob, box, pack, out plaintext);
        if (failure is not null && DropEnormous())
        {
            // Whoever is told looks for the blob elsewhere, and needs as much memory for that.
            EnormousBlobs.GiveMemoryBack();
        }

        return failure;
    }

    /// <summary>Lets go of a buffer that only the tree of an enormous folder, or a foreign blob, needs. Returns whether there was one.</summary>
    public bool DropEnormous()
    {
        bool enormous = _plain.Length >= EnormousBlobs.FromLength;
        _plain = enormous ? [] : _plain;
        return enormous;
    }

    /// <inheritdoc/>
    public void Dispose() => _zstd.Dispose();

    private RepositoryException? Decode(MasterKey key, in PackedBlob blob, Span<byte> box, PackId pack, out ReadOnlyMemory<byte> plaintext)
    {
        plaintext = default;
        int limit = blob.Type == BlobType.Tree ? Limits.TreeLength : Limits.DataBlobLength;
        if (blob.PlainLength > limit)
        {
            return new RepositoryException(
                RepositoryErrorKind.LimitExceeded, $"{Describe(blob, pack)} claims {blob.PlainLength} bytes; at most {limit} are taken.");
        }

        if (box.Length < SealedBox.Overhead)
        {
            return Damage(blob, pack, $"it has {box.Length} bytes, at least {SealedBox.Overhead} are expected");
        }

        int length = (int)blob.PlainLength;
        Reserve(length);
        Span<byte> plain = _plain.AsSpan(0, length);
        if (blob.UncompressedLength == 0)
        {
            if (!SealedBox.TryOpen(key, box, plain))
            {
                return Damage(blob, pack, "it does not open with the repository's key");
            }
        }
        else
        {
            Span<byte> frame = box[16..^16];
            if (!SealedBox.TryOpen(key, box, frame))
            {
                return Damage(blob, pack, "it does not open with the repository's key");
            }

            if (!_zstd.TryDecompress(frame, plain))
            {
                return Damage(blob, pack, $"its zstd data does not give the {length} bytes that are expected");
            }
        }

        if (ContentId.Of(plain) != blob.Id)
        {
            return Damage(blob, pack, "its content does not have the hash that is its id");
        }

        plaintext = _plain.AsMemory(0, length);
        return null;
    }

    private void Reserve(int length)
    {
        if (_plain.Length < length)
        {
            _plain = GC.AllocateUninitializedArray<byte>(Math.Max(length, Math.Min(_plain.Length * 2, LargestDoubled)));
        }
    }

    private static RepositoryException Damage(in PackedBlob blob, PackId pack, string how) => RepositoryException.Damage(Describe(blob, pack), how);

    private static string Describe(in PackedBlob blob, PackId pack) =>
        $"{(blob.Type == BlobType.Tree ? "tree" : "data")} blob {blob.Id} at byte {blob.Offset} of {FileHandle.Of(pack)}";
}

/// <summary>Keeps decoders for reuse. Thread safe.</summary>
internal sealed class BlobDecoderPool : IDisposable
{
    private readonly ConcurrentBag<BlobDecoder> _idle = [];

    /// <summary>Takes one.</summary>
    public BlobDecoder Rent() => _idle.TryTake(out BlobDecoder? decoder) ? decoder : new BlobDecoder();

    /// <summary>Gives it back.</summary>
    public void Return(BlobDecoder decoder)
    {
        if (decoder.DropEnormous())
        {
            EnormousBlobs.GiveMemoryBack();
        }

        _idle.Add(decoder);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryTake(out BlobDecoder? decoder))
        {
            decoder.Dispose();
        }
    }
}
