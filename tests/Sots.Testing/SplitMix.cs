using System.Buffers.Binary;

namespace Sots.Testing;

/// <summary>The byte generator of the shared vectors: splitmix64, eight little-endian bytes an output, each masked.</summary>
public static class SplitMix
{
    /// <summary>The first <paramref name="length"/> bytes of the stream that <paramref name="seed"/> starts.</summary>
    public static byte[] Bytes(ulong seed, int length, byte mask = 0xFF)
    {
        byte[] result = new byte[(length + 7) / 8 * 8];
        ulong x = seed;
        for (int i = 0; i < result.Length; i += 8)
        {
            unchecked
            {
                x += 0x9E3779B97F4A7C15;
                ulong z = x;
                z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
                z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
                BinaryPrimitives.WriteUInt64LittleEndian(result.AsSpan(i), z ^ (z >> 31));
            }
        }

        if (mask != 0xFF)
        {
            for (int i = 0; i < result.Length; i++)
            {
                result[i] &= mask;
            }
        }

        return result[..length];
    }
}
