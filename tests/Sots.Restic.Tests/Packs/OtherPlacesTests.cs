using Sots.Restic.Backends;
using Sots.Restic.Index;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Restic.Tests.Packs;

/// <summary>Source: docs/FORMAT.md, "Packs": if one place fails, the other places of the blob are tried.</summary>
public class OtherPlacesTests
{
    /// <summary>Of a blob longer than a request the pack's length is asked for first, which a faltering storage may refuse.</summary>
    [Theory]
    [InlineData(RepositoryErrorKind.Storage)]
    [InlineData(RepositoryErrorKind.PermissionDenied)]
    public async Task A_long_blob_is_read_from_another_pack_where_the_storage_does_not_look_at_the_first(RepositoryErrorKind refusal)
    {
        using FaultyBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        byte[] content = SplitMix.Bytes(1, 5 << 20);
        BlobHandle blob = new(BlobType.Data, ContentId.Of(content));
        for (int copy = 0; copy < 2; copy++)
        {
            // A session that knows of no blobs stores each one anew.
            await using WriteSession session = new IndexedRepository(repository, new MasterIndex(), []).BeginWrite(new WriteOptions());
            await session.SaveBlobAsync(BlobType.Data, content, CancellationToken.None);
            await session.FlushAsync(CancellationToken.None);
        }

        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        PackId[] packs = [.. indexed.Index.FindAll(blob).Select(static place => place.Pack)];
        Assert.Equal(2, packs.Length);
        backend.Fault = call => new RepositoryException(refusal, $"cannot look at {call.File}");
        foreach (PackId pack in packs)
        {
            backend.Fails = (_, call) => call == new BackendCall(BackendOperation.FindLength, FileHandle.Of(pack));
            Assert.Equal(content, await indexed.LoadBlobAsync(blob, CancellationToken.None));
        }

        backend.Fails = static (_, call) => call.Operation == BackendOperation.FindLength;
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => indexed.LoadBlobAsync(blob, CancellationToken.None).AsTask());
        Assert.Equal(refusal, e.Kind);
        Assert.Contains(packs[0].ToString(), e.Message, StringComparison.Ordinal);
    }
}
