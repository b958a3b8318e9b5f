using System.Buffers.Binary;
using System.Numerics;

namespace Sots.Unreal.Hashing;

/// <summary>BLAKE3's compression of one block, and of a chunk and a pair made of it. The obvious form; <see cref="Blake3Lanes"/> is the fast one.</summary>
internal static class Blake3Compression
{
    public const int BlockLength = 64, ChunkLength = 1024, ChainingWords = 8, BlockWords = 16, Rounds = 7;
    public const uint ChunkStart = 1, ChunkEnd = 2, ParentNode = 4, Root = 8;

    /// <summary>The first values of the state: those of SHA-256.</summary>
    public static ReadOnlySpan<uint> Initial =>
        [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19];

    /// <summary>How the words of a block change places from round to round.</summary>
    public static ReadOnlySpan<byte> Permutation => [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];

    /// <summary>The value of one chunk of at most 1,024 bytes.</summary>
    public static void Chunk(ReadOnlySpan<byte> chunk, ulong counter, bool isRoot, Span<uint> value)
    {
        Initial.CopyTo(value);
        Span<byte> block = stackalloc byte[BlockLength];
        Span<uint> words = stackalloc uint[BlockWords];
        uint flags = ChunkStart;
        do
        {
            int length = Math.Min(chunk.Length, BlockLength);
            block.Clear();
            chunk[..length].CopyTo(block);
            chunk = chunk[length..];
            flags |= chunk.IsEmpty ? ChunkEnd | (isRoot ? Root : 0) : 0;
            for (int i = 0; i < BlockWords; i++)
            {
                words[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(i * sizeof(uint))..]);
            }

            Compress(value, words, isRoot && chunk.IsEmpty ? 0 : counter, (uint)length, flags);
            flags = 0;
        }
        while (!chunk.IsEmpty);
    }

    /// <summary>The value of two values beside one another.</summary>
    public static void Parent(ReadOnlySpan<uint> left, ReadOnlySpan<uint> right, bool isRoot, Span<uint> value)
    {
        Span<uint> words = stackalloc uint[BlockWords];
        left.CopyTo(words);
        right.CopyTo(words[ChainingWords..]);
        Initial.CopyTo(value);
        Compress(value, words, 0, BlockLength, ParentNode | (isRoot ? Root : 0));
    }

    /// <summary>Works a block into a chaining value.</summary>
    private static void Compress(Span<uint> value, Span<uint> words, ulong counter, uint length, uint flags)
    {
        unchecked
        {
            Span<uint> s = stackalloc uint[BlockWords];
            value.CopyTo(s);
            Initial[..4].CopyTo(s[8..]);
            (s[12], s[13], s[14], s[15]) = ((uint)counter, (uint)(counter >> 32), length, flags);
            Span<uint> moved = stackalloc uint[BlockWords];
            for (int round = 0; round < Rounds; round++)
            {
                Mix(s, 0, 4, 8, 12, words[0], words[1]);
                Mix(s, 1, 5, 9, 13, words[2], words[3]);
                Mix(s, 2, 6, 10, 14, words[4], words[5]);
                Mix(s, 3, 7, 11, 15, words[6], words[7]);
                Mix(s, 0, 5, 10, 15, words[8], words[9]);
                Mix(s, 1, 6, 11, 12, words[10], words[11]);
                Mix(s, 2, 7, 8, 13, words[12], words[13]);
                Mix(s, 3, 4, 9, 14, words[14], words[15]);
                for (int i = 0; i < BlockWords; i++)
                {
                    moved[i] = words[Permutation[i]];
                }

                moved.CopyTo(words);
            }

            for (int i = 0; i < ChainingWords; i++)
            {
                value[i] = s[i] ^ s[i + ChainingWords];
            }
        }
    }

    private static void Mix(Span<uint> s, int a, int b, int c, int d, uint x, uint y)
    {
        unchecked
        {
            s[a] += s[b] + x;
            s[d] = BitOperations.RotateRight(s[d] ^ s[a], 16);
            s[c] += s[d];
            s[b] = BitOperations.RotateRight(s[b] ^ s[c], 12);
            s[a] += s[b] + y;
            s[d] = BitOperations.RotateRight(s[d] ^ s[a], 8);
            s[c] += s[d];
            s[b] = BitOperations.RotateRight(s[b] ^ s[c], 7);
        }
    }
}
