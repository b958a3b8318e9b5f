using System.Security.Cryptography;
using Sots.Restic.Packs;

namespace Sots.Restic.Writing;

/// <summary>
/// Fills packs with the blobs of one type. Two packs are open and each blob goes into one of them at random: whoever sees only the
/// sizes of packs cannot tell which chunks follow one another. Thread safe.
/// </summary>
/// <param name="packSize">Bytes at which a pack is full.</param>
/// <param name="buffers">Where the memory of packs comes from.</param>
/// <param name="choose">Which of <see cref="OpenPacks"/> packs a blob goes into; null for chance. Tests that need the same packs every time choose.</param>
internal sealed class BlobPacker(int packSize, PackBuffers buffers, Func<ContentId, int>? choose = null)
{
    /// <summary>Packs that are open at once.</summary>
    public const int OpenPacks = 2;

    private readonly Lock[] _gates = [new(), new()];
    private readonly PackBuilder?[] _open = new PackBuilder?[OpenPacks];

    /// <summary>
    /// Appends a sealed blob. Returns a pack that is full now and must be finished and stored, or null. A blob that would need a larger
    /// buffer begins the next pack instead: buffers are used again, and one large blob would make all of them large for good.
    /// </summary>
    public PackBuilder? Add(BlobType type, ContentId id, ReadOnlySpan<byte> box, uint uncompressedLength)
    {
        if (box.Length >= packSize)
        {
            PackBuilder alone = new(buffers.Rent());
            alone.Append(type, id, box, uncompressedLength);
            return alone;
        }

        int choice = choose is null ? RandomNumberGenerator.GetInt32(OpenPacks) : choose(id);
        lock (_gates[choice])
        {
            PackBuilder builder = _open[choice] ??= new PackBuilder(buffers.Rent());
            if (!builder.HasRoomFor(box.Length))
            {
                _open[choice] = new PackBuilder(buffers.Rent());
                _open[choice]!.Append(type, id, box, uncompressedLength);
                return builder;
            }

            builder.Append(type, id, box, uncompressedLength);
            if (builder.BlobsLength < packSize && !builder.HeaderIsFull)
            {
                return null;
            }

            _open[choice] = null;
            return builder;
        }
    }

    /// <summary>Takes the open packs, merged where they fit together. No blob may be added meanwhile.</summary>
    public IReadOnlyList<PackBuilder> TakeOpen()
    {
        List<PackBuilder> packs = [.. _open.OfType<PackBuilder>()];
        Array.Clear(_open);
        if (packs is [PackBuilder first, PackBuilder second]
            && first.BlobsLength + second.BlobsLength < packSize && first.Count + second.Count < PackHeaderLayout.MaxEntries)
        {
            first.Append(second);
            buffers.Return(second.Buffer);
            return [first];
        }

        return packs;
    }
}

/// <summary>Buffers of packs, used again and again. Their number is that of the packs in memory at once. Thread safe.</summary>
internal sealed class PackBuffers(int packSize)
{
    /// <summary>A pack exceeds its size by one blob, mostly a small one. Memory that is not touched costs nothing.</summary>
    private readonly int _length = packSize + (2 << 20);

    /// <summary>The one used last is taken first, so that one that was never filled to its end stays as small as it is.</summary>
    private readonly System.Collections.Concurrent.ConcurrentStack<byte[]> _idle = new();

    private int _inUse;

    /// <summary>Number of buffers taken and not given back.</summary>
    public int InUse => Volatile.Read(ref _inUse);

    /// <summary>Takes one.</summary>
    public byte[] Rent()
    {
        Interlocked.Increment(ref _inUse);
        return _idle.TryPop(out byte[]? buffer) ? buffer : GC.AllocateUninitializedArray<byte>(_length);
    }

    /// <summary>Gives one back; very large ones are left to the garbage collector.</summary>
    public void Return(byte[] buffer)
    {
        Interlocked.Decrement(ref _inUse);
        if (buffer.Length <= 64 << 20)
        {
            _idle.Push(buffer);
        }
    }
}
