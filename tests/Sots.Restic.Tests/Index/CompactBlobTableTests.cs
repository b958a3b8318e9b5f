using CsCheck;
using Sots.Restic.Index;
using Sots.Restic.Packs;

namespace Sots.Restic.Tests.Index;

public class CompactBlobTableTests
{
    // Few different ids, so that the same blob lies in several places and probing has to go on.
    private static readonly Gen<CompactBlobTable.Entry> SomeEntry =
        from id in Gen.Int[0, 400]
        from pack in Gen.Int[0, 3]
        from offset in Gen.UInt[0, 2]
        select new CompactBlobTable.Entry(IdOf(id), pack, offset, 32, 0);

    [Fact]
    public void It_holds_what_a_dictionary_of_lists_holds() =>
        SomeEntry.Array[0, 3000].Sample(
            entries =>
            {
                CompactBlobTable table = new();
                Dictionary<ContentId, List<CompactBlobTable.Entry>> model = [];
                foreach (CompactBlobTable.Entry entry in entries)
                {
                    List<CompactBlobTable.Entry> places = model.TryGetValue(entry.Id, out var known) ? known : model[entry.Id] = [];
                    bool isNew = !places.Contains(entry);
                    if (isNew)
                    {
                        places.Add(entry);
                    }

                    Assert.Equal(isNew, table.Add(entry));
                }

                Assert.Equal(model.Values.Sum(places => places.Count), table.Count);
                for (int id = 0; id <= 500; id++)
                {
                    List<CompactBlobTable.Entry> found = [];
                    for (int at = table.Find(IdOf(id)); at >= 0; at = table.FindNext(IdOf(id), at))
                    {
                        found.Add(table[at]);
                    }

                    Assert.Equal(model.GetValueOrDefault(IdOf(id)) ?? [], found);
                }
            },
            iter: 60);

    [Fact]
    public void Ids_that_hash_alike_are_told_apart()
    {
        CompactBlobTable table = new();
        byte[] bytes = new byte[32];
        for (int i = 0; i < 2000; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(28), i);
            Assert.True(table.Add(new CompactBlobTable.Entry(new ContentId(bytes), i, 0, 32, 0)));
        }

        for (int i = 0; i < 2000; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(28), i);
            int at = table.Find(new ContentId(bytes));
            Assert.Equal(i, table[at].Pack);
            Assert.Equal(-1, table.FindNext(new ContentId(bytes), at));
        }
    }

    [Fact]
    public void A_blob_takes_at_most_64_bytes()
    {
        const int Count = 100_000;
        MasterIndex index = new();
        for (int i = 0; i < Count; i++)
        {
            index.Add(new PackId(IdOf(-1 - (i / 30))), new PackedBlob(BlobType.Data, IdOf(i), (uint)(i % 30) * 100, 100, 200));
        }

        Assert.Equal(Count, index.Count);
        Assert.InRange(index.MemoryBytes / (double)Count, 48, 64);
    }

    [Fact]
    public void The_id_table_numbers_ids_as_a_dictionary_would() =>
        Gen.Int[0, 5000].Array[0, 4000].Sample(
            numbers =>
            {
                CompactIdTable table = new();
                Dictionary<ContentId, int> model = [];
                foreach (int number in numbers)
                {
                    ContentId id = IdOf(number);
                    Assert.Equal(model.TryAdd(id, model.Count), table.Add(id, out int got));
                    Assert.Equal(model[id], got);
                    Assert.Equal(id, table[got]);
                }

                Assert.Equal(model.Count, table.Count);
                Assert.All(Enumerable.Range(0, 5100), number => Assert.Equal(model.GetValueOrDefault(IdOf(number), -1), table.Find(IdOf(number))));
            },
            iter: 10);

    internal static ContentId IdOf(int number) => ContentId.Of(BitConverter.GetBytes(number));
}
