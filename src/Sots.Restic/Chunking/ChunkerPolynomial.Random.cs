using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sots.Restic.Chunking;

public readonly partial record struct ChunkerPolynomial
{
    // One odd polynomial of degree 53 in about 26 is irreducible, so a million failures mean the source is no source of chance.
    private const int MaxTries = 1_000_000;

    /// <summary>
    /// True for a polynomial of degree 1 or more that is no product of two smaller ones. Takes microseconds.
    /// </summary>
    /// <remarks>
    /// Ben-Or's test: x^(2^i) + x is the product of all irreducible polynomials whose degree divides i, so a polynomial that has
    /// nothing in common with it for every i up to half its degree has no factor of those degrees, hence none at all.
    /// </remarks>
    public bool IsIrreducible
    {
        get
        {
            ulong power = 2;
            for (int i = 1; i <= Degree / 2; i++)
            {
                power = Gf2.MultiplyModulo(power, power, Value);
                if (Gf2.GreatestCommonDivisor(Value, power ^ 2) != 1)
                {
                    return false;
                }
            }

            return Degree >= 1;
        }
    }

    /// <summary>A fresh irreducible polynomial of degree 53 from the system's cryptographic random numbers.</summary>
    public static ChunkerPolynomial Random() => Random(RandomNumberGenerator.Fill);

    /// <summary>
    /// An irreducible polynomial of degree 53 from any source of bytes: words of eight little-endian bytes are taken, cut to 54 bits,
    /// given their highest and lowest bit, and the first that is irreducible is it.
    /// </summary>
    /// <param name="fill">Fills the span it is given, always eight bytes.</param>
    /// <exception cref="RepositoryException">A million words held none: the source is broken.</exception>
    public static ChunkerPolynomial Random(Action<Span<byte>> fill)
    {
        ArgumentNullException.ThrowIfNull(fill);
        const ulong Ends = (1UL << ChunkerDegree) | 1;
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        for (int tries = 0; tries < MaxTries; tries++)
        {
            fill(word);
            ulong coefficients = BinaryPrimitives.ReadUInt64LittleEndian(word) & ((1UL << ChunkerDegree) - 1);
            ChunkerPolynomial candidate = new(coefficients | Ends);
            if (candidate.IsIrreducible)
            {
                return candidate;
            }
        }

        throw new RepositoryException(
            RepositoryErrorKind.InvalidRequest,
            $"No chunker polynomial could be made: {MaxTries} random words held no irreducible polynomial, about 40000 were expected.",
            "The source of random numbers is broken; do not create repositories on this machine.");
    }
}
