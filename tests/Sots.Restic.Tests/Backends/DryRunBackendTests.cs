using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Restic.Tests.Backends;

public sealed class DryRunBackendTests : IDisposable
{
    private static readonly FileHandle Old = FileHandle.Of(new PackId(ContentId.Of("old"u8)));
    private static readonly FileHandle New = FileHandle.Of(new PackId(ContentId.Of("new"u8)));

    private readonly RecordingBackend _storage = new(new MemoryBackend());

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task The_storage_is_never_written_and_everything_looks_as_if()
    {
        await _storage.SaveAsync(Old, new byte[] { 1 }, default);
        using DryRunBackend backend = new(_storage);
        int before = _storage.Calls.Count;

        await backend.CreateLayoutAsync(default);
        await backend.SaveAsync(New, new byte[] { 2, 3 }, default);
        await backend.RemoveAsync(Old, default);

        Assert.Equal([2, 3], await backend.LoadAsync(New, 10, default));
        Assert.Null(await backend.FindLengthAsync(Old, default));
        Assert.Equal(RepositoryErrorKind.Missing, (await Assert.ThrowsAsync<RepositoryException>(async () => await backend.LoadAsync(Old, 10, default))).Kind);
        Assert.Equal([new StoredFile(New.Name, 2)], await backend.ListAsync(FileType.Pack, default).ToListAsync(TestContext.Current.CancellationToken));

        Assert.DoesNotContain(
            _storage.Calls.Skip(before),
            call => call.Operation is BackendOperation.CreateLayout or BackendOperation.Save or BackendOperation.Remove);
        Assert.Equal([1], await _storage.LoadAsync(Old, 10, default));
    }

    [Fact]
    public async Task A_replaced_file_is_listed_once_and_as_new()
    {
        await _storage.SaveAsync(Old, new byte[] { 1 }, default);
        using DryRunBackend backend = new(_storage);
        await backend.SaveAsync(Old, new byte[] { 2, 3 }, default);
        Assert.Equal([new StoredFile(Old.Name, 2)], await backend.ListAsync(FileType.Pack, default).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Packs_can_be_counted_without_being_kept()
    {
        using DryRunBackend backend = new(_storage, keepPacks: false);
        await backend.SaveAsync(New, new byte[5], default);
        Assert.Equal(5, await backend.FindLengthAsync(New, default));
        Assert.Equal([new StoredFile(New.Name, 5)], await backend.ListAsync(FileType.Pack, default).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal(RepositoryErrorKind.InvalidRequest, (await Assert.ThrowsAsync<RepositoryException>(async () => await backend.LoadAsync(New, 10, default))).Kind);

        FileHandle index = FileHandle.Of(new IndexId(ContentId.Of("i"u8)));
        await backend.SaveAsync(index, new byte[] { 9 }, default);
        Assert.Equal([9], await backend.LoadAsync(index, 10, default));
    }
}
