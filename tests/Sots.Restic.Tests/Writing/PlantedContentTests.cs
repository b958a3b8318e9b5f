using CsCheck;
using Sots.Restic.Backends;
using Sots.Restic.Crypto;
using Sots.Restic.Packs;
using Sots.Restic.Repofiles;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Restic.Tests.Writing;

/// <summary>
/// Whoever can put a file into a project chooses the content of a data blob. Sealed as it is, it would be a valid snapshot or index file for
/// whoever can copy bytes in the storage: so what is sealed never begins as such a file does.
/// </summary>
public sealed class PlantedContentTests
{
    private static readonly Gen<byte[]> Planted = Gen.OneOf(
        Gen.Select(Gen.OneOf(Gen.Const((byte)'{'), Gen.Const((byte)'['), Gen.Const((byte)2)), Gen.Byte.Array[0, 300], static (first, rest) => (byte[])[first, .. rest]),
        Gen.Const("""{"time":"2024-01-01T00:00:00Z","tree":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","paths":["/p"]}"""u8.ToArray()),
        Gen.Const("""{"packs":[]}"""u8.ToArray()),
        Gen.Byte.Array[0, 300]);

    [Theory]
    [InlineData(CompressionMode.Auto)]
    [InlineData(CompressionMode.Off)]
    [InlineData(CompressionMode.Fastest)]
    [InlineData(CompressionMode.Max)]
    public void What_is_sealed_of_a_data_blob_is_no_file_of_a_repository(CompressionMode mode)
    {
        using MasterKey key = MasterKey.Generate();
        using BlobEncoder encoder = new();
        Planted.Sample(
            plain =>
            {
                byte[] box = encoder.Encode(key, version: 2, BlobType.Data, ContentId.Of(plain), mode, plain, out _).ToArray();
                byte[] opened = new byte[box.Length - SealedBox.Overhead];
                return SealedBox.TryOpen(key, box, opened)
                    && (opened.Length == 0 || opened[0] is not ((byte)'{' or (byte)'[' or 2))
                    && (opened.Length == 0 || !IsUnpackedFile(opened));
            },
            iter: 2000,
            threads: 1);
    }

    /// <summary>The attack itself: the sealed blob of a planted file, copied into another folder, is not taken for what it poses as.</summary>
    [Fact]
    public async Task A_blob_copied_out_of_its_pack_is_no_snapshot()
    {
        MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        IndexedRepository indexed = await repository.LoadIndexAsync(TestContext.Current.CancellationToken);
        WriteSession session = indexed.BeginWrite(new WriteOptions { Compression = CompressionMode.Off });
        await using (session)
        {
            await session.SaveBlobAsync(BlobType.Data, """{"time":"2024-01-01T00:00:00Z","tree":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","paths":["/p"]}"""u8.ToArray(), TestContext.Current.CancellationToken);
            await session.FlushAsync(TestContext.Current.CancellationToken);
        }

        indexed = await repository.LoadIndexAsync(TestContext.Current.CancellationToken);
        foreach ((PackId pack, List<PackedBlob> blobs) in indexed.Index.ByPack())
        {
            byte[] content = await backend.LoadAsync(FileHandle.Of(pack), long.MaxValue, TestContext.Current.CancellationToken);
            byte[] box = content[(int)blobs[0].Offset..(int)blobs[0].End];
            await backend.SaveAsync(new FileHandle(FileType.Snapshot, ContentId.Of(box)), box, TestContext.Current.CancellationToken);
        }

        SnapshotListing listing = await repository.LoadSnapshotsAsync(TestContext.Current.CancellationToken);
        Assert.Empty(listing.Snapshots);
        Assert.Single(listing.Damaged);
    }

    private static bool IsUnpackedFile(byte[] opened)
    {
        try
        {
            UnpackedCodec.Decode(2, opened, 1 << 20, "x");
            return true;
        }
        catch (RepositoryException)
        {
            return false;
        }
    }
}
