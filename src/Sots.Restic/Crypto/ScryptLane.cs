using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Sots.Restic.Crypto;

/// <summary>
/// The memory of one round of scrypt and the mixing in it (scryptROMix and scryptBlockMix of RFC 7914). A lane is used by one thread at a
/// time. Blocks of 64 bytes are kept as four vectors with the diagonals of the Salsa20 matrix, so that its columns are lanes.
/// </summary>
internal sealed unsafe class ScryptLane : IDisposable
{
    private const int VectorsOfBlock = 4;
    private const int TurnsBetweenChecks = 256;

    // Word i of the diagonal form is word Diagonal[i] of the block.
    private static ReadOnlySpan<byte> Diagonal => [0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11];

    /// <summary>
    /// Only every so-many-th row of the table is kept; the rows between are made again from it when they are asked for. That takes a quarter
    /// of the memory, most of which the system would have to find first and the processor's cache does not hold, for 1.5 more mixings beside
    /// every two; both together take as long as keeping all of it.
    /// </summary>
    private const int KeptEvery = 4;

    /// <summary>The block, its successor, and two for making a row again.</summary>
    private const int SpareRows = 4;

    private readonly int _n;
    private readonly int _kept;
    private readonly int _vectors;
    private readonly nuint _bytes;
    private Vector128<uint>* _memory;

    /// <summary>Allocates <c>128·r·(n/4+4)</c> bytes outside the garbage collector's heap. The costs have been checked.</summary>
    /// <exception cref="OutOfMemoryException">They are not there.</exception>
    internal ScryptLane(int n, int r)
    {
        _n = n;
        _kept = (n + KeptEvery - 1) / KeptEvery;
        _vectors = 2 * VectorsOfBlock * r;
        _bytes = (nuint)(_kept + SpareRows) * (nuint)_vectors * (nuint)sizeof(Vector128<uint>);
        _memory = (Vector128<uint>*)NativeMemory.AlignedAlloc(_bytes, 64);
    }

    /// <summary>Mixes <c>128·r</c> bytes in place.</summary>
    internal void Mix(Span<byte> block, CancellationToken cancellationToken)
    {
        unchecked
        {
            Vector128<uint>* x = _memory + ((nint)_kept * _vectors);
            Vector128<uint>* y = x + _vectors;
            ToDiagonals(block, new Span<uint>(x, _vectors * 4));
            for (int i = 0; i < _n; i++)
            {
                if (i % KeptEvery == 0)
                {
                    new Span<Vector128<uint>>(x, _vectors).CopyTo(new Span<Vector128<uint>>(Kept(i), _vectors));
                }

                MixBlocks(x, null, y);
                Vector128<uint>* swap = x;
                x = y;
                y = swap;
                LookUp(i, cancellationToken);
            }

            uint mask = (uint)_n - 1;
            for (int i = 0; i < _n; i++)
            {
                int j = (int)(x[_vectors - VectorsOfBlock].ToScalar() & mask);
                MixBlocks(x, Row(j), y);
                Vector128<uint>* swap = x;
                x = y;
                y = swap;
                LookUp(i, cancellationToken);
            }

            FromDiagonals(new Span<uint>(x, _vectors * 4), block);
        }
    }

    /// <summary>Zeroes and frees the memory: whoever finds it can skip half of the work of guessing.</summary>
    public void Dispose()
    {
        if (_memory != null)
        {
            NativeMemory.Clear(_memory, _bytes);
            NativeMemory.AlignedFree(_memory);
            _memory = null;
        }
    }

    private Vector128<uint>* Kept(int row) => _memory + ((nint)(row / KeptEvery) * _vectors);

    /// <summary>A row of the table, kept or made again.</summary>
    private Vector128<uint>* Row(int row)
    {
        Vector128<uint>* at = Kept(row);
        Vector128<uint>* free = _memory + ((nint)(_kept + 2) * _vectors);
        Vector128<uint>* other = free + _vectors;
        for (int missing = row % KeptEvery; missing > 0; missing--)
        {
            MixBlocks(at, null, free);
            at = free;
            free = other;
            other = at;
        }

        return at;
    }

    private static void LookUp(int turn, CancellationToken cancellationToken)
    {
        if (turn % TurnsBetweenChecks == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>scryptBlockMix of <paramref name="input"/>, exclusive-or <paramref name="mask"/> if that is not null.</summary>
    // Optimised at the first call: a program that opens a repository comes here before anything has had time to warm up.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MixBlocks(Vector128<uint>* input, Vector128<uint>* mask, Vector128<uint>* output)
    {
        unchecked
        {
            int last = _vectors - VectorsOfBlock;
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
            Vector128<uint>* odd = output + (_vectors / 2);
            for (int i = 0; i < _vectors; i += VectorsOfBlock)
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
    private static Vector128<uint> Rotate(Vector128<uint> value, int bits) => (value << bits) | (value >>> (32 - bits));

    private static void ToDiagonals(ReadOnlySpan<byte> bytes, Span<uint> words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * ((i & ~15) + Diagonal[i & 15]))..]);
        }
    }

    private static void FromDiagonals(ReadOnlySpan<uint> words, Span<byte> bytes)
    {
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(4 * ((i & ~15) + Diagonal[i & 15]))..], words[i]);
        }
    }
}
