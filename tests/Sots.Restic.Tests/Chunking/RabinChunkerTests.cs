using CsCheck;
using Sots.Restic.Chunking;
using Sots.Testing;

namespace Sots.Restic.Tests.Chunking;

public class RabinChunkerTests
{
    private const int Min = RabinChunker.MinLength, Max = RabinChunker.MaxLength;

    private static readonly RabinChunker Golden = new(new ChunkerPolynomial(ChunkVectors.Golden));

    // Content without any cut: with the golden polynomial the hash of 64 bytes 0x55 is none.
    private static readonly byte[] NoCut = ChunkVectors.Constant(0x55, Max + 100);

    public static TheoryData<ulong> Polynomials => [ChunkVectors.Golden, ChunkVectors.Test, ChunkVectors.Derived];

    [Theory]
    [MemberData(nameof(Polynomials))]
    public void Chunks_are_those_of_restic(ulong value)
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        ChunkerPolynomial polynomial = new(value);
        RabinChunker chunker = new(polynomial);
        int sets = 0;
        foreach (var vectors in ChunkVectors.Read().Where(chunk => chunk.Polynomial == polynomial.ToHex()).GroupBy(chunk => chunk.DataSet))
        {
            byte[] data = ChunkVectors.DataSet(vectors.Key);
            List<int> lengths = chunker.Split(data);
            Assert.True(vectors.Select(chunk => chunk.Length).SequenceEqual(lengths), vectors.Key);
            foreach (ChunkVectors.Chunk chunk in vectors)
            {
                Assert.Equal(chunk.Id, ContentId.Of(data.AsSpan(chunk.Offset, chunk.Length)));
            }

            sets++;
        }

        Assert.Equal(18, sets);
    }

    [Fact]
    public void The_twin_cuts_as_restic_does_and_at_the_same_hashes()
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        RollingTwin twin = new(ChunkVectors.Golden);
        foreach (var vectors in ChunkVectors.Read().Where(chunk => chunk.Polynomial == "276199fa28ac11").GroupBy(chunk => chunk.DataSet))
        {
            var chunks = twin.Split(ChunkVectors.DataSet(vectors.Key));
            Assert.True(vectors.Select(chunk => (chunk.Length, chunk.Hash)).SequenceEqual(chunks), vectors.Key);
        }
    }

    [Fact]
    public void Empty_content_has_no_chunk()
    {
        Assert.Empty(Golden.Split([]));
        Assert.Equal(0, Golden.FindCut([], 0));
    }

    [Fact]
    public void However_content_is_read_its_chunks_are_the_same()
    {
        byte[] data = ChunkVectors.Random.AsSpan(0, 9 << 20).ToArray();
        List<int> expected = Golden.Split(data);
        Gen.Select(Gen.Int[0, 4], Gen.Int[1, 3_000_000]).Array[1, 12].Sample(
            pattern =>
            {
                // Mostly large reads, now and then a run of tiny ones.
                IEnumerable<int> sizes = pattern.SelectMany(p => p.Item1 == 0 ? Enumerable.Repeat(1 + p.Item2 % 7, 50) : [p.Item2]);
                Assert.Equal(expected, SplitByReads(Golden, data, sizes));
            },
            iter: 15);
    }

    [Fact]
    public void Reading_byte_by_byte_around_the_edges_changes_nothing()
    {
        // Cut by chance after 877589 bytes, by the least length, by the greatest length.
        Assert.Equal(877589, FirstChunkByteByByte(ChunkVectors.Random, 877589 - 100));
        Assert.Equal(Min, FirstChunkByteByByte(new byte[Min + 100], Min - 100));
        Assert.Equal(Max, FirstChunkByteByByte(NoCut, Max - 100));
    }

    [Fact]
    public void More_bytes_than_the_chunk_has_do_not_move_its_end()
    {
        Assert.Equal(877589, Golden.FindCut(ChunkVectors.Random.AsSpan(0, 877589), 0));
        Assert.Equal(877589, Golden.FindCut(ChunkVectors.Random, 0));
        Assert.Equal(877589, Golden.FindCut(ChunkVectors.Random, 877588));
        Assert.Equal(0, Golden.FindCut(ChunkVectors.Random.AsSpan(0, 877588), 0));
        Assert.Equal(Max, Golden.FindCut(NoCut, 0));
        Assert.Equal(Max, Golden.FindCut(NoCut.AsSpan(0, Max), Max));
        Assert.Equal(Max, Golden.FindCut(NoCut, NoCut.Length));
    }

    [Fact]
    public void Positions_outside_the_span_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Golden.FindCut([1, 2, 3], -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Golden.FindCut([1, 2, 3], 4));
        Assert.Equal(0, Golden.FindCut([1, 2, 3], 3));
    }

    [Fact]
    public void An_inserted_byte_changes_the_chunks_around_it_only()
    {
        HashSet<ContentId> before = [.. Ids(ChunkVectors.Random)];
        List<ContentId> after = [.. Ids(ChunkVectors.DataSet("rand16M_insert1_at_5000000"))];
        Assert.True(after.Count(id => !before.Contains(id)) <= 2);

        static IEnumerable<ContentId> Ids(byte[] data)
        {
            int offset = 0;
            foreach (int length in Golden.Split(data))
            {
                yield return ContentId.Of(data.AsSpan(offset, length));
                offset += length;
            }
        }
    }

    [Fact]
    public void Looking_for_a_cut_allocates_nothing()
    {
        RabinChunker lanes = new(new ChunkerPolynomial(ChunkVectors.Golden), carryless: false);
        byte[] data = ChunkVectors.Random;
        long sum = Golden.FindCut(data, 0) + lanes.FindCut(data, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        sum += Golden.FindCut(data, 0) + Golden.FindCut(data, 600_000) + lanes.FindCut(data, 0);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(5 * 877589, sum);
    }

    [Fact]
    public void One_chunker_serves_many_threads()
    {
        byte[] data = ChunkVectors.Random.AsSpan(0, 4 << 20).ToArray();
        List<int> expected = Golden.Split(data);
        Parallel.For(0, 8, _ => Assert.Equal(expected, Golden.Split(data)));
    }

    [Fact]
    public void The_zero_chunk_is_told_by_length_and_content()
    {
        byte[] data = new byte[Min + 1];
        Assert.Equal(ContentId.Of(data.AsSpan(0, Min)), ZeroChunk.Id);
        Assert.True(ZeroChunk.IsZeroChunk(data.AsSpan(0, Min)));
        Assert.False(ZeroChunk.IsZeroChunk(data));
        Assert.False(ZeroChunk.IsZeroChunk(data.AsSpan(0, Min - 1)));
        Assert.False(ZeroChunk.IsZeroChunk([]));
        foreach (int place in (int[])[0, 1, 63, Min / 2, Min - 2, Min - 1])
        {
            data[place] = 1;
            Assert.False(ZeroChunk.IsZeroChunk(data.AsSpan(0, Min)));
            data[place] = 0;
        }
    }

    private static int FirstChunkByteByByte(ReadOnlySpan<byte> data, int from)
    {
        int cut = 0;
        for (int scanned = 0, length = from; cut == 0; scanned = length, length++)
        {
            cut = Golden.FindCut(data[..length], scanned);
        }

        return cut;
    }

    private static List<int> SplitByReads(RabinChunker chunker, ReadOnlySpan<byte> data, IEnumerable<int> sizes)
    {
        List<int> lengths = [];
        int start = 0, scanned = 0, read = 0;
        using IEnumerator<int> size = Forever(sizes).GetEnumerator();
        while (start < data.Length)
        {
            int cut = chunker.FindCut(data[start..read], scanned);
            if (cut == 0 && read < data.Length)
            {
                scanned = read - start;
                size.MoveNext();
                read = Math.Min(data.Length, read + size.Current);
                continue;
            }

            int length = cut == 0 ? read - start : cut;
            lengths.Add(length);
            (start, scanned) = (start + length, 0);
        }

        return lengths;

        static IEnumerable<int> Forever(IEnumerable<int> sizes)
        {
            while (true)
            {
                foreach (int size in sizes)
                {
                    yield return size;
                }
            }
        }
    }
}
