namespace Sots.Restic.Chunking;

/// <summary>
/// The chunk that stretches of zeros are cut into: the hash of 64 zero bytes is 0, so with every polynomial a run of zeros is cut as
/// early as the chunker may. Unwritten parts of game assets and disk images are full of it, and knowing its id saves hashing it.
/// </summary>
public static class ZeroChunk
{
    /// <summary>SHA-256 of <see cref="RabinChunker.MinLength"/> zero bytes.</summary>
    public static ContentId Id { get; } = ContentId.Parse("07854d2fef297a06ba81685e660c332de36d5d18d546927d30daad6d7fda1541");

    /// <summary>True for exactly <see cref="RabinChunker.MinLength"/> zero bytes; other content mostly shows within a few bytes.</summary>
    public static bool IsZeroChunk(ReadOnlySpan<byte> chunk) =>
        chunk.Length == RabinChunker.MinLength && !chunk.ContainsAnyExcept((byte)0);
}
