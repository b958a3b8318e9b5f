using System.Globalization;
using Sots.Testing;

namespace Sots.Restic.Tests.Chunking;

/// <summary>The chunk lists made by restic, and the data they are of.</summary>
internal static class ChunkVectors
{
    internal const ulong Golden = 0x276199fa28ac11;
    internal const ulong Test = 0x3da3358b4dc173;
    internal const ulong Derived = 0x2a2dc988cfc251;

    private static readonly Lazy<byte[]> Rand16M = new(() => SplitMix.Bytes(1, 16 << 20));

    /// <summary>16 MiB of random bytes, the same array every time.</summary>
    internal static byte[] Random => Rand16M.Value;

    internal sealed record Chunk(string Polynomial, string DataSet, int Offset, int Length, ulong? Hash, ContentId Id);

    internal static List<Chunk> Read() =>
        [.. File.ReadLines(SharedMaterial.PathOf("vectors", "chunks.tsv"))
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split('\t'))
            .Select(f => new Chunk(
                f[1],
                f[2],
                int.Parse(f[4], CultureInfo.InvariantCulture),
                int.Parse(f[5], CultureInfo.InvariantCulture),
                f[6] == "-" ? null : ulong.Parse(f[6], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                ContentId.Parse(f[7])))];

    internal static byte[] DataSet(string name) => name switch
    {
        "rand16M(seed=1)" => Random,
        "rand16M_insert1_at_5000000" => [.. Random[..5_000_000], 0, .. Random[5_000_000..]],
        "rand16M_from_100" => Random[100..],
        "nibble12M(seed=2,mask=0x0f)" => SplitMix.Bytes(2, 12 << 20, 0x0F),
        "zeros3M+5" => new byte[3 * 1048576 + 5],
        "const55_8M" => Constant(0x55, 8 << 20),
        "const55_8M+1" => Constant(0x55, (8 << 20) + 1),
        "const55_9M" => Constant(0x55, 9 << 20),
        "min-1" => Random[..524287],
        "min" => Random[..524288],
        "min+1" => Random[..524289],
        "min+63" => Random[..524351],
        "min+64" => Random[..524352],
        "one" => [0],
        "zeros_min" => new byte[524288],
        "zeros_min+1" => new byte[524289],
        "zeros_2min" => new byte[1048576],
        "zeros+rand" => [.. new byte[600000], .. Random[..3_000_000]],
        "empty" => [],
        _ => throw new ArgumentException($"No data set is called {name}.", nameof(name)),
    };

    internal static byte[] Constant(byte value, int length)
    {
        byte[] data = new byte[length];
        Array.Fill(data, value);
        return data;
    }
}
