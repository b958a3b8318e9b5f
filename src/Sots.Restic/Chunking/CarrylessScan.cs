using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sots.Restic.Chunking;

/// <summary>
/// Looks for cuts at sixteen places at once, with the carry-less multiplication that x64 processors have had since 2010.
/// </summary>
/// <remarks>
/// <para>
/// The hash of a window W is W mod P = W + q·P, q being the quotient. So the lowest byte of the hash is that of W, which is the last
/// byte of the window, plus the lowest byte of P·q, for which the lowest byte of q is enough. The quotients of all windows come
/// out of one product: W/P is W·(1/P), so with g, the quotient of x^512 by P, the product of everything read and g holds the lowest byte
/// of q for a window at the powers 512 to 519, counted from that window's end. Windows that end a byte apart find
/// theirs a byte apart. The one flaw is that the product does not know where a window begins: the byte before it reaches into
/// the lowest byte of q with its product with the lowest byte of g, which is taken out again.
/// </para>
/// <para>
/// One place in 256 has a hash whose lowest byte is 0; only there the whole hash is computed. Where that happens all the time
/// (periodic data and bad luck) the rolling hash takes over for a while.
/// </para>
/// <para>Immutable and safe for any number of threads. Allocates nothing.</para>
/// </remarks>
internal sealed class CarrylessScan
{
    private const int Window = RabinChunker.WindowLength;
    private const int Block = 16;
    private const int ManyCandidates = 4;
    private const int DenseStretch = 4096;

    private readonly LaneScan _lanes;
    private readonly Vector128<ulong> _g0, _g1, _g2, _g3;
    private readonly Vector128<ulong> _fold0, _fold1, _fold2, _fold3;
    private readonly Vector128<ulong> _polynomialAndReciprocal;
    private readonly Vector128<byte> _lowByteTimesG0, _lowByteTimesG1, _lowByteTimesP0, _lowByteTimesP1;

    /// <summary>Builds the constants for a polynomial of degree 53; only where <see cref="IsSupported"/>.</summary>
    internal CarrylessScan(ChunkerPolynomial polynomial, LaneScan lanes)
    {
        ulong p = polynomial.Value;
        _lanes = lanes;

        Span<ulong> g = stackalloc ulong[Window / sizeof(ulong)];
        Gf2.DividePowerOfX(8 * Window, p, g);
        (_g0, _g1, _g2, _g3) = (Vector128.Create(g[0], g[1]), Vector128.Create(g[2], g[3]), Vector128.Create(g[4], g[5]), Vector128.Create(g[6], g[7]));
        (_lowByteTimesG0, _lowByteTimesG1) = LowByteProducts((byte)(g[0] & 0xFF));
        (_lowByteTimesP0, _lowByteTimesP1) = LowByteProducts((byte)(p & 0xFF));

        (_fold0, _fold1, _fold2, _fold3) = (Fold(0), Fold(128), Fold(256), Fold(384));
        Span<ulong> reciprocal = stackalloc ulong[1];
        Gf2.DividePowerOfX(ChunkerPolynomial.ChunkerDegree + 64, p, reciprocal);
        _polynomialAndReciprocal = Vector128.Create(p, reciprocal[0]);

        Vector128<ulong> Fold(int power) => Vector128.Create(Gf2.PowerOfX(power, p), Gf2.PowerOfX(power + 64, p));
    }

    /// <summary>True where the processor has the instructions.</summary>
    internal static bool IsSupported => Pclmulqdq.IsSupported && Ssse3.IsSupported;

    /// <summary>As <see cref="LaneScan.FirstCut"/>, but a place needs a window and one more byte before it.</summary>
    internal int FirstCut(ReadOnlySpan<byte> data, int first, int last)
    {
        Debug.Assert(first > Window && last <= data.Length, "the range lies in the data");
        while (first <= last)
        {
            int cut = FirstCutOfBlocks(data, ref first, last);
            if (cut != 0)
            {
                return cut;
            }

            // Either less than a block is left, or the blocks stopped at data that is full of candidates.
            int stop = Math.Min(last, first + DenseStretch - 1);
            cut = _lanes.FirstCut(data, first, stop);
            if (cut != 0)
            {
                return cut;
            }

            first = stop + 1;
        }

        return 0;
    }

    /// <summary>Looks at whole blocks of places; moves <paramref name="first"/> to the first place it has not looked at.</summary>
    private int FirstCutOfBlocks(ReadOnlySpan<byte> data, ref int first, int last)
    {
        Vector128<ulong> g0 = _g0, g1 = _g1, g2 = _g2, g3 = _g3;
        Vector128<byte> g0Low = _lowByteTimesG0, g0High = _lowByteTimesG1, p0Low = _lowByteTimesP0, p0High = _lowByteTimesP1;
        ref byte origin = ref MemoryMarshal.GetReference(data);

        // b0 is the block whose last bytes are looked at, b1 to b4 are the four before it.
        int start = first - 1;
        Vector128<ulong> b4 = Load(ref origin, start - 4 * Block);
        Vector128<ulong> b3 = Load(ref origin, start - 3 * Block);
        Vector128<ulong> b2 = Load(ref origin, start - 2 * Block);
        Vector128<ulong> b1 = Load(ref origin, start - Block);
        Vector128<ulong> low = LowProducts(b1, b2, b3, b4, g0, g1, g2, g3);
        Vector128<ulong> middle = MiddleProducts(b1, b2, b3, b4, g0, g1, g2, g3);
        for (; start + Block <= last; start += Block)
        {
            Vector128<ulong> b0 = Load(ref origin, start);

            // Blocks and parts of g are two words each: their product is low + middle·x^64 + high·x^128. The powers wanted are the
            // upper half of what this block completes and the lower half of what the block before did.
            Vector128<ulong> quotient = low ^ Sse2.ShiftLeftLogical128BitLane(middle, 8);
            low = LowProducts(b0, b1, b2, b3, g0, g1, g2, g3);
            middle = MiddleProducts(b0, b1, b2, b3, g0, g1, g2, g3);
            quotient ^= HighProducts(b0, b1, b2, b3, g0, g1, g2, g3) ^ Sse2.ShiftRightLogical128BitLane(middle, 8);

            Vector128<byte> q = quotient.AsByte() ^ LowByteProduct(b4.AsByte(), g0Low, g0High);
            Vector128<byte> hash = b0.AsByte() ^ LowByteProduct(q, p0Low, p0High);
            uint candidates = Vector128.Equals(hash, Vector128<byte>.Zero).ExtractMostSignificantBits();
            if (candidates != 0)
            {
                if (BitOperations.PopCount(candidates) > ManyCandidates)
                {
                    break;
                }

                int cut = FirstCutOfCandidates(ref origin, start, candidates);
                if (cut != 0)
                {
                    return cut;
                }
            }

            (b4, b3, b2, b1) = (b3, b2, b1, b0);
        }

        first = start + 1;
        return 0;
    }

    /// <summary>The first candidate whose whole hash says cut, or 0. The highest of the 16 bits stands for the first place.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FirstCutOfCandidates(ref byte origin, int start, uint candidates)
    {
        do
        {
            int highest = BitOperations.Log2(candidates);
            int place = start + Block - highest;
            if ((Hash(ref origin, place) & RabinChunker.CutMask) == 0)
            {
                return place;
            }

            candidates ^= 1u << highest;
        }
        while (candidates != 0);
        return 0;
    }

    /// <summary>The hash of the window before <paramref name="place"/>: every word times its power of x, reduced once at the end.</summary>
    private ulong Hash(ref byte origin, int place)
    {
        Vector128<ulong> sum =
            FoldBlock(Load(ref origin, place - Block), _fold0)
            ^ FoldBlock(Load(ref origin, place - 2 * Block), _fold1)
            ^ FoldBlock(Load(ref origin, place - 3 * Block), _fold2)
            ^ FoldBlock(Load(ref origin, place - 4 * Block), _fold3);

        // The sum has a degree of at most 63 + 52. Its quotient by P follows from the reciprocal x^64 + r of P (Barrett).
        ulong top = (sum.GetElement(1) << (64 - ChunkerPolynomial.ChunkerDegree)) | (sum.ToScalar() >> ChunkerPolynomial.ChunkerDegree);
        ulong quotient = top ^ Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(top), _polynomialAndReciprocal, 0x10).GetElement(1);
        return sum.ToScalar() ^ Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(quotient), _polynomialAndReciprocal, 0x00).ToScalar();

        static Vector128<ulong> FoldBlock(Vector128<ulong> block, Vector128<ulong> powers) =>
            Pclmulqdq.CarrylessMultiply(block, powers, 0x00) ^ Pclmulqdq.CarrylessMultiply(block, powers, 0x11);
    }

    /// <summary>Sixteen bytes as a polynomial: the first byte has the highest powers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Load(ref byte origin, int offset) =>
        Ssse3.Shuffle(
            Vector128.LoadUnsafe(ref origin, (nuint)(uint)offset),
            Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> LowProducts(
        Vector128<ulong> a, Vector128<ulong> b, Vector128<ulong> c, Vector128<ulong> d,
        Vector128<ulong> g0, Vector128<ulong> g1, Vector128<ulong> g2, Vector128<ulong> g3) =>
        Pclmulqdq.CarrylessMultiply(a, g3, 0x00) ^ Pclmulqdq.CarrylessMultiply(b, g2, 0x00)
        ^ Pclmulqdq.CarrylessMultiply(c, g1, 0x00) ^ Pclmulqdq.CarrylessMultiply(d, g0, 0x00);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> MiddleProducts(
        Vector128<ulong> a, Vector128<ulong> b, Vector128<ulong> c, Vector128<ulong> d,
        Vector128<ulong> g0, Vector128<ulong> g1, Vector128<ulong> g2, Vector128<ulong> g3) =>
        Pclmulqdq.CarrylessMultiply(a, g3, 0x01) ^ Pclmulqdq.CarrylessMultiply(a, g3, 0x10)
        ^ Pclmulqdq.CarrylessMultiply(b, g2, 0x01) ^ Pclmulqdq.CarrylessMultiply(b, g2, 0x10)
        ^ Pclmulqdq.CarrylessMultiply(c, g1, 0x01) ^ Pclmulqdq.CarrylessMultiply(c, g1, 0x10)
        ^ Pclmulqdq.CarrylessMultiply(d, g0, 0x01) ^ Pclmulqdq.CarrylessMultiply(d, g0, 0x10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> HighProducts(
        Vector128<ulong> a, Vector128<ulong> b, Vector128<ulong> c, Vector128<ulong> d,
        Vector128<ulong> g0, Vector128<ulong> g1, Vector128<ulong> g2, Vector128<ulong> g3) =>
        Pclmulqdq.CarrylessMultiply(a, g3, 0x11) ^ Pclmulqdq.CarrylessMultiply(b, g2, 0x11)
        ^ Pclmulqdq.CarrylessMultiply(c, g1, 0x11) ^ Pclmulqdq.CarrylessMultiply(d, g0, 0x11);

    /// <summary>The lowest byte of the product of every byte with the factor the two tables were made for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> LowByteProduct(Vector128<byte> bytes, Vector128<byte> lowNibble, Vector128<byte> highNibble)
    {
        Vector128<byte> nibble = Vector128.Create((byte)0x0F);
        return Ssse3.Shuffle(lowNibble, bytes & nibble)
            ^ Ssse3.Shuffle(highNibble, Vector128.ShiftRightLogical(bytes.AsUInt16(), 4).AsByte() & nibble);
    }

    /// <summary>The lowest bytes of a factor's products with 0x00 to 0x0F and with 0x00 to 0xF0.</summary>
    private static (Vector128<byte> LowNibble, Vector128<byte> HighNibble) LowByteProducts(byte factor)
    {
        Span<byte> low = stackalloc byte[16];
        Span<byte> high = stackalloc byte[16];
        for (int nibble = 0; nibble < 16; nibble++)
        {
            int product = 0;
            for (int bit = 0; bit < 4; bit++)
            {
                product ^= (nibble & (1 << bit)) != 0 ? factor << bit : 0;
            }

            low[nibble] = (byte)(product & 0xFF);
            high[nibble] = (byte)((product << 4) & 0xFF);
        }

        return (Vector128.Create<byte>(low), Vector128.Create<byte>(high));
    }
}
