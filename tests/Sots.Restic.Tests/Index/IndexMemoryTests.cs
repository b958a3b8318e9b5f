using System.Runtime.CompilerServices;
using Sots.Restic.Index;
using Sots.Restic.Packs;
using Sots.Testing;

namespace Sots.Restic.Tests.Index;

/// <summary>The memory of an index is a budget: a repository of a terabyte has a million blobs or more.</summary>
public sealed class IndexMemoryTests
{
    private const string Probe = "index";
    private const int Blobs = 1_000_000;
    private const int BlobsAPack = 40;
    private const int MostBytesABlob = 64;

    /// <summary>Doubling tables leave their smaller selves behind: at most as much again as the last ones, and two slots in three of those.</summary>
    private const int MostAllocatedBytesABlob = MostBytesABlob + 16;

    [ModuleInitializer]
    internal static void AnswerProbe() => MemoryProbe.Answer(Probe, static () => Fill(1000, out _), static () => Fill(Blobs, out _));

    [Fact]
    public async Task A_million_blobs_take_at_most_64_bytes_each()
    {
        MasterIndex index = Fill(Blobs, out long allocated);

        Assert.Equal(Blobs, index.Count);
        Assert.InRange(index.MemoryBytes, Blobs * 48L, Blobs * (long)MostBytesABlob);
        Assert.InRange(allocated, index.MemoryBytes, Blobs * (long)MostAllocatedBytesABlob);
        Assert.InRange(await MemoryProbe.RunAsync(Probe, typeof(IndexMemoryTests).Assembly), index.MemoryBytes * 95 / 100, Blobs * (long)MostBytesABlob);
    }

    [Fact]
    public void What_the_index_says_of_its_memory_is_what_was_allocated_and_not_left_behind()
    {
        MasterIndex index = Fill(Blobs / 10, out long allocated);

        Assert.InRange((double)allocated / index.MemoryBytes, 1.0, 1.3);
    }

    /// <summary>Allocations are counted on this thread alone; making the ids is not among them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MasterIndex Fill(int blobs, out long allocated)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        MasterIndex index = new();
        PackId pack = default;
        for (int i = 0; i < blobs; i++)
        {
            if (i % BlobsAPack == 0)
            {
                pack = new PackId(IdOf(-1 - i));
            }

            BlobType type = i % 50 == 0 ? BlobType.Tree : BlobType.Data;
            index.Add(pack, new PackedBlob(type, IdOf(i), (uint)(i % BlobsAPack * 300_000), 300_000, 500_000));
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return index;
    }

    private static ContentId IdOf(int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(bytes, number);
        return ContentId.Of(bytes);
    }
}
