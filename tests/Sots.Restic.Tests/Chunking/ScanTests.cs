using CsCheck;
using Sots.Restic.Chunking;
using Sots.Testing;

namespace Sots.Restic.Tests.Chunking;

/// <summary>Both ways to look for cuts find what the twin finds, in short ranges, where every place can be looked at.</summary>
public class ScanTests
{
    private const int Lead = 65;
    private const string NoInstructions = "needs a processor with carry-less multiplication";

    private static readonly ulong[] Values =
    [
        ChunkVectors.Golden,
        ChunkVectors.Test,
        ChunkVectors.Derived,

        // Not irreducible, even without the lowest term: the arithmetic holds all the same.
        0x20000000000000,
        0x3ffffffffffffe,
        0x3fffffffffffff,
    ];

    [Fact]
    public void Lanes_find_the_first_cut_of_any_range() => AssertFirstCuts((_, lanes) => lanes.FirstCut);

    [Fact]
    public void Carryless_multiplication_finds_the_first_cut_of_any_range()
    {
        Assert.SkipUnless(CarrylessScan.IsSupported, NoInstructions);
        AssertFirstCuts((polynomial, lanes) => new CarrylessScan(polynomial, lanes).FirstCut);
    }

    [Fact]
    public void Lanes_cut_whole_content_as_the_twin_does() => AssertSplits(carryless: false);

    [Fact]
    public void Carryless_multiplication_cuts_whole_content_as_the_twin_does()
    {
        Assert.SkipUnless(CarrylessScan.IsSupported, NoInstructions);
        AssertSplits(carryless: true);
    }

    private static void AssertFirstCuts(Func<ChunkerPolynomial, LaneScan, FirstCut> scanOf)
    {
        foreach (ulong value in Values)
        {
            RollingTwin twin = new(value);
            FirstCut scan = scanOf(new ChunkerPolynomial(value), new LaneScan(new RabinTables(new ChunkerPolynomial(value))));
            byte[] cutting = CuttingWindow(twin);

            // Cuts planted around the edges of blocks, lanes and groups of lanes, alone and two at a time.
            const int Length = Lead + 4 * LaneScan.LaneLength + 3000;
            foreach (int place in Places(Length))
            {
                byte[] data = SplitMix.Bytes((ulong)place, Length, 0x7F);
                cutting.CopyTo(data, Math.Max(0, place - 64));
                Check(twin, scan, data, [(65, Length), (65, place), (65, place - 1), (place + 1, Length), (place, Length)]);
                cutting.CopyTo(data, 20000 - 64);
                Check(twin, scan, data, [(65, Length), (70, Length - 3)]);
            }

            // Data in which the lowest byte of the hash is 0 all the time, often, now and then: what a filter by that byte hates.
            foreach (int percent in (int[])[100, 50, 20, 5])
            {
                byte[] data = ManyCandidates(twin, 20000, percent);
                Check(twin, scan, data, [(65, 20000), (77, 19990)]);
                cutting.CopyTo(data, 15000);
                Check(twin, scan, data, [(65, 20000), (77, 15064), (77, 15063), (15065, 20000)]);
            }

            foreach (int period in (int[])[1, 2, 3, 7, 16, 64, 67])
            {
                byte[] pattern = SplitMix.Bytes((ulong)period, period);
                byte[] data = [.. Enumerable.Range(0, 9000).Select(i => pattern[i % period])];
                Check(twin, scan, data, [(65, 9000), (100, 8999)]);
                cutting.CopyTo(data, 8000);
                Check(twin, scan, data, [(65, 9000), (100, 8999), (65, 8064), (65, 8063)]);
            }

            Check(twin, scan, new byte[300], [(65, 300), (66, 66), (299, 300), (300, 300), (301, 300)]);
        }

        // Ranges and contents by chance; few symbols make candidates and cuts frequent.
        ChunkerPolynomial polynomial = new(ChunkVectors.Golden);
        RollingTwin golden = new(polynomial.Value);
        FirstCut goldenScan = scanOf(polynomial, new LaneScan(new RabinTables(polynomial)));
        byte[] window = CuttingWindow(golden);
        Gen<byte> mask = Gen.Int[0, 4].Select(i => (byte)(0x00_80_01_0F_FFL >> (8 * i)));
        Gen.Select(Gen.ULong, Gen.Int[65, 700], Gen.Int[0, 700], Gen.Int[0, 700], mask).Sample(
            (seed, length, a, plant, symbols) =>
            {
                byte[] data = SplitMix.Bytes(seed, length, symbols);
                if (plant + 64 <= length)
                {
                    window.CopyTo(data, plant);
                }

                int first = 65 + a % (length - 64);
                Check(golden, goldenScan, data, [(65, length), (first, length), (65, first)]);
            },
            iter: 300);
    }

    private static int[] Places(int length) =>
    [
        65, 66, 79, 80, 81, 82, 97, 200, 2112, 2113, 4160, 4161,
        8256, 8257, 16448, 16449, 32833, 49217, 65600, 65601, 65602, length - 17, length - 16, length - 1, length,
    ];

    /// <summary>A window that says cut and is not all zero: random bytes, the last three solved for.</summary>
    private static byte[] CuttingWindow(RollingTwin twin)
    {
        // The low bits of the last three bytes are added to those of the hash as they are.
        byte[] window = SplitMix.Bytes(99, 64);
        window.AsSpan(61).Clear();
        uint low = (uint)(twin.HashOf(window) & 0xFFFFF);
        (window[61], window[62], window[63]) = ((byte)(low >> 16), (byte)(low >> 8), (byte)low);
        Assert.Equal(0UL, twin.HashOf(window) & 0xFFFFF);
        return window;
    }

    /// <summary>Random bytes, but a share of them chosen so that the lowest byte of the hash after them is 0.</summary>
    private static byte[] ManyCandidates(RollingTwin twin, int length, int percent)
    {
        byte[] data = SplitMix.Bytes((ulong)percent, length);
        byte[] chances = SplitMix.Bytes((ulong)percent + 1000, length);
        ulong d = twin.HashOf(data.AsSpan(0, 64));
        for (int i = 64; i < length; i++)
        {
            // The newest byte is added to the lowest byte of the hash as it is.
            ulong without = twin.Slide(d, data[i - 64], 0);
            data[i] = chances[i] % 100 < percent ? (byte)without : data[i];
            d = without ^ data[i];
        }

        return data;
    }

    private static void Check(RollingTwin twin, FirstCut scan, byte[] data, (int First, int Last)[] ranges)
    {
        List<int> cuts = twin.Cuts(data);
        foreach ((int first, int last) in ranges.Where(range => range.First >= Lead))
        {
            int expected = cuts.Find(cut => cut >= first && cut <= last);
            Assert.Equal(expected, scan(data, first, last));
        }
    }

    private static void AssertSplits(bool carryless)
    {
        RollingTwin twin = new(ChunkVectors.Test);
        RabinChunker chunker = new(new ChunkerPolynomial(ChunkVectors.Test), carryless);
        byte[][] contents =
        [
            ChunkVectors.Random.AsSpan(3, 3 << 20).ToArray(),
            SplitMix.Bytes(5, 2 << 20, 0x0F),
            SplitMix.Bytes(6, 2 << 20, 0x01),
            [.. ChunkVectors.Random.AsSpan(0, 1 << 19), .. new byte[700_000], .. ChunkVectors.Random.AsSpan(0, 1 << 19), 0],
            new byte[(2 << 20) + 1],
            ChunkVectors.Constant(0x55, (8 << 20) + 600_000),
        ];
        foreach (byte[] content in contents)
        {
            List<int> lengths = chunker.Split(content);
            Assert.Equal(twin.Split(content).Select(chunk => chunk.Length), lengths);
            Assert.Equal(content.Length, lengths.Sum());
            Assert.All(lengths.SkipLast(1), length => Assert.InRange(length, RabinChunker.MinLength, RabinChunker.MaxLength));
        }
    }

    private delegate int FirstCut(ReadOnlySpan<byte> data, int first, int last);
}
