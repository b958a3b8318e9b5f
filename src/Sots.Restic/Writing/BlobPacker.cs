using System.Security.Cryptography;
using Sots.Restic.Packs;

namespace Sots.Restic.Writing;

/// <summary>
/// Fills packs with the blobs of one type. Two packs are open and each blob goes into one of them at random: whoever sees only the
/// sizes of packs cannot tell which chunks follow one another. Thread safe.
/// </summary>
/// <param name="packSize">Bytes at which a pack is full.</param>
/// <param name="begin">Begins a pack.</param>
/// <param name="choose">Which of <see cref="OpenPacks"/> packs a blob goes into; null for chance. Tests that need the same packs every time choose.</param>
internal sealed class BlobPacker(int packSize, Func<PackBuilder> begin, Func<ContentId, int>? choose = null)
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
            PackBuilder alone = begin();
            try
            {
                alone.Append(type, id, box, uncompressedLength);
                return alone;
            }
            catch
            {
                alone.Dispose();
                throw;
            }
        }

        int choice = choose is null ? RandomNumberGenerator.GetInt32(OpenPacks) : choose(id);
        lock (_gates[choice])
        {
            PackBuilder builder = _open[choice] ??= begin();
            if (!builder.HasRoomFor(box.Length))
            {
                _open[choice] = begin();
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

    /// <summary>Makes one of the open packs where they fit together. No blob may be added meanwhile.</summary>
    public void MergeOpen()
    {
        if (_open is [PackBuilder first, PackBuilder second]
            && first.BlobsLength + second.BlobsLength < packSize && first.Count + second.Count < PackHeaderLayout.MaxEntries)
        {
            // The smaller one is copied: of the larger one more may have been written.
            (PackBuilder larger, PackBuilder smaller) = first.BlobsLength < second.BlobsLength ? (second, first) : (first, second);
            larger.Append(smaller);
            _open[0] = larger;
            _open[1] = null;
            smaller.Dispose();
        }
    }

    /// <summary>Takes an open pack; null where there is none.</summary>
    public PackBuilder? TakeOpen()
    {
        for (int i = 0; i < OpenPacks; i++)
        {
            lock (_gates[i])
            {
                if (_open[i] is { } pack)
                {
                    _open[i] = null;
                    return pack;
                }
            }
        }

        return null;
    }
}
