using CsCheck;
using Sots.Restic.Index;
using Sots.Restic.Packs;

namespace Sots.Restic.Tests.Index;

public class MasterIndexTests
{
    private static readonly Gen<(PackId Pack, PackedBlob Blob)> SomeLocation =
        from pack in Gen.Int[0, 20]
        from id in Gen.Int[0, 200]
        from tree in Gen.Bool
        from offset in Gen.UInt[0, 5]
        from plain in Gen.UInt[0, 2]
        select (
            new PackId(CompactBlobTableTests.IdOf(-1 - pack)),
            new PackedBlob(tree ? BlobType.Tree : BlobType.Data, CompactBlobTableTests.IdOf(id), offset * 100, 100, plain));

    [Fact]
    public void It_answers_as_a_list_of_locations_would() =>
        SomeLocation.Array[0, 800].Sample(
            locations =>
            {
                MasterIndex index = new();
                List<(PackId Pack, PackedBlob Blob)> model = [];
                foreach ((PackId Pack, PackedBlob Blob) location in locations)
                {
                    bool isNew = !model.Contains(location);
                    if (isNew)
                    {
                        model.Add(location);
                    }

                    Assert.Equal(isNew, index.Add(location.Pack, location.Blob));
                }

                Assert.Equal(model.Count, index.Count);
                Assert.Equal(model.Select(location => location.Pack).Distinct(), index.Packs);
                foreach (BlobType type in new[] { BlobType.Data, BlobType.Tree })
                {
                    for (int id = 0; id <= 210; id++)
                    {
                        BlobHandle handle = new(type, CompactBlobTableTests.IdOf(id));
                        List<BlobLocation> places = [.. model.Where(location => location.Blob.Handle == handle).Select(location => location.Blob.In(location.Pack))];
                        Assert.Equal(places, index.FindAll(handle));
                        Assert.Equal(places.Count > 0, index.Contains(handle));
                        Assert.Equal(places.Count > 0, index.TryFind(handle, out BlobLocation first));
                        Assert.Equal(places.FirstOrDefault(), first);
                    }
                }

                IReadOnlyDictionary<PackId, List<PackedBlob>> byPack = index.ByPack();
                foreach (IGrouping<PackId, PackedBlob> pack in model.GroupBy(location => location.Pack, location => location.Blob))
                {
                    Assert.True(index.ContainsPack(pack.Key));
                    Assert.Equal(pack.ToHashSet(), byPack[pack.Key].ToHashSet());
                    Assert.Equal(pack.ToHashSet(), index.BlobsOf(pack.Key).ToHashSet());
                    Assert.Equal(byPack[pack.Key].Select(blob => blob.Offset).Order(), byPack[pack.Key].Select(blob => blob.Offset));
                }

                Assert.False(index.ContainsPack(new PackId(CompactBlobTableTests.IdOf(-100))));
                Assert.Empty(index.BlobsOf(new PackId(CompactBlobTableTests.IdOf(-100))));
            },
            iter: 15);
}
