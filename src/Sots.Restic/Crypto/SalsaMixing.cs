using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sots.Restic.Crypto;

/// <summary>
/// scryptBlockMix of RFC 7914 over rows of blocks of 64 bytes, each four vectors with the diagonals of the Salsa20 matrix, so that its columns
/// are lanes. Each step waits for the one before it, which leaves most of the processor idle: two rows are mixed in little more than the time of one.
/// </summary>
internal static unsafe class SalsaMixing
{
    /// <summary>Vectors of a block.</summary>
    internal const int VectorsOfBlock = 4;

    /// <summary>scryptBlockMix of <paramref name="input"/>, exclusive-or <paramref name="mask"/> if that is not null.</summary>
    /// <param name="input">A row.</param>
    /// <param name="mask">A row, or null.</param>
    /// <param name="output">A row that is neither of them.</param>
    /// <param name="vectors">Vectors of a row: 8 r.</param>
    // Optimised at the first call: a program that opens a repository comes here before anything has had time to warm up.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void MixRow(Vector128<uint>* input, Vector128<uint>* mask, Vector128<uint>* output, int vectors)
    {
        unchecked
        {
            int last = vectors - VectorsOfBlock;
            Vector128<uint> a = input[last], b = input[last + 1], c = input[last + 2], d = input[last + 3];
            if (mask != null)
            {
                a ^= mask[last];
                b ^= mask[last + 1];
                c ^= mask[last + 2];
                d ^= mask[last + 3];
            }

            // Blocks with even numbers go to the first half, those with odd numbers to the second.
            Vector128<uint>* even = output;
            Vector128<uint>* odd = output + (vectors / 2);
            for (int i = 0; i < vectors; i += VectorsOfBlock)
            {
                a ^= input[i];
                b ^= input[i + 1];
                c ^= input[i + 2];
                d ^= input[i + 3];
                if (mask != null)
                {
                    a ^= mask[i];
                    b ^= mask[i + 1];
                    c ^= mask[i + 2];
                    d ^= mask[i + 3];
                }

                Salsa8(ref a, ref b, ref c, ref d);
                even[0] = a;
                even[1] = b;
                even[2] = c;
                even[3] = d;
                Vector128<uint>* next = even + VectorsOfBlock;
                even = odd;
                odd = next;
            }
        }
    }

    /// <summary>The same for two rows at once; both have a mask, or neither has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void MixTwoRows(in RowMix first, in RowMix second, int vectors)
    {
        unchecked
        {
            int last = vectors - VectorsOfBlock;
            bool masked = first.Mask != null;
            Vector128<uint>* input0 = first.Input, input1 = second.Input, mask0 = first.Mask, mask1 = second.Mask;
            Vector128<uint>* even0 = first.Output, even1 = second.Output;
            Vector128<uint>* odd0 = even0 + (vectors / 2), odd1 = even1 + (vectors / 2);
            Vector256<uint> a = Two(input0, input1, last), b = Two(input0, input1, last + 1), c = Two(input0, input1, last + 2), d = Two(input0, input1, last + 3);
            if (masked)
            {
                a ^= Two(mask0, mask1, last);
                b ^= Two(mask0, mask1, last + 1);
                c ^= Two(mask0, mask1, last + 2);
                d ^= Two(mask0, mask1, last + 3);
            }

            for (int i = 0; i < vectors; i += VectorsOfBlock)
            {
                a ^= Two(input0, input1, i);
                b ^= Two(input0, input1, i + 1);
                c ^= Two(input0, input1, i + 2);
                d ^= Two(input0, input1, i + 3);
                if (masked)
                {
                    a ^= Two(mask0, mask1, i);
                    b ^= Two(mask0, mask1, i + 1);
                    c ^= Two(mask0, mask1, i + 2);
                    d ^= Two(mask0, mask1, i + 3);
                }

                Salsa8(ref a, ref b, ref c, ref d);
                Store(a, even0, even1, 0);
                Store(b, even0, even1, 1);
                Store(c, even0, even1, 2);
                Store(d, even0, even1, 3);
                Vector128<uint>* next0 = even0 + VectorsOfBlock, next1 = even1 + VectorsOfBlock;
                even0 = odd0;
                even1 = odd1;
                odd0 = next0;
                odd1 = next1;
            }
        }
    }

    // Two widths stand side by side: by the wide one alone a single round would take twice the work where there are no vectors of 256 bits.
    /// <summary>Salsa20/8: four times a round of columns and a round of rows, then the sum with what came in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Salsa8(ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d)
    {
        Vector128<uint> a0 = a, b0 = b, c0 = c, d0 = d;
        for (int i = 0; i < 4; i++)
        {
            b0 ^= Rotate(a0 + d0, 7);
            c0 ^= Rotate(b0 + a0, 9);
            d0 ^= Rotate(c0 + b0, 13);
            a0 ^= Rotate(d0 + c0, 18);

            // Turning the diagonals makes rows of the columns; b and d change places.
            b0 = Vector128.Shuffle(b0, Vector128.Create(3u, 0, 1, 2));
            c0 = Vector128.Shuffle(c0, Vector128.Create(2u, 3, 0, 1));
            d0 = Vector128.Shuffle(d0, Vector128.Create(1u, 2, 3, 0));
            d0 ^= Rotate(a0 + b0, 7);
            c0 ^= Rotate(d0 + a0, 9);
            b0 ^= Rotate(c0 + d0, 13);
            a0 ^= Rotate(b0 + c0, 18);
            b0 = Vector128.Shuffle(b0, Vector128.Create(1u, 2, 3, 0));
            c0 = Vector128.Shuffle(c0, Vector128.Create(2u, 3, 0, 1));
            d0 = Vector128.Shuffle(d0, Vector128.Create(3u, 0, 1, 2));
        }

        a += a0;
        b += b0;
        c += c0;
        d += d0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Salsa8(ref Vector256<uint> a, ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d)
    {
        Vector256<uint> a0 = a, b0 = b, c0 = c, d0 = d;
        for (int i = 0; i < 4; i++)
        {
            b0 ^= Rotate(a0 + d0, 7);
            c0 ^= Rotate(b0 + a0, 9);
            d0 ^= Rotate(c0 + b0, 13);
            a0 ^= Rotate(d0 + c0, 18);
            b0 = TurnBy1(b0);
            c0 = TurnBy2(c0);
            d0 = TurnBy3(d0);
            d0 ^= Rotate(a0 + b0, 7);
            c0 ^= Rotate(d0 + a0, 9);
            b0 ^= Rotate(c0 + d0, 13);
            a0 ^= Rotate(b0 + c0, 18);
            b0 = TurnBy3(b0);
            c0 = TurnBy2(c0);
            d0 = TurnBy1(d0);
        }

        a += a0;
        b += b0;
        c += c0;
        d += d0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rotate(Vector128<uint> value, int bits) => (value << bits) | (value >>> (32 - bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate(Vector256<uint> value, int bits) => (value << bits) | (value >>> (32 - bits));

    // The processor turns both halves by one instruction; the portable shuffle would go across them, which takes three times as long.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> TurnBy1(Vector256<uint> value) =>
        Avx2.IsSupported ? Avx2.Shuffle(value, 0b10_01_00_11) : Vector256.Shuffle(value, Vector256.Create(3u, 0, 1, 2, 7, 4, 5, 6));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> TurnBy2(Vector256<uint> value) =>
        Avx2.IsSupported ? Avx2.Shuffle(value, 0b01_00_11_10) : Vector256.Shuffle(value, Vector256.Create(2u, 3, 0, 1, 6, 7, 4, 5));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> TurnBy3(Vector256<uint> value) =>
        Avx2.IsSupported ? Avx2.Shuffle(value, 0b00_11_10_01) : Vector256.Shuffle(value, Vector256.Create(1u, 2, 3, 0, 5, 6, 7, 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Two(Vector128<uint>* first, Vector128<uint>* second, int at) => Vector256.Create(first[at], second[at]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<uint> both, Vector128<uint>* first, Vector128<uint>* second, int at)
    {
        first[at] = both.GetLower();
        second[at] = both.GetUpper();
    }
}

/// <summary>What <see cref="SalsaMixing"/> is to do with a row: all of the same length, the output none of the others.</summary>
internal readonly unsafe struct RowMix(Vector128<uint>* input, Vector128<uint>* mask, Vector128<uint>* output)
{
    public readonly Vector128<uint>* Input = input;
    public readonly Vector128<uint>* Mask = mask;
    public readonly Vector128<uint>* Output = output;
}
