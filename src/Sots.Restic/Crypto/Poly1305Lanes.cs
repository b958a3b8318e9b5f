using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sots.Restic.Crypto;

/// <summary>
/// Poly1305 with n blocks in flight, one in each lane of a vector: lane i sums every n-th block with r^n, and at the end each lane is
/// multiplied by the power of r that its blocks are behind. Numbers are five limbs of 26 bits, one vector each, so that products fit
/// 64 bits with room for sums.
/// </summary>
internal static class Poly1305Lanes<TVector, TArithmetic>
    where TVector : struct
    where TArithmetic : struct, IPoly1305Arithmetic<TVector>
{
    private const int LimbBits = 26;
    private const ulong LimbMask = (1UL << LimbBits) - 1;

    /// <summary>Bytes consumed at a time.</summary>
    internal static int Step => TArithmetic.Lanes * 16;

    /// <summary>The sum after all blocks of <paramref name="message"/>, whose length is a multiple of <see cref="Step"/> and not zero.</summary>
    internal static Poly1305Sum Sum(in Poly1305Key key, ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<uint> table = key.Table;
        Numbers stride = Numbers.Broadcast(table.Slice((TArithmetic.Lanes - 1) * Poly1305Key.Limbs, Poly1305Key.Limbs));
        Numbers sum = Numbers.Load(message);
        for (message = message[Step..]; message.Length >= Step; message = message[Step..])
        {
            sum = Numbers.Add(Numbers.Multiply(sum, stride), Numbers.Load(message));
        }

        return Numbers.Multiply(sum, Numbers.LanePowers(table)).AddLanes();
    }

    /// <summary>As many numbers as lanes, limb by limb.</summary>
    private struct Numbers
    {
        private TVector _l0, _l1, _l2, _l3, _l4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static Numbers Load(ReadOnlySpan<byte> message)
        {
            ref ulong words = ref Unsafe.As<byte, ulong>(ref MemoryMarshal.GetReference(message[..Step]));
            TVector first = TArithmetic.Load(ref words, 0);
            TVector second = TArithmetic.Load(ref words, (nuint)TArithmetic.Lanes);
            TVector low = TArithmetic.UnpackLow(first, second);
            TVector high = TArithmetic.UnpackHigh(first, second);
            TVector mask = TArithmetic.Fill(LimbMask);
            Numbers result;
            result._l0 = TArithmetic.And(low, mask);
            result._l1 = TArithmetic.And(TArithmetic.ShiftRight(low, 26), mask);
            result._l2 = TArithmetic.And(TArithmetic.Or(TArithmetic.ShiftRight(low, 52), TArithmetic.ShiftLeft(high, 12)), mask);
            result._l3 = TArithmetic.And(TArithmetic.ShiftRight(high, 14), mask);
            result._l4 = TArithmetic.Or(TArithmetic.ShiftRight(high, 40), TArithmetic.Fill(1UL << 24));
            return result;
        }

        /// <summary>One number in all lanes.</summary>
        internal static Numbers Broadcast(ReadOnlySpan<uint> limbs)
        {
            Numbers result;
            result._l0 = TArithmetic.Fill(limbs[0]);
            result._l1 = TArithmetic.Fill(limbs[1]);
            result._l2 = TArithmetic.Fill(limbs[2]);
            result._l3 = TArithmetic.Fill(limbs[3]);
            result._l4 = TArithmetic.Fill(limbs[4]);
            return result;
        }

        /// <summary>r^(n − b) in the lane that holds block b of a step.</summary>
        internal static Numbers LanePowers(ReadOnlySpan<uint> table)
        {
            Numbers result;
            result._l0 = LanePowers(table, 0);
            result._l1 = LanePowers(table, 1);
            result._l2 = LanePowers(table, 2);
            result._l3 = LanePowers(table, 3);
            result._l4 = LanePowers(table, 4);
            return result;
        }

        private static TVector LanePowers(ReadOnlySpan<uint> table, int limb)
        {
            Span<ulong> words = stackalloc ulong[Poly1305Key.Powers];
            for (int lane = 0; lane < TArithmetic.Lanes; lane++)
            {
                // Unpacking leaves the blocks of the first vector in the even lanes and those of the second in the odd ones.
                int block = (lane / 2) + (lane % 2 * (TArithmetic.Lanes / 2));
                words[lane] = table[((TArithmetic.Lanes - block - 1) * Poly1305Key.Limbs) + limb];
            }

            return TArithmetic.Load(ref words[0], 0);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static Numbers Add(in Numbers a, in Numbers b)
        {
            Numbers result;
            result._l0 = TArithmetic.Add(a._l0, b._l0);
            result._l1 = TArithmetic.Add(a._l1, b._l1);
            result._l2 = TArithmetic.Add(a._l2, b._l2);
            result._l3 = TArithmetic.Add(a._l3, b._l3);
            result._l4 = TArithmetic.Add(a._l4, b._l4);
            return result;
        }

        /// <summary>The product modulo 2^130 − 5, carried so that limbs are a hair over 26 bits. Limbs of 28 bits may come in.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static Numbers Multiply(in Numbers h, in Numbers r)
        {
            // A limb past 2^130 comes back at the bottom five times over.
            TVector s1 = Five(r._l1), s2 = Five(r._l2), s3 = Five(r._l3), s4 = Five(r._l4);
            TVector d0 = Dot(h, r._l0, s4, s3, s2, s1);
            TVector d1 = Dot(h, r._l1, r._l0, s4, s3, s2);
            TVector d2 = Dot(h, r._l2, r._l1, r._l0, s4, s3);
            TVector d3 = Dot(h, r._l3, r._l2, r._l1, r._l0, s4);
            TVector d4 = Dot(h, r._l4, r._l3, r._l2, r._l1, r._l0);

            // Two carry chains side by side: 0→1→2→3→4 and 3→4→0→1.
            d1 = TArithmetic.Add(d1, Carry(d0));
            d4 = TArithmetic.Add(d4, Carry(d3));
            d0 = Limb(d0);
            d3 = Limb(d3);
            d2 = TArithmetic.Add(d2, Carry(d1));
            d0 = TArithmetic.Add(d0, Five(Carry(d4)));
            d1 = Limb(d1);
            d4 = Limb(d4);

            Numbers result;
            d3 = TArithmetic.Add(d3, Carry(d2));
            result._l2 = Limb(d2);
            result._l1 = TArithmetic.Add(d1, Carry(d0));
            result._l0 = Limb(d0);
            result._l4 = TArithmetic.Add(d4, Carry(d3));
            result._l3 = Limb(d3);
            return result;
        }

        /// <summary>Adds the numbers of all lanes up and packs the limbs into words of 64 bits.</summary>
        internal readonly Poly1305Sum AddLanes()
        {
            unchecked
            {
                ulong l0 = TArithmetic.Sum(_l0);
                ulong l1 = TArithmetic.Sum(_l1) + (l0 >> LimbBits);
                ulong l2 = TArithmetic.Sum(_l2) + (l1 >> LimbBits);
                ulong l3 = TArithmetic.Sum(_l3) + (l2 >> LimbBits);
                ulong l4 = TArithmetic.Sum(_l4) + (l3 >> LimbBits);
                UInt128 low = (l0 & LimbMask) + (5 * (l4 >> LimbBits)) + ((UInt128)(l1 & LimbMask) << 26)
                    + ((UInt128)(l2 & LimbMask) << 52) + ((UInt128)(l3 & LimbMask) << 78);
                UInt128 sum = low + ((UInt128)(l4 & 0xFFFFFF) << 104);
                return new Poly1305Sum
                {
                    H0 = (ulong)sum,
                    H1 = (ulong)(sum >> 64),
                    H2 = ((l4 & LimbMask) >> 24) + (sum < low ? 1UL : 0),
                };
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Dot(in Numbers h, TVector a, TVector b, TVector c, TVector d, TVector e) =>
            TArithmetic.Add(
                TArithmetic.Add(
                    TArithmetic.Add(TArithmetic.Multiply(h._l0, a), TArithmetic.Multiply(h._l1, b)),
                    TArithmetic.Add(TArithmetic.Multiply(h._l2, c), TArithmetic.Multiply(h._l3, d))),
                TArithmetic.Multiply(h._l4, e));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Five(TVector a) => TArithmetic.Add(a, TArithmetic.ShiftLeft(a, 2));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Carry(TVector a) => TArithmetic.ShiftRight(a, LimbBits);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Limb(TVector a) => TArithmetic.And(a, TArithmetic.Fill(LimbMask));
    }
}
