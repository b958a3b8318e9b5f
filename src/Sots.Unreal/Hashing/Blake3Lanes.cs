using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sots.Unreal.Hashing;

/// <summary>
/// Eight chunks of BLAKE3 at once, one in each lane of a vector. Where the processor has no such vectors the chunks are compressed one after
/// the other; both give the same values.
/// </summary>
internal static class Blake3Lanes
{
    /// <summary>Chunks at once.</summary>
    public const int Count = 8;

    private const int ChunkWords = Blake3Compression.ChunkLength / sizeof(uint), Words = Blake3Compression.BlockWords;

    /// <summary>The values of eight whole chunks that are not the last.</summary>
    /// <param name="chunks">8 KiB.</param>
    /// <param name="first">Number of the first chunk.</param>
    /// <param name="values">Eight values of eight words each, one chunk after the other.</param>
    public static void Chunks(ReadOnlySpan<byte> chunks, ulong first, Span<uint> values)
    {
        if (Vector256.IsHardwareAccelerated && BitConverter.IsLittleEndian)
        {
            InLanes(chunks, first, values);
        }
        else
        {
            OneByOne(chunks, first, values);
        }
    }

    internal static void OneByOne(ReadOnlySpan<byte> chunks, ulong first, Span<uint> values)
    {
        for (int i = 0; i < Count; i++)
        {
            Blake3Compression.Chunk(
                chunks.Slice(i * Blake3Compression.ChunkLength, Blake3Compression.ChunkLength), first + (ulong)i, isRoot: false,
                values.Slice(i * Blake3Compression.ChainingWords, Blake3Compression.ChainingWords));
        }
    }

    internal static unsafe void InLanes(ReadOnlySpan<byte> chunks, ulong first, Span<uint> values)
    {
        unchecked
        {
            Vector256<uint>* h = stackalloc Vector256<uint>[Blake3Compression.ChainingWords];
            Vector256<uint>* m = stackalloc Vector256<uint>[Words];
            for (int i = 0; i < Blake3Compression.ChainingWords; i++)
            {
                h[i] = Vector256.Create(Blake3Compression.Initial[i]);
            }

            Vector256<uint> low = Vector256.Create((uint)first, (uint)(first + 1), (uint)(first + 2), (uint)(first + 3), (uint)(first + 4), (uint)(first + 5), (uint)(first + 6), (uint)(first + 7));
            Vector256<uint> high = Vector256.Create(
                High(first), High(first + 1), High(first + 2), High(first + 3), High(first + 4), High(first + 5), High(first + 6), High(first + 7));
            fixed (byte* bytes = chunks)
            {
                for (int block = 0; block < Blake3Compression.ChunkLength / Blake3Compression.BlockLength; block++)
                {
                    uint* at = (uint*)(bytes + (block * Blake3Compression.BlockLength));
                    for (int word = 0; word < Words; word++)
                    {
                        uint* w = at + word;
                        m[word] = Vector256.Create(
                            w[0], w[ChunkWords], w[2 * ChunkWords], w[3 * ChunkWords], w[4 * ChunkWords], w[5 * ChunkWords], w[6 * ChunkWords], w[7 * ChunkWords]);
                    }

                    uint flags = block == 0 ? Blake3Compression.ChunkStart
                        : block == (Blake3Compression.ChunkLength / Blake3Compression.BlockLength) - 1 ? Blake3Compression.ChunkEnd : 0;
                    Compress(h, m, low, high, flags);
                }
            }

            for (int word = 0; word < Blake3Compression.ChainingWords; word++)
            {
                for (int lane = 0; lane < Count; lane++)
                {
                    values[(lane * Blake3Compression.ChainingWords) + word] = h[word][lane];
                }
            }
        }
    }

    private static uint High(ulong counter) => (uint)(counter >> 32);

    private static unsafe void Compress(Vector256<uint>* h, Vector256<uint>* m, Vector256<uint> low, Vector256<uint> high, uint flags)
    {
        Vector256<uint> s0 = h[0], s1 = h[1], s2 = h[2], s3 = h[3], s4 = h[4], s5 = h[5], s6 = h[6], s7 = h[7];
        Vector256<uint> s8 = Vector256.Create(Blake3Compression.Initial[0]), s9 = Vector256.Create(Blake3Compression.Initial[1]);
        Vector256<uint> s10 = Vector256.Create(Blake3Compression.Initial[2]), s11 = Vector256.Create(Blake3Compression.Initial[3]);
        Vector256<uint> s12 = low, s13 = high, s14 = Vector256.Create((uint)Blake3Compression.BlockLength), s15 = Vector256.Create(flags);
        ref byte order = ref Unsafe.AsRef(in Schedule[0]);
        for (int round = 0; round < Blake3Compression.Rounds; round++)
        {
            Mix(ref s0, ref s4, ref s8, ref s12, m[Unsafe.Add(ref order, 0)], m[Unsafe.Add(ref order, 1)]);
            Mix(ref s1, ref s5, ref s9, ref s13, m[Unsafe.Add(ref order, 2)], m[Unsafe.Add(ref order, 3)]);
            Mix(ref s2, ref s6, ref s10, ref s14, m[Unsafe.Add(ref order, 4)], m[Unsafe.Add(ref order, 5)]);
            Mix(ref s3, ref s7, ref s11, ref s15, m[Unsafe.Add(ref order, 6)], m[Unsafe.Add(ref order, 7)]);
            Mix(ref s0, ref s5, ref s10, ref s15, m[Unsafe.Add(ref order, 8)], m[Unsafe.Add(ref order, 9)]);
            Mix(ref s1, ref s6, ref s11, ref s12, m[Unsafe.Add(ref order, 10)], m[Unsafe.Add(ref order, 11)]);
            Mix(ref s2, ref s7, ref s8, ref s13, m[Unsafe.Add(ref order, 12)], m[Unsafe.Add(ref order, 13)]);
            Mix(ref s3, ref s4, ref s9, ref s14, m[Unsafe.Add(ref order, 14)], m[Unsafe.Add(ref order, 15)]);
            order = ref Unsafe.Add(ref order, Words);
        }

        (h[0], h[1], h[2], h[3]) = (s0 ^ s8, s1 ^ s9, s2 ^ s10, s3 ^ s11);
        (h[4], h[5], h[6], h[7]) = (s4 ^ s12, s5 ^ s13, s6 ^ s14, s7 ^ s15);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref Vector256<uint> a, ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d, Vector256<uint> x, Vector256<uint> y)
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
    private static Vector256<uint> RotateRight(Vector256<uint> value, int bits) => (value >>> bits) | (value << (32 - bits));

    /// <summary>The permutation applied once more for each round: which word is taken where.</summary>
    internal static readonly byte[] Schedule = MakeSchedule();

    private static byte[] MakeSchedule()
    {
        byte[] schedule = new byte[(Blake3Compression.Rounds + 1) * Words];
        for (int i = 0; i < Words; i++)
        {
            schedule[i] = (byte)i;
        }

        for (int i = Words; i < schedule.Length; i++)
        {
            schedule[i] = schedule[i - Words - (i % Words) + Blake3Compression.Permutation[i % Words]];
        }

        return schedule;
    }
}
