namespace Sots.Restic;

/// <summary>Where a blob lies. All lengths in bytes.</summary>
/// <param name="Pack">The pack that holds it.</param>
/// <param name="Offset">Offset of its sealed bytes in the pack.</param>
/// <param name="Length">Length of its sealed bytes: plaintext or zstd frame plus 32.</param>
/// <param name="UncompressedLength">Length of its plaintext if it is stored as zstd, otherwise 0.</param>
public readonly record struct BlobLocation(PackId Pack, uint Offset, uint Length, uint UncompressedLength)
{
    /// <summary>True if the stored bytes are a zstd frame.</summary>
    public bool IsCompressed => UncompressedLength != 0;

    /// <summary>Length of the plaintext.</summary>
    public uint PlainLength => UncompressedLength != 0 ? UncompressedLength : Length - Crypto.SealedBox.Overhead;
}
