using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sots.Restic.Crypto;

namespace Sots.Restic.Packs;

/// <summary>A finished pack in memory.</summary>
/// <param name="Id">SHA-256 of its bytes.</param>
/// <param name="Content">Its bytes; they belong to the builder's buffer.</param>
/// <param name="Blobs">What it holds.</param>
internal sealed record FinishedPack(PackId Id, ReadOnlyMemory<byte> Content, PackedBlob[] Blobs);

/// <summary>Collects sealed blobs of one type into a pack. Not thread safe.</summary>
internal sealed class PackBuilder
{
    private readonly List<PackedBlob> _blobs = [];
    private byte[] _buffer;
    private int _length;

    /// <summary>Starts an empty pack in a buffer, which is replaced by a larger one when it gets too small.</summary>
    public PackBuilder(byte[] buffer) => _buffer = buffer;

    /// <summary>Bytes of the blobs so far.</summary>
    public int BlobsLength => _length;

    /// <summary>Number of blobs so far.</summary>
    public int Count => _blobs.Count;

    /// <summary>True when no further blob may follow.</summary>
    public bool HeaderIsFull => _blobs.Count >= PackHeaderLayout.MaxEntries;

    /// <summary>The buffer, to be used again once the pack is stored.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>Whether one more blob of so many bytes, and the header, fit into the buffer as it is. An empty pack takes any blob.</summary>
    public bool HasRoomFor(int length) =>
        _blobs.Count == 0 || (long)_length + length + ((_blobs.Count + 1L) * PackHeaderLayout.CompressedEntryLength) + PackHeaderLayout.FixedLength <= _buffer.Length;

    /// <summary>Appends a sealed blob.</summary>
    public void Append(BlobType type, ContentId id, ReadOnlySpan<byte> box, uint uncompressedLength)
    {
        Reserve(box.Length);
        box.CopyTo(_buffer.AsSpan(_length));
        _blobs.Add(new PackedBlob(type, id, (uint)_length, (uint)box.Length, uncompressedLength));
        _length += box.Length;
    }

    /// <summary>Appends everything of another pack that was not finished.</summary>
    public void Append(PackBuilder other)
    {
        foreach (PackedBlob blob in other._blobs)
        {
            Append(blob.Type, blob.Id, other._buffer.AsSpan((int)blob.Offset, (int)blob.Length), blob.UncompressedLength);
        }
    }

    /// <summary>Writes the header, reads it back, and gives the whole pack its name.</summary>
    /// <exception cref="RepositoryException">Damaged: what was read back is not what was written; memory or processor are faulty.</exception>
    public FinishedPack Finish(MasterKey key)
    {
        ReadOnlySpan<PackedBlob> blobs = CollectionsMarshal.AsSpan(_blobs);
        byte[] header = new byte[PackHeaderLayout.HeaderLength(blobs)];
        PackHeaderLayout.Write(blobs, header);
        if (!CollectionsMarshal.AsSpan(PackHeaderLayout.Read(header, _length, "the new pack")).SequenceEqual(blobs))
        {
            throw FaultyMachine();
        }

        int sealedLength = header.Length + SealedBox.Overhead;
        Reserve(sealedLength + PackHeaderLayout.TrailerLength);
        Span<byte> box = _buffer.AsSpan(_length, sealedLength);
        SealedBox.Seal(key, header, box);
        if (!SealedBox.Verify(key, box, header))
        {
            throw FaultyMachine();
        }

        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_length + sealedLength), sealedLength);
        int total = _length + sealedLength + PackHeaderLayout.TrailerLength;
        PackId id = new(ContentId.Of(_buffer.AsSpan(0, total)));
        return new FinishedPack(id, _buffer.AsMemory(0, total), blobs.ToArray());
    }

    /// <summary>The error for anything that decodes differently from what was encoded a moment ago.</summary>
    public static RepositoryException FaultyMachine() => new(
        RepositoryErrorKind.Damaged,
        "What was just encoded does not decode to the same bytes.",
        "Nothing damaged was stored. The memory or the processor of this machine is probably faulty; test it before the next backup.");

    private void Reserve(int more)
    {
        long needed = (long)_length + more;
        if (needed <= _buffer.Length)
        {
            return;
        }

        byte[] larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(Array.MaxLength, Math.Max(needed, Math.Min(_buffer.Length * 2L, needed + (8L << 20)))));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        _buffer = larger;
    }
}
