using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sots.Restic.Chunking;

/// <summary>
/// Looks for cuts at many places at once, with the carry-less multiplication that x64 processors have had since 2010. That is the
/// product of polynomials over GF(2), so the hash moves on by eight bytes in three instructions of it.
/// </summary>
/// <remarks>
/// <para>
/// While bytes n enter the window and bytes o leave it, hash d becomes v mod P with v = d·x^64 + n + o·x^512, that is v + q·P, q being
/// the quotient. Division goes from the top down: the first j bytes of q are the quotient of the step with j bytes, as all that later
/// bytes add lies below it. So the hash after each of the eight bytes has, as its lowest byte, the sum of the lowest bytes of
/// three things: byte j of n, byte j of o times x^512 mod P, and byte j of q times P. For these the lowest bytes of the factors are
/// enough, and tables of 16 entries give them for sixteen places in a few instructions.
/// </para>
/// <para>
/// One place in 256 has a hash whose lowest byte is 0; only there the whole hash is computed. Where that happens all the time
/// (periodic data and bad luck) the rolling hash takes over for the stretch. As each step waits for the one before, four lanes are
/// under way at the same time.
/// </para>
/// <para>Immutable and safe for any number of threads. Allocates nothing.</para>
/// </remarks>
internal sealed class CarrylessScan
{
    /// <summary>Most places a lane looks at before the lanes move on together.</summary>
    internal const int LaneLength = 2048;

    private const int Lanes = 4;
    private const int Window = RabinChunker.WindowLength;
    private const int Block = 16;
    private const int ManyCandidates = 4;

    private readonly LaneScan _rolling;

    // The word after P is r, where x^64 + r is the quotient of x^117 by P: the reciprocal for Barrett's division.
    private readonly Vector128<ulong> _polynomialAndReciprocal;
    private readonly Vector128<ulong> _leaving;
    private readonly ByteProducts _timesLeaving, _timesPolynomial;
    private readonly Vector128<ulong> _fold0, _fold1, _fold2, _fold3;

    /// <summary>Builds the constants for a polynomial of degree 53; only where <see cref="IsSupported"/>.</summary>
    internal CarrylessScan(ChunkerPolynomial polynomial, LaneScan rolling)
    {
        ulong p = polynomial.Value;
        _rolling = rolling;
        _polynomialAndReciprocal = Vector128.Create(p, Gf2.DividePowerOfX(ChunkerPolynomial.ChunkerDegree + 64, p));
        _leaving = Vector128.CreateScalar(Gf2.PowerOfX(8 * Window, p));
        _timesLeaving = new ByteProducts((byte)(_leaving.ToScalar() & 0xFF));
        _timesPolynomial = new ByteProducts((byte)(p & 0xFF));
        (_fold0, _fold1, _fold2, _fold3) = (Fold(0), Fold(128), Fold(256), Fold(384));

        Vector128<ulong> Fold(int power) => Vector128.Create(Gf2.PowerOfX(power, p), Gf2.PowerOfX(power + 64, p));
    }

    /// <summary>True where the processor has the instructions.</summary>
    internal static bool IsSupported => Pclmulqdq.IsSupported && Ssse3.IsSupported;

    /// <summary>As <see cref="LaneScan.FirstCut"/>, but a place needs a window and one more byte before it.</summary>
    internal int FirstCut(ReadOnlySpan<byte> data, int first, int last)
    {
        Debug.Assert(first > Window && last <= data.Length, "the range lies in the data");
        while (last - first + 1 >= Lanes * Block)
        {
            int length = Math.Min(LaneLength, (last - first + 1) / (Lanes * Block) * Block);
            int next = first + Lanes * length;
            if (!AreWithoutCut(data[..(next - 1)], first, length))
            {
                int cut = _rolling.FirstCut(data, first, next - 1);
                if (cut != 0)
                {
                    return cut;
                }
            }

            first = next;
        }

        return _rolling.FirstCut(data, first, last);
    }

    /// <summary>True where four lanes of <paramref name="length"/> places, from <paramref name="first"/> on, surely hold no cut.</summary>
    private bool AreWithoutCut(ReadOnlySpan<byte> data, int first, int length)
    {
        ref byte lane0 = ref Unsafe.Add(ref MemoryMarshal.GetReference(data), first - 1);
        ref byte lane1 = ref Unsafe.Add(ref lane0, length);
        ref byte lane2 = ref Unsafe.Add(ref lane1, length);
        ref byte lane3 = ref Unsafe.Add(ref lane2, length);
        Vector128<ulong> d0 = Hash(ref lane0), d1 = Hash(ref lane1), d2 = Hash(ref lane2), d3 = Hash(ref lane3);
        Vector128<ulong> pr = _polynomialAndReciprocal, leaving = _leaving;
        ByteProducts timesLeaving = _timesLeaving, timesP = _timesPolynomial;
        for (nint i = 0; i < length; i += Block)
        {
            Vector128<byte> low0 = Advance(ref Unsafe.Add(ref lane0, i), ref d0, pr, leaving, timesLeaving, timesP);
            Vector128<byte> low1 = Advance(ref Unsafe.Add(ref lane1, i), ref d1, pr, leaving, timesLeaving, timesP);
            Vector128<byte> low2 = Advance(ref Unsafe.Add(ref lane2, i), ref d2, pr, leaving, timesLeaving, timesP);
            Vector128<byte> low3 = Advance(ref Unsafe.Add(ref lane3, i), ref d3, pr, leaving, timesLeaving, timesP);
            Vector128<byte> lowest = Sse2.Min(Sse2.Min(low0, low1), Sse2.Min(low2, low3));
            if (Vector128.EqualsAny(lowest, Vector128<byte>.Zero)
                && (IsCutAmong(ref Unsafe.Add(ref lane0, i), low0)
                    || IsCutAmong(ref Unsafe.Add(ref lane1, i), low1)
                    || IsCutAmong(ref Unsafe.Add(ref lane2, i), low2)
                    || IsCutAmong(ref Unsafe.Add(ref lane3, i), low3)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Moves the hash in the low word of <paramref name="d"/> on by a block; gives the lowest bytes of the 16 hashes on the way, the last
    /// one first.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Advance(
        ref byte start,
        ref Vector128<ulong> d,
        Vector128<ulong> polynomialAndReciprocal,
        Vector128<ulong> leaving,
        ByteProducts timesLeaving,
        ByteProducts timesPolynomial)
    {
        Vector128<ulong> n = Load(ref start);
        Vector128<ulong> o = Load(ref Unsafe.Subtract(ref start, Window));

        Vector128<ulong> v = Sse2.Shuffle(n.AsDouble(), d.AsDouble(), 0b01).AsUInt64() ^ Pclmulqdq.CarrylessMultiply(o, leaving, 0x01);
        Vector128<ulong> q1 = Quotient(v, polynomialAndReciprocal);
        d = v ^ Pclmulqdq.CarrylessMultiply(q1, polynomialAndReciprocal, 0x01);

        v = Sse2.UnpackLow(n, d) ^ Pclmulqdq.CarrylessMultiply(o, leaving, 0x00);
        Vector128<ulong> q2 = Quotient(v, polynomialAndReciprocal);
        d = v ^ Pclmulqdq.CarrylessMultiply(q2, polynomialAndReciprocal, 0x01);

        return n.AsByte() ^ timesLeaving.Of(o.AsByte()) ^ timesPolynomial.Of(Sse2.UnpackHigh(q2, q1).AsByte());
    }

    /// <summary>The quotient of a polynomial of degree 116 or less by P, in the high word. The low word is of no use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Quotient(Vector128<ulong> v, Vector128<ulong> polynomialAndReciprocal)
    {
        const int Degree = ChunkerPolynomial.ChunkerDegree;
        Vector128<ulong> top = (v << (64 - Degree)) | Sse2.ShiftLeftLogical128BitLane(v >>> Degree, 8);
        return top ^ Pclmulqdq.CarrylessMultiply(top, polynomialAndReciprocal, 0x11);
    }

    /// <summary>True where a place of the block has a whole hash that says cut, or where so many might that asking is too slow.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsCutAmong(ref byte start, Vector128<byte> lowBytes)
    {
        uint candidates = Vector128.Equals(lowBytes, Vector128<byte>.Zero).ExtractMostSignificantBits();
        if (BitOperations.PopCount(candidates) > ManyCandidates)
        {
            return true;
        }

        for (; candidates != 0; candidates &= candidates - 1)
        {
            int bytes = Block - BitOperations.TrailingZeroCount(candidates);
            if ((Hash(ref Unsafe.Add(ref start, bytes)).ToScalar() & RabinChunker.CutMask) == 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The hash, in the low word, of the window before <paramref name="end"/>: every word times its power of x, reduced once.
    /// </summary>
    private Vector128<ulong> Hash(ref byte end)
    {
        Vector128<ulong> sum =
            FoldBlock(Load(ref Unsafe.Subtract(ref end, Block)), _fold0)
            ^ FoldBlock(Load(ref Unsafe.Subtract(ref end, 2 * Block)), _fold1)
            ^ FoldBlock(Load(ref Unsafe.Subtract(ref end, 3 * Block)), _fold2)
            ^ FoldBlock(Load(ref Unsafe.Subtract(ref end, 4 * Block)), _fold3);
        return sum ^ Pclmulqdq.CarrylessMultiply(Quotient(sum, _polynomialAndReciprocal), _polynomialAndReciprocal, 0x01);

        static Vector128<ulong> FoldBlock(Vector128<ulong> block, Vector128<ulong> powers) =>
            Pclmulqdq.CarrylessMultiply(block, powers, 0x00) ^ Pclmulqdq.CarrylessMultiply(block, powers, 0x11);
    }

    /// <summary>Sixteen bytes as a polynomial: the first byte has the highest powers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Load(ref byte start) =>
        Ssse3.Shuffle(
            Vector128.LoadUnsafe(ref start),
            Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)).AsUInt64();

    /// <summary>The lowest bytes of the products of any bytes with one factor, looked up by their halves.</summary>
    private readonly struct ByteProducts
    {
        private readonly Vector128<byte> _low, _high;

        internal ByteProducts(byte factor)
        {
            for (int nibble = 0; nibble < 16; nibble++)
            {
                int product = 0;
                for (int bit = 0; bit < 4; bit++)
                {
                    product ^= (nibble & (1 << bit)) != 0 ? factor << bit : 0;
                }

                _low = _low.WithElement(nibble, (byte)(product & 0xFF));
                _high = _high.WithElement(nibble, (byte)((product << 4) & 0xFF));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Vector128<byte> Of(Vector128<byte> bytes)
        {
            Vector128<byte> half = Vector128.Create((byte)0x0F);
            return Ssse3.Shuffle(_low, bytes & half) ^ Ssse3.Shuffle(_high, (bytes.AsUInt16() >>> 4).AsByte() & half);
        }
    }
}
