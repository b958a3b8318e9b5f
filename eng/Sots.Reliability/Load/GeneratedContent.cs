using System.Buffers.Binary;

namespace Sots.Reliability.Load;

/// <summary>
/// Bytes of files that exist nowhere: a function of a number and an offset, as quick as copying memory. A file is made of pieces of
/// <see cref="PieceLength"/>, each a slice of one pool that begins with 16 bytes of its own, so that no two files and no two pieces are
/// the same. Thread safe.
/// </summary>
internal sealed class GeneratedContent
{
    /// <summary>Bytes of a piece.</summary>
    public const int PieceLength = 64 * 1024;

    private const int PoolLength = 8 << 20;
    private const int WordLength = 64;
    private const int Words = 1024;

    private readonly byte[] _pool = GC.AllocateUninitializedArray<byte>(PoolLength);

    /// <summary>Makes the pool.</summary>
    /// <param name="seed">Start of all chance.</param>
    /// <param name="noise">
    /// Share of the 64-byte words that are noise, 0 to 1; the others come out of a dictionary. 0 compresses about fifteenfold and 0.3
    /// threefold; cut points fall as in real files.
    /// </param>
    public GeneratedContent(int seed, double noise)
    {
        Random random = new(seed);
        byte[] dictionary = new byte[Words * WordLength];
        random.NextBytes(dictionary);
        for (int at = 0; at < PoolLength; at += WordLength)
        {
            Span<byte> word = _pool.AsSpan(at, WordLength);
            if (random.NextDouble() < noise)
            {
                random.NextBytes(word);
            }
            else
            {
                dictionary.AsSpan(random.Next(Words) * WordLength, WordLength).CopyTo(word);
            }
        }
    }

    /// <summary>Fills a span with the bytes of a content from an offset on.</summary>
    public void Fill(ulong content, long offset, Span<byte> destination)
    {
        Span<byte> own = stackalloc byte[16];
        while (destination.Length > 0)
        {
            long piece = offset / PieceLength;
            int within = (int)(offset % PieceLength);
            int length = Math.Min(destination.Length, PieceLength - within);
            ulong chance = Chance.Of(content, (ulong)piece);
            int slice = (int)(chance % (PoolLength - PieceLength));
            _pool.AsSpan(slice + within, length).CopyTo(destination);
            if (within < own.Length)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(own, content);
                BinaryPrimitives.WriteUInt64LittleEndian(own[8..], chance);
                int rest = Math.Min(length, own.Length - within);
                own.Slice(within, rest).CopyTo(destination);
            }

            destination = destination[length..];
            offset += length;
        }
    }
}

/// <summary>Chance without a state: the same numbers give the same number.</summary>
internal static class Chance
{
    /// <summary>A number that looks random (splitmix64).</summary>
    public static ulong Of(ulong first, ulong second)
    {
        unchecked
        {
            ulong z = (first * 0x9E3779B97F4A7C15) + (second * 0xD1B54A32D192ED03) + 0x8CB92BA72F3D8DD7;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>The same as a share from 0 to below 1.</summary>
    public static double Share(ulong first, ulong second) => (Of(first, second) >> 11) * (1.0 / (1UL << 53));
}
