namespace Sots.Restic.Chunking;

/// <summary>
/// The two tables that turn the rolling hash of docs/FORMAT.md ("Chunker") into a few instructions per byte. The hash of a window is
/// its 64 bytes, read as one polynomial with the first byte at the highest powers, modulo the repository's polynomial.
/// </summary>
/// <remarks>Immutable. 4 KiB, meant to stay in the first cache level.</remarks>
internal sealed class RabinTables
{
    /// <summary>Bits a hash is shifted by so that only the eight are left that the next byte pushes out.</summary>
    internal const int TopShift = ChunkerPolynomial.ChunkerDegree - 8;

    private readonly ulong[] _out = new ulong[256];
    private readonly ulong[] _mod = new ulong[256];

    /// <summary>Builds the tables.</summary>
    /// <exception cref="RepositoryException">The polynomial has not the degree 53: nothing can be cut with it.</exception>
    internal RabinTables(ChunkerPolynomial polynomial)
    {
        if (polynomial.Degree != ChunkerPolynomial.ChunkerDegree)
        {
            throw new RepositoryException(
                RepositoryErrorKind.Damaged,
                $"The config's chunker polynomial is damaged: degree {ChunkerPolynomial.ChunkerDegree} expected, {polynomial.Degree} found.",
                "Nothing can be backed up into this repository; what is in it can still be read.");
        }

        Polynomial = polynomial;
        ulong oldest = Gf2.PowerOfX(8 * (RabinChunker.WindowLength - 1), polynomial.Value);
        ulong top = Gf2.PowerOfX(ChunkerPolynomial.ChunkerDegree, polynomial.Value);
        for (uint b = 0; b < 256; b++)
        {
            _out[b] = Gf2.MultiplyModulo(oldest, b, polynomial.Value);
            _mod[b] = Gf2.MultiplyModulo(top, b, polynomial.Value) | ((ulong)b << ChunkerPolynomial.ChunkerDegree);
        }
    }

    /// <summary>The polynomial, of degree 53.</summary>
    internal ChunkerPolynomial Polynomial { get; }

    /// <summary>256 entries: b·x^(8·63) mod P, what a byte adds to the hash when it is the oldest of the window.</summary>
    internal ReadOnlySpan<ulong> Out => _out;

    /// <summary>256 entries: b·x^53 mod P with b·x^53 itself, so that one XOR takes the top bits away and adds what they leave.</summary>
    internal ReadOnlySpan<ulong> Mod => _mod;
}
