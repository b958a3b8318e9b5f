using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sots.Unreal.Hashing;

/// <summary>
/// One chunk of BLAKE3 with the four rows of the state in vectors, so that four mixings are done at once: for the last chunk, and for pairs.
/// Where the processor has no vectors it is <see cref="Blake3Compression"/>, which gives the same values.
/// </summary>
internal static class Blake3Rows
{
    private const int BlockLength = Blake3Compression.BlockLength;

    /// <summary>The value of one chunk of at most 1,024 bytes.</summary>
    public static void Chunk(ReadOnlySpan<byte> chunk, ulong counter, bool isRoot, Span<uint> value)
    {
        if (Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian)
        {
            ChunkInRows(chunk, counter, isRoot, value);
        }
        else
        {
            Blake3Compression.Chunk(chunk, counter, isRoot, value);
        }
    }

    /// <summary>The value of two values beside one another.</summary>
    public static void Parent(ReadOnlySpan<uint> left, ReadOnlySpan<uint> right, bool isRoot, Span<uint> value)
    {
        if (Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian)
        {
            ParentInRows(left, right, isRoot, value);
        }
        else
        {
            Blake3Compression.Parent(left, right, isRoot, value);
        }
    }

    internal static unsafe void ChunkInRows(ReadOnlySpan<byte> chunk, ulong counter, bool isRoot, Span<uint> value)
    {
        Blake3Compression.Initial.CopyTo(value);
        uint flags = Blake3Compression.ChunkStart;
        byte* last = stackalloc byte[BlockLength];
        fixed (byte* bytes = chunk)
        fixed (uint* chained = value)
        {
            int at = 0;
            for (; chunk.Length - at > BlockLength; at += BlockLength)
            {
                Compress(chained, (uint*)(bytes + at), counter, BlockLength, flags);
                flags = 0;
            }

            Span<byte> padded = new(last, BlockLength);
            padded.Clear();
            chunk[at..].CopyTo(padded);
            Compress(
                chained, (uint*)last, isRoot ? 0 : counter, (uint)(chunk.Length - at), flags | Blake3Compression.ChunkEnd | (isRoot ? Blake3Compression.Root : 0));
        }
    }

    internal static unsafe void ParentInRows(ReadOnlySpan<uint> left, ReadOnlySpan<uint> right, bool isRoot, Span<uint> value)
    {
        uint* words = stackalloc uint[Blake3Compression.BlockWords];
        Span<uint> both = new(words, Blake3Compression.BlockWords);
        left.CopyTo(both);
        right.CopyTo(both[Blake3Compression.ChainingWords..]);
        Blake3Compression.Initial.CopyTo(value);
        fixed (uint* chained = value)
        {
            Compress(chained, words, 0, BlockLength, Blake3Compression.ParentNode | (isRoot ? Blake3Compression.Root : 0));
        }
    }

    private static unsafe void Compress(uint* value, uint* m, ulong counter, uint length, uint flags)
    {
        unchecked
        {
            Vector128<uint> a = Vector128.Load(value), b = Vector128.Load(value + 4);
            Vector128<uint> c = Vector128.Create(Blake3Compression.Initial[..4]);
            Vector128<uint> d = Vector128.Create((uint)counter, (uint)(counter >> 32), length, flags);
            ref byte order = ref Unsafe.AsRef(in Blake3Lanes.Schedule[0]);
            for (int round = 0; round < Blake3Compression.Rounds; round++)
            {
                Mix(ref a, ref b, ref c, ref d, Take(m, ref order, 0), Take(m, ref order, 1));

                // The columns are mixed; turned by one place a row each, the diagonals are columns.
                b = Vector128.Shuffle(b, Vector128.Create(1u, 2, 3, 0));
                c = Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1));
                d = Vector128.Shuffle(d, Vector128.Create(3u, 0, 1, 2));
                Mix(ref a, ref b, ref c, ref d, Take(m, ref order, 8), Take(m, ref order, 9));
                b = Vector128.Shuffle(b, Vector128.Create(3u, 0, 1, 2));
                c = Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1));
                d = Vector128.Shuffle(d, Vector128.Create(1u, 2, 3, 0));
                order = ref Unsafe.Add(ref order, Blake3Compression.BlockWords);
            }

            (a ^ c).Store(value);
            (b ^ d).Store(value + 4);
        }
    }

    /// <summary>Every other word of eight in the order of a round.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector128<uint> Take(uint* m, ref byte order, int first) => Vector128.Create(
        m[Unsafe.Add(ref order, first)], m[Unsafe.Add(ref order, first + 2)], m[Unsafe.Add(ref order, first + 4)], m[Unsafe.Add(ref order, first + 6)]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d, Vector128<uint> x, Vector128<uint> y)
    {
        a = a + b + x;
        d = RotateRight(d ^ a, 16);
        c += d;
        b = RotateRight(b ^ c, 12);
        a = a + b + y;
        d = RotateRight(d ^ a, 8);
        c += d;
        b = RotateRight(b ^ c, 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RotateRight(Vector128<uint> value, int bits) => (value >>> bits) | (value << (32 - bits));
}
