namespace Sots.Restic.Chunking;

/// <summary>
/// Cuts content into chunks at places its bytes decide (docs/FORMAT.md, "Chunker"), so that equal stretches of changed files give equal
/// chunks: a chunk ends after the first byte, from <see cref="MinLength"/> on, where the low 20 bits of the Rabin hash of the last
/// <see cref="WindowLength"/> bytes are 0, and at <see cref="MaxLength"/> at the latest.
/// </summary>
/// <remarks>
/// Immutable and safe for any number of threads: one serves a whole repository. The hash starts anew with every chunk, but its window
/// is filled with the chunk's own bytes before the first place a cut is allowed at, so whether a place is a cut depends on nothing
/// but the 64 bytes before it. That is what lets <see cref="FindCut"/> be without state and look at many places at once.
/// </remarks>
public sealed class RabinChunker
{
    /// <summary>Fewest bytes of any chunk but the last of a file: 512 KiB.</summary>
    public const int MinLength = 512 * 1024;

    /// <summary>Most bytes of a chunk: 8 MiB.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    /// <summary>Bytes a cut is decided by: 64.</summary>
    public const int WindowLength = 64;

    /// <summary>The bits of the hash that are 0 at a cut: one place in a million.</summary>
    internal const ulong CutMask = (1 << 20) - 1;

    private readonly LaneScan _lanes;
    private readonly CarrylessScan? _carryless;

    /// <summary>Builds the tables for a repository's polynomial; takes well under a millisecond.</summary>
    /// <exception cref="RepositoryException">Nothing can be cut with the polynomial: its degree is not 53.</exception>
    public RabinChunker(ChunkerPolynomial polynomial)
        : this(polynomial, CarrylessScan.IsSupported)
    {
    }

    internal RabinChunker(ChunkerPolynomial polynomial, bool carryless)
    {
        _lanes = new LaneScan(new RabinTables(polynomial));
        _carryless = carryless ? new CarrylessScan(polynomial, _lanes) : null;
    }

    /// <summary>Finds the end of a chunk as its bytes come in.</summary>
    /// <param name="chunk">What has been read so far from the chunk's first byte on; may reach beyond the chunk's end.</param>
    /// <param name="scanned">How many of these bytes an earlier call for the same chunk had already (and found no cut); 0 at first.</param>
    /// <returns>
    /// The length of the chunk, <see cref="MinLength"/> to <see cref="MaxLength"/>, or 0 where more bytes are needed. Where there are no
    /// more, all of <paramref name="chunk"/> is the last chunk (and an empty one is no chunk).
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="scanned"/> is negative or beyond the span.</exception>
    public int FindCut(ReadOnlySpan<byte> chunk, int scanned)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(scanned);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scanned, chunk.Length);
        int last = Math.Min(chunk.Length, MaxLength);
        int first = Math.Max(MinLength, Math.Min(scanned, MaxLength) + 1);
        int cut = _carryless is { } fast ? fast.FirstCut(chunk, first, last) : _lanes.FirstCut(chunk, first, last);
        return cut == 0 && last == MaxLength ? MaxLength : cut;
    }

    /// <summary>The lengths of all chunks of a whole content; their sum is its length. Empty for empty content.</summary>
    public List<int> Split(ReadOnlySpan<byte> whole)
    {
        List<int> lengths = [];
        while (!whole.IsEmpty)
        {
            int cut = FindCut(whole, 0);
            int length = cut == 0 ? whole.Length : cut;
            lengths.Add(length);
            whole = whole[length..];
        }

        return lengths;
    }
}
