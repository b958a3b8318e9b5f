using CsCheck;
using Sots.Restic.Packs;
using Sots.Restic.Tests.Index;

namespace Sots.Restic.Tests.Packs;

public class PackHeaderLayoutTests
{
    private static readonly Gen<PackedBlob[]> SomeBlobs =
        (from id in Gen.Int
         from tree in Gen.Bool
         from length in Gen.UInt[32, 1_000_000]
         from plain in Gen.OneOf(Gen.Const(0u), Gen.UInt)
         select new PackedBlob(tree ? BlobType.Tree : BlobType.Data, CompactBlobTableTests.IdOf(id), 0, length, plain)).Array[1, 20].Select(InARow);

    [Fact]
    public void What_is_written_is_read() =>
        SomeBlobs.Sample(blobs => Assert.Equal(blobs, PackHeaderLayout.Read(Write(blobs), blobs[^1].End, "p")), iter: 500);

    [Fact]
    public void Every_cut_is_noticed() =>
        SomeBlobs.Sample(
            blobs =>
            {
                byte[] header = Write(blobs);
                for (int length = 0; length < header.Length; length++)
                {
                    int cut = length;
                    RepositoryException e = Assert.Throws<RepositoryException>(() => PackHeaderLayout.Read(header.AsSpan(0, cut), blobs[^1].End, "p"));
                    Assert.Equal(RepositoryErrorKind.Damaged, e.Kind);
                }
            },
            iter: 20);

    [Fact]
    public void Blobs_that_do_not_fill_the_pack_exactly_are_refused() =>
        SomeBlobs.Sample(
            blobs =>
            {
                byte[] header = Write(blobs);
                Assert.Throws<RepositoryException>(() => PackHeaderLayout.Read(header, blobs[^1].End - 1, "p"));
                Assert.Throws<RepositoryException>(() => PackHeaderLayout.Read(header, blobs[^1].End + 1, "p"));
                Assert.Throws<RepositoryException>(() => PackHeaderLayout.Read(header, 0, "p"));
            },
            iter: 50);

    [Fact]
    public void Changed_bytes_give_another_header_or_our_error() =>
        (from blobs in SomeBlobs from at in Gen.Int[0, 1000] from bit in Gen.Int[0, 7] select (blobs, at, bit)).Sample(
            sample =>
            {
                byte[] header = Write(sample.blobs);
                header[sample.at % header.Length] ^= (byte)(1 << sample.bit);
                try
                {
                    Assert.NotEqual(sample.blobs, PackHeaderLayout.Read(header, sample.blobs[^1].End, "p"));
                }
                catch (RepositoryException e)
                {
                    Assert.Equal(RepositoryErrorKind.Damaged, e.Kind);
                }
            },
            iter: 2000);

    [Fact]
    public void Entries_have_the_bytes_of_the_format()
    {
        ContentId id = CompactBlobTableTests.IdOf(5);
        PackedBlob[] blobs = InARow([new(BlobType.Tree, id, 0, 0x01020304, 0), new(BlobType.Data, id, 0, 33, 0x0A0B0C0D)]);
        byte[] expected = [1, 4, 3, 2, 1, .. id.Bytes, 2, 33, 0, 0, 0, 0x0D, 0x0C, 0x0B, 0x0A, .. id.Bytes];
        Assert.Equal(expected, Write(blobs));
        Assert.Equal([37, 41], blobs.Select(blob => PackHeaderLayout.EntryLength(blob)));
    }

    private static byte[] Write(PackedBlob[] blobs)
    {
        byte[] header = new byte[PackHeaderLayout.HeaderLength(blobs)];
        PackHeaderLayout.Write(blobs, header);
        return header;
    }

    private static PackedBlob[] InARow(PackedBlob[] blobs)
    {
        uint offset = 0;
        for (int i = 0; i < blobs.Length; i++)
        {
            blobs[i] = blobs[i] with { Offset = offset };
            offset += blobs[i].Length;
        }

        return blobs;
    }
}
