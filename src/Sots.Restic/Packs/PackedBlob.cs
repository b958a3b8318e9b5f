namespace Sots.Restic.Packs;

/// <summary>A blob as a pack's header or an index names it. Lengths and offsets in bytes.</summary>
/// <param name="Type">What it holds.</param>
/// <param name="Id">SHA-256 of its plaintext.</param>
/// <param name="Offset">Offset of its sealed bytes in the pack.</param>
/// <param name="Length">Length of its sealed bytes.</param>
/// <param name="UncompressedLength">Length of its plaintext if it is stored as zstd, otherwise 0.</param>
public readonly record struct PackedBlob(BlobType Type, ContentId Id, uint Offset, uint Length, uint UncompressedLength)
{
    /// <summary>Its name.</summary>
    public BlobHandle Handle => new(Type, Id);

    /// <summary>End of its sealed bytes in the pack.</summary>
    public long End => (long)Offset + Length;

    /// <summary>Length of its plaintext.</summary>
    public uint PlainLength => UncompressedLength != 0 ? UncompressedLength : Length - Crypto.SealedBox.Overhead;

    /// <summary>Where it lies.</summary>
    public BlobLocation In(PackId pack) => new(pack, Offset, Length, UncompressedLength);
}
