using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sots.Restic.Crypto;

/// <summary>
/// Poly1305 with four blocks in flight: lane i sums every fourth block with r⁴, and at the end each lane is multiplied by the power of r
/// that its blocks are behind. Numbers are five limbs of 26 bits, one vector each, so that products fit 64 bits with room for sums.
/// </summary>
internal static class Poly1305Lanes
{
    /// <summary>Bytes consumed at a time.</summary>
    internal const int Step = 64;

    /// <summary>Below this length the scalar version is as fast.</summary>
    internal const int WorthIt = 256;

    private const int LimbBits = 26;

    internal static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx2.IsSupported;
    }

    /// <summary>The sum after all blocks of <paramref name="message"/>, whose length is a multiple of 64 and not zero.</summary>
    internal static Poly1305Sum Sum(in Poly1305Key key, ReadOnlySpan<byte> message)
    {
        unchecked
        {
            ReadOnlySpan<uint> table = key.Table;
            Numbers fourth = Numbers.Broadcast(table.Slice(3 * Poly1305Key.Limbs, Poly1305Key.Limbs));
            Numbers sum = Numbers.Load(message);
            for (message = message[Step..]; message.Length >= Step; message = message[Step..])
            {
                sum = Numbers.Add(Numbers.Multiply(sum, fourth), Numbers.Load(message));
            }

            return Numbers.Multiply(sum, Numbers.LanePowers(table)).AddLanes();
        }
    }

    /// <summary>Four numbers, limb by limb. Lanes hold the blocks 0, 2, 1, 3 of a step, the order in which unpacking leaves them.</summary>
    private struct Numbers
    {
        private Vector256<ulong> _l0, _l1, _l2, _l3, _l4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static Numbers Load(ReadOnlySpan<byte> message)
        {
            ref ulong words = ref Unsafe.As<byte, ulong>(ref MemoryMarshal.GetReference(message[..Step]));
            Vector256<ulong> first = Vector256.LoadUnsafe(ref words);
            Vector256<ulong> second = Vector256.LoadUnsafe(ref words, 4);
            Vector256<ulong> low = Avx2.UnpackLow(first, second);
            Vector256<ulong> high = Avx2.UnpackHigh(first, second);
            Vector256<ulong> mask = Vector256.Create((1UL << LimbBits) - 1);
            Numbers result;
            result._l0 = low & mask;
            result._l1 = (low >>> 26) & mask;
            result._l2 = ((low >>> 52) | (high << 12)) & mask;
            result._l3 = (high >>> 14) & mask;
            result._l4 = (high >>> 40) | Vector256.Create(1UL << 24);
            return result;
        }

        internal static Numbers Broadcast(ReadOnlySpan<uint> limbs)
        {
            Numbers result;
            result._l0 = Vector256.Create((ulong)limbs[0]);
            result._l1 = Vector256.Create((ulong)limbs[1]);
            result._l2 = Vector256.Create((ulong)limbs[2]);
            result._l3 = Vector256.Create((ulong)limbs[3]);
            result._l4 = Vector256.Create((ulong)limbs[4]);
            return result;
        }

        /// <summary>r⁴ for block 0, r² for block 2, r³ for block 1, r for block 3.</summary>
        internal static Numbers LanePowers(ReadOnlySpan<uint> table)
        {
            Numbers result;
            result._l0 = Vector256.Create(table[15], table[5], table[10], (ulong)table[0]);
            result._l1 = Vector256.Create(table[16], table[6], table[11], (ulong)table[1]);
            result._l2 = Vector256.Create(table[17], table[7], table[12], (ulong)table[2]);
            result._l3 = Vector256.Create(table[18], table[8], table[13], (ulong)table[3]);
            result._l4 = Vector256.Create(table[19], table[9], table[14], (ulong)table[4]);
            return result;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static Numbers Add(in Numbers a, in Numbers b)
        {
            Numbers result;
            result._l0 = a._l0 + b._l0;
            result._l1 = a._l1 + b._l1;
            result._l2 = a._l2 + b._l2;
            result._l3 = a._l3 + b._l3;
            result._l4 = a._l4 + b._l4;
            return result;
        }

        /// <summary>The product modulo 2^130 − 5, carried so that limbs are a hair over 26 bits. Limbs of 28 bits may come in.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static Numbers Multiply(in Numbers h, in Numbers r)
        {
            Vector256<ulong> s1 = Five(r._l1), s2 = Five(r._l2), s3 = Five(r._l3), s4 = Five(r._l4);
            Vector256<ulong> d0 = Mul(h._l0, r._l0) + Mul(h._l1, s4) + Mul(h._l2, s3) + Mul(h._l3, s2) + Mul(h._l4, s1);
            Vector256<ulong> d1 = Mul(h._l0, r._l1) + Mul(h._l1, r._l0) + Mul(h._l2, s4) + Mul(h._l3, s3) + Mul(h._l4, s2);
            Vector256<ulong> d2 = Mul(h._l0, r._l2) + Mul(h._l1, r._l1) + Mul(h._l2, r._l0) + Mul(h._l3, s4) + Mul(h._l4, s3);
            Vector256<ulong> d3 = Mul(h._l0, r._l3) + Mul(h._l1, r._l2) + Mul(h._l2, r._l1) + Mul(h._l3, r._l0) + Mul(h._l4, s4);
            Vector256<ulong> d4 = Mul(h._l0, r._l4) + Mul(h._l1, r._l3) + Mul(h._l2, r._l2) + Mul(h._l3, r._l1) + Mul(h._l4, r._l0);

            // Two carry chains side by side: 0→1→2→3→4 and 3→4→0→1.
            Vector256<ulong> mask = Vector256.Create((1UL << LimbBits) - 1);
            d1 += d0 >>> LimbBits;
            d4 += d3 >>> LimbBits;
            d0 &= mask;
            d3 &= mask;
            d2 += d1 >>> LimbBits;
            d0 += Five(d4 >>> LimbBits);
            d1 &= mask;
            d4 &= mask;
            d3 += d2 >>> LimbBits;
            d1 += d0 >>> LimbBits;
            d2 &= mask;
            d0 &= mask;
            d4 += d3 >>> LimbBits;
            d3 &= mask;

            Numbers result;
            result._l0 = d0;
            result._l1 = d1;
            result._l2 = d2;
            result._l3 = d3;
            result._l4 = d4;
            return result;
        }

        /// <summary>Adds the four numbers up and packs the limbs into words of 64 bits.</summary>
        internal readonly Poly1305Sum AddLanes()
        {
            const ulong Mask = (1UL << LimbBits) - 1;
            unchecked
            {
                ulong l0 = Vector256.Sum(_l0);
                ulong l1 = Vector256.Sum(_l1) + (l0 >> LimbBits);
                ulong l2 = Vector256.Sum(_l2) + (l1 >> LimbBits);
                ulong l3 = Vector256.Sum(_l3) + (l2 >> LimbBits);
                ulong l4 = Vector256.Sum(_l4) + (l3 >> LimbBits);
                UInt128 low = (l0 & Mask) + (5 * (l4 >> LimbBits)) + ((UInt128)(l1 & Mask) << 26)
                    + ((UInt128)(l2 & Mask) << 52) + ((UInt128)(l3 & Mask) << 78);
                UInt128 sum = low + ((UInt128)(l4 & 0xFFFFFF) << 104);
                return new Poly1305Sum
                {
                    H0 = (ulong)sum,
                    H1 = (ulong)(sum >> 64),
                    H2 = ((l4 & Mask) >> 24) + (sum < low ? 1UL : 0),
                };
            }
        }

        private static Vector256<ulong> Mul(Vector256<ulong> a, Vector256<ulong> b) => Avx2.Multiply(a.AsUInt32(), b.AsUInt32());

        private static Vector256<ulong> Five(Vector256<ulong> a) => a + (a << 2);
    }
}
