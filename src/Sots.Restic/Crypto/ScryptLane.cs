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

    private readonly int _n;
    private readonly int _vectors;
    private readonly nuint _bytes;
    private Vector128<uint>* _memory;

    /// <summary>Allocates <c>128·r·(n+2)</c> bytes outside the garbage collector's heap. The costs have been checked.</summary>
    /// <exception cref="OutOfMemoryException">They are not there.</exception>
    internal ScryptLane(int n, int r)
    {
        _n = n;
        _vectors = 2 * VectorsOfBlock * r;
        _bytes = (nuint)(n + 2) * (nuint)_vectors * (nuint)sizeof(Vector128<uint>);
        _memory = (Vector128<uint>*)NativeMemory.AlignedAlloc(_bytes, 64);
    }

    /// <summary>Mixes <c>128·r</c> bytes in place.</summary>
    internal void Mix(Span<byte> block, CancellationToken cancellationToken)
    {
        unchecked
        {
            Vector128<uint>* table = _memory;
            Vector128<uint>* x = table + ((nint)_n * _vectors);
            Vector128<uint>* y = x + _vectors;

            ToDiagonals(block, new Span<uint>(table, _vectors * 4));
            for (int i = 1; i <= _n; i++)
            {
                // The last one goes to x, which lies just behind the table.
                MixBlocks(table + ((nint)(i - 1) * _vectors), null, table + ((nint)i * _vectors));
                if (i % TurnsBetweenChecks == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }

            uint mask = (uint)_n - 1;
            for (int i = 0; i < _n; i++)
            {
                uint j = x[_vectors - VectorsOfBlock].ToScalar() & mask;
                MixBlocks(x, table + ((nint)j * _vectors), y);
                Vector128<uint>* swap = x;
                x = y;
                y = swap;
                if (i % TurnsBetweenChecks == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
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
