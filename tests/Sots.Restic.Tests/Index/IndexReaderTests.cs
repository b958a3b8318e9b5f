using Sots.Restic.Backends;
using Sots.Restic.Index;
using Sots.Restic.Packs;
using Sots.Testing;

namespace Sots.Restic.Tests.Index;

/// <summary>Index files are read in memory that is used again; what is not as usual is read as if there were no such thing.</summary>
public sealed class IndexReaderTests : IAsyncDisposable
{
    private readonly LyingBackend _backend = new(new MemoryBackend());

    public ValueTask DisposeAsync()
    {
        _backend.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Files_of_any_length_are_read_one_after_the_other_as_by_the_slow_way(int version)
    {
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend, version);
        foreach (int packs in (int[])[1, 700, 0, 3])
        {
            await repository.SaveUnpackedAsync(FileType.Index, JsonOf(packs), default);
        }

        using IndexReader reader = new(repository);
        await foreach (StoredFile file in _backend.ListAsync(FileType.Index, default))
        {
            byte[]? expected = null, read = null;
            await repository.ReadIndexAsync(new IndexId(file.Name), json => expected = json.ToArray(), default);
            await reader.ReadAsync(file, json => read = json.ToArray(), default);
            Assert.Equal(expected, read);
        }
    }

    [Fact]
    public async Task A_reading_that_was_garbled_once_is_made_again_and_told()
    {
        using (await SmallRepository.CreateAsync(_backend))
        {
        }

        List<string> told = [];
        using OpenRepository repository = await Repository.OpenAsync(
            _backend, System.Text.Encoding.UTF8.GetBytes(SmallRepository.Password), new OpenOptions { Notice = told.Add }, default);
        ContentId name = await repository.SaveUnpackedAsync(FileType.Index, JsonOf(3), default);
        StoredFile file = new(name, (await _backend.FindLengthAsync(new FileHandle(FileType.Index, name), default))!.Value);
        _backend.FlipsWhenRead = static (file, reading) => file.Type == FileType.Index && reading == 1 ? 100 : -1;
        using IndexReader reader = new(repository);
        int length = 0;
        await reader.ReadAsync(file, json => length = json.Length, default);
        Assert.Equal(JsonOf(3).Length, length);
        Assert.Single(told);
        Assert.Equal(1, _backend.Forgotten);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_damaged_or_shorter_file_is_named_and_not_handed_out(bool cut)
    {
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        ContentId name = await repository.SaveUnpackedAsync(FileType.Index, JsonOf(3), default);
        FileHandle handle = new(FileType.Index, name);
        byte[] content = await _backend.LoadAsync(handle, int.MaxValue, default);
        StoredFile listed = new(name, content.Length);
        content[50] ^= 1;
        await _backend.SaveAsync(handle, cut ? content.AsMemory(0, 60) : content, default);
        using IndexReader reader = new(repository);
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(async () => await reader.ReadAsync(listed, static _ => Assert.Fail("it was handed out"), default));
        Assert.Equal(RepositoryErrorKind.Damaged, e.Kind);
        Assert.Contains(handle.ToString(), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_file_takes_once_serves_the_next_ones()
    {
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        ContentId name = await repository.SaveUnpackedAsync(FileType.Index, JsonOf(700), default);
        StoredFile file = new(name, (await _backend.FindLengthAsync(new FileHandle(FileType.Index, name), default))!.Value);
        using IndexReader reader = new(repository);
        await reader.ReadAsync(file, static _ => { }, default);
        long before = GC.GetAllocatedBytesForCurrentThread();
        const int times = 20;
        for (int i = 0; i < times; i++)
        {
            // Everything is in memory, so that it ends where it began.
            ValueTask reading = reader.ReadAsync(file, static _ => { }, default);
            Assert.True(reading.IsCompletedSuccessfully);
            await reading;
        }

        long allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / times;
        Assert.InRange(allocated, 0, 4096);
    }

    private static ReadOnlyMemory<byte> JsonOf(int packs) => IndexFile.Write([.. Enumerable.Range(0, packs).Select(static pack => new IndexedPack(
        new PackId(CompactBlobTableTests.IdOf(-1 - pack)),
        [.. Enumerable.Range(0, 10).Select(blob => new PackedBlob(BlobType.Data, CompactBlobTableTests.IdOf((pack * 10) + blob), (uint)blob * 100, 100, 0))]))]);
}
