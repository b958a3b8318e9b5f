using System.Buffers.Binary;
using Sots.Restic.Crypto;

namespace Sots.Restic.Packs;

/// <summary>
/// The bytes at the end of a pack: <c>sealed(entry…) || length of the sealed header (4 bytes, little-endian)</c>.
/// An entry is <c>type(1) length(4) [uncompressed length(4)] id(32)</c>. Source: docs/FORMAT.md, section 6.
/// </summary>
internal static class PackHeaderLayout
{
    /// <summary>Length of the trailing length field.</summary>
    public const int TrailerLength = 4;

    /// <summary>Entry of a blob stored as it is.</summary>
    public const int PlainEntryLength = 1 + 4 + ContentId.Length;

    /// <summary>Entry of a blob stored as zstd.</summary>
    public const int CompressedEntryLength = PlainEntryLength + 4;

    /// <summary>What a pack is longer than its blobs and entries.</summary>
    public const int FixedLength = SealedBox.Overhead + TrailerLength;

    /// <summary>The smallest pack: one empty blob.</summary>
    public const int MinPackLength = SealedBox.Overhead + PlainEntryLength + FixedLength;

    /// <summary>Entries after which a pack is closed, whatever its size.</summary>
    public const int MaxEntries = (Limits.PackHeaderLength - FixedLength) / CompressedEntryLength;

    private const byte CompressedBit = 2;

    /// <summary>Length of a blob's entry.</summary>
    public static int EntryLength(in PackedBlob blob) => blob.UncompressedLength != 0 ? CompressedEntryLength : PlainEntryLength;

    /// <summary>Length in bytes of a pack that holds exactly these blobs.</summary>
    public static long LengthOf(IReadOnlyList<PackedBlob> blobs)
    {
        long length = FixedLength;
        foreach (PackedBlob blob in blobs)
        {
            length += blob.Length + EntryLength(blob);
        }

        return length;
    }

    /// <summary>Length of the plain header of these blobs.</summary>
    public static int HeaderLength(ReadOnlySpan<PackedBlob> blobs)
    {
        int length = 0;
        foreach (ref readonly PackedBlob blob in blobs)
        {
            length += EntryLength(blob);
        }

        return length;
    }

    /// <summary>Writes the plain header; <paramref name="destination"/> has exactly <see cref="HeaderLength"/> bytes.</summary>
    public static void Write(ReadOnlySpan<PackedBlob> blobs, Span<byte> destination)
    {
        foreach (ref readonly PackedBlob blob in blobs)
        {
            bool compressed = blob.UncompressedLength != 0;
            destination[0] = (byte)((byte)blob.Type | (compressed ? CompressedBit : 0));
            BinaryPrimitives.WriteUInt32LittleEndian(destination[1..], blob.Length);
            if (compressed)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(destination[5..], blob.UncompressedLength);
            }

            int idAt = compressed ? 9 : 5;
            blob.Id.CopyTo(destination[idAt..]);
            destination = destination[(idAt + ContentId.Length)..];
        }
    }

    /// <summary>Reads a plain header. Offsets are cumulative from 0: blobs lie without gaps in the order of their entries.</summary>
    /// <param name="header">The opened header.</param>
    /// <param name="blobsLength">Bytes of the pack before the sealed header; the blobs must fill them exactly.</param>
    /// <param name="packName">For messages.</param>
    /// <exception cref="RepositoryException">Damaged: an unknown type, a torn entry, lengths that do not add up.</exception>
    public static List<PackedBlob> Read(ReadOnlySpan<byte> header, long blobsLength, string packName)
    {
        List<PackedBlob> blobs = new(header.Length / PlainEntryLength);
        long offset = 0;
        int at = 0;
        while (at < header.Length)
        {
            byte type = header[at];
            if (type > 3)
            {
                throw RepositoryException.Damage(packName, $"entry {blobs.Count} of its header has the unknown type {type}");
            }

            bool compressed = (type & CompressedBit) != 0;
            int entryLength = compressed ? CompressedEntryLength : PlainEntryLength;
            if (header.Length - at < entryLength)
            {
                throw RepositoryException.Damage(packName, $"its header ends within entry {blobs.Count}");
            }

            uint length = BinaryPrimitives.ReadUInt32LittleEndian(header[(at + 1)..]);
            uint uncompressed = compressed ? BinaryPrimitives.ReadUInt32LittleEndian(header[(at + 5)..]) : 0;
            ContentId id = new(header.Slice(at + entryLength - ContentId.Length, ContentId.Length));
            if (length < SealedBox.Overhead || offset + length > blobsLength)
            {
                throw RepositoryException.Damage(
                    packName, $"blob {blobs.Count} of its header takes bytes {offset} to {offset + length}, but the blobs end at {blobsLength}");
            }

            if (compressed && uncompressed == 0)
            {
                throw RepositoryException.Damage(packName, $"blob {blobs.Count} of its header is compressed but has no uncompressed length");
            }

            blobs.Add(new PackedBlob((BlobType)(type & 1), id, (uint)offset, length, uncompressed));
            offset += length;
            at += entryLength;
        }

        if (offset != blobsLength)
        {
            throw RepositoryException.Damage(packName, $"its header accounts for {offset} bytes of blobs, but there are {blobsLength}");
        }

        return blobs;
    }
}
