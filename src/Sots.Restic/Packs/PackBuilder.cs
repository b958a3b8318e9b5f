using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sots.Restic.Backends;
using Sots.Restic.Crypto;

namespace Sots.Restic.Packs;

/// <summary>A finished pack, not stored yet.</summary>
/// <param name="Id">SHA-256 of its bytes.</param>
/// <param name="Length">How many they are.</param>
/// <param name="Content">Its bytes; they belong to the builder's buffer. Empty where <paramref name="Written"/> has them.</param>
/// <param name="Blobs">What it holds.</param>
/// <param name="Written">The file they were written to while the pack was filled, or null.</param>
internal sealed record FinishedPack(PackId Id, long Length, ReadOnlyMemory<byte> Content, PackedBlob[] Blobs, IGrowingFile? Written)
{
    /// <summary>Stores the pack; when this returns it is on the disk.</summary>
    public ValueTask StoreAsync(IBackend backend, CancellationToken cancellationToken) => Written is null
        ? backend.SaveAsync(FileHandle.Of(Id), Content, cancellationToken)
        : Written.PublishAsync(FileHandle.Of(Id), cancellationToken);
}

/// <summary>
/// Collects sealed blobs of one type into a pack. What does not fit into its buffer is written to storage and hashed while the pack grows;
/// where the storage takes whole files only, the buffer grows. Not thread safe.
/// </summary>
internal sealed class PackBuilder : IDisposable
{
    private readonly Func<IGrowingFile>? _begin;
    private readonly Action<byte[]>? _giveBack;
    private readonly List<PackedBlob> _blobs = [];
    private byte[] _buffer;
    private int _buffered;
    private IGrowingFile? _file;
    private IncrementalHash? _hash;

    /// <summary>Starts an empty pack.</summary>
    /// <param name="buffer">Takes what is not written yet.</param>
    /// <param name="begin">Called when the buffer is full for the first time; null keeps the pack in memory.</param>
    /// <param name="giveBack">Gets the buffer, or the larger one that took its place, when the pack is disposed of.</param>
    public PackBuilder(byte[] buffer, Func<IGrowingFile>? begin = null, Action<byte[]>? giveBack = null)
    {
        _buffer = buffer;
        _begin = begin;
        _giveBack = giveBack;
    }

    /// <summary>Bytes of the blobs so far.</summary>
    public int BlobsLength { get; private set; }

    /// <summary>Number of blobs so far.</summary>
    public int Count => _blobs.Count;

    /// <summary>True when no further blob may follow.</summary>
    public bool HeaderIsFull => _blobs.Count >= PackHeaderLayout.MaxEntries;

    /// <summary>Whether one more blob of so many bytes, and the header, fit into the buffer as it is, or what does not fit is written. An empty pack takes any blob.</summary>
    public bool HasRoomFor(int length) => _begin is not null || _blobs.Count == 0
        || (long)_buffered + length + ((_blobs.Count + 1L) * PackHeaderLayout.CompressedEntryLength) + PackHeaderLayout.FixedLength <= _buffer.Length;

    /// <summary>Appends a sealed blob.</summary>
    public void Append(BlobType type, ContentId id, ReadOnlySpan<byte> box, uint uncompressedLength)
    {
        AppendBytes(box);
        _blobs.Add(new PackedBlob(type, id, (uint)BlobsLength, (uint)box.Length, uncompressedLength));
        BlobsLength += box.Length;
    }

    /// <summary>Appends everything of another pack that was not finished.</summary>
    /// <exception cref="RepositoryException">Storage: what was written of the other cannot be read back, or reads otherwise.</exception>
    public void Append(PackBuilder other)
    {
        if (other._file is not null)
        {
            AppendWritten(other._file, other._hash!);
        }

        AppendBytes(other._buffer.AsSpan(0, other._buffered));
        foreach (PackedBlob blob in other._blobs)
        {
            _blobs.Add(blob with { Offset = (uint)BlobsLength + blob.Offset });
        }

        BlobsLength += other.BlobsLength;
    }

    /// <summary>Writes the header, reads it back, and gives the whole pack its name.</summary>
    /// <exception cref="RepositoryException">Damaged: what was read back is not what was written; memory or processor are faulty.</exception>
    public FinishedPack Finish(MasterKey key)
    {
        ReadOnlySpan<PackedBlob> blobs = CollectionsMarshal.AsSpan(_blobs);
        byte[] header = new byte[PackHeaderLayout.HeaderLength(blobs)];
        PackHeaderLayout.Write(blobs, header);
        if (!CollectionsMarshal.AsSpan(PackHeaderLayout.Read(header, BlobsLength, "the new pack")).SequenceEqual(blobs))
        {
            throw FaultyMachine();
        }

        int sealedLength = header.Length + SealedBox.Overhead;
        Span<byte> end = Room(sealedLength + PackHeaderLayout.TrailerLength);
        SealedBox.Seal(key, header, end[..sealedLength]);
        if (!SealedBox.Verify(key, end[..sealedLength], header))
        {
            throw FaultyMachine();
        }

        BinaryPrimitives.WriteInt32LittleEndian(end[sealedLength..], sealedLength);
        if (_file is null)
        {
            return new FinishedPack(new PackId(ContentId.Of(_buffer.AsSpan(0, _buffered))), _buffered, _buffer.AsMemory(0, _buffered), blobs.ToArray(), null);
        }

        WriteBuffered();
        return new FinishedPack(new PackId(new ContentId(_hash!.GetHashAndReset())), _file.Length, default, blobs.ToArray(), _file);
    }

    /// <summary>Gives the buffer back, and throws away what was written and is not stored. Once.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        _hash?.Dispose();
        _giveBack?.Invoke(_buffer);
        _buffer = [];
    }

    /// <summary>The error for anything that decodes differently from what was encoded a moment ago.</summary>
    public static RepositoryException FaultyMachine() => new(
        RepositoryErrorKind.Damaged,
        "What was just encoded does not decode to the same bytes.",
        "Nothing damaged was stored. The memory or the processor of this machine is probably faulty; test it before the next backup.");

    private void AppendBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _buffered && _begin is not null)
        {
            WriteBuffered();
            if (bytes.Length >= _buffer.Length)
            {
                Write(bytes);
                return;
            }
        }

        bytes.CopyTo(Room(bytes.Length));
    }

    /// <summary>The next bytes of the buffer, which is emptied or grows for it.</summary>
    private Span<byte> Room(int length)
    {
        if (length > _buffer.Length - _buffered)
        {
            if (_begin is not null)
            {
                WriteBuffered();
            }

            Reserve(length);
        }

        Span<byte> room = _buffer.AsSpan(_buffered, length);
        _buffered += length;
        return room;
    }

    private void WriteBuffered()
    {
        if (_buffered > 0)
        {
            Write(_buffer.AsSpan(0, _buffered));
            _buffered = 0;
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _file ??= _begin!();
        _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        _hash.AppendData(bytes);
        _file.Append(bytes);
    }

    private void AppendWritten(IGrowingFile written, IncrementalHash expected)
    {
        const int PieceLength = 256 << 10;
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long offset = 0; offset < written.Length;)
        {
            Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(PieceLength, written.Length - offset));
            written.ReadBack(offset, bytes);
            hash.AppendData(bytes);
            AppendBytes(bytes);
            offset += bytes.Length;
        }

        ArrayPool<byte>.Shared.Return(piece);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(expected.GetCurrentHash()))
        {
            throw new RepositoryException(
                RepositoryErrorKind.Damaged, "What was written to the storage a moment ago reads otherwise.",
                "Nothing damaged was stored. Test the disk, its cable and the memory of this machine before the next backup.");
        }
    }

    private void Reserve(int more)
    {
        long needed = (long)_buffered + more;
        if (needed <= _buffer.Length)
        {
            return;
        }

        byte[] larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(Array.MaxLength, Math.Max(needed, Math.Min(_buffer.Length * 2L, needed + (8L << 20)))));
        _buffer.AsSpan(0, _buffered).CopyTo(larger);
        _buffer = larger;
    }
}
