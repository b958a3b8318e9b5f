using Sots.Restic.Backends;
using Sots.Restic.Crypto;
using Sots.Restic.Packs;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Restic.Tests.Backends;

/// <summary>Storage that hands out other bytes than it holds: once, always the same, or each time others.</summary>
public sealed class LyingDiskTests
{
    private static readonly byte[] Content = SplitMix.Bytes(3, 50_000);

    [Fact]
    public async Task What_is_garbled_once_is_read_again_and_said_once()
    {
        MemoryBackend memory = await WithBlobAsync();
        foreach (FileHandle file in await FilesAsync(memory))
        {
            foreach (int bit in (int[])[0, 333, 77_777])
            {
                List<string> told = [];
                LyingBackend storage = new(memory) { FlipsWhenRead = (read, number) => read == file && number == 1 ? bit : -1 };
                Assert.Equal(Content, await ReadAsync(storage, told.Add));
                Assert.StartsWith("read again: ", Assert.Single(told), StringComparison.Ordinal);
                Assert.Contains(file.Type == FileType.Config ? "config" : file.Name.ToString(), told[0], StringComparison.Ordinal);
                Assert.Equal(1, storage.Forgotten);
            }
        }
    }

    [Fact]
    public async Task What_is_always_garbled_in_the_same_way_is_damage_and_in_other_ways_a_failing_machine()
    {
        MemoryBackend memory = await WithBlobAsync();
        FileHandle pack = (await FilesAsync(memory)).First(file => file.Type == FileType.Pack);
        foreach (bool stable in (bool[])[true, false])
        {
            LyingBackend storage = new(memory) { FlipsWhenRead = (read, number) => read.Type == FileType.Pack ? stable ? 400 : 400 + number : -1 };
            RepositoryException error = await Assert.ThrowsAsync<RepositoryException>(() => ReadAsync(storage, static _ => { }));
            Assert.Equal(RepositoryErrorKind.Damaged, error.Kind);
            Assert.Equal(!stable, error.Message.Contains("each reading gives other bytes", StringComparison.Ordinal));
        }

        LyingBackend snapshots = new(memory) { FlipsWhenRead = static (read, number) => read.Type == FileType.Index ? number : -1 };
        using OpenRepository repository = await SmallRepository.OpenAsync(snapshots);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        Assert.Contains("each reading gives other bytes", Assert.Single(indexed.IndexDamage).Message, StringComparison.Ordinal);
        Assert.NotEqual(default, pack);
    }

    [Fact]
    public void A_disk_full_of_such_does_not_fill_the_screen()
    {
        List<string> told = [];
        Readings readings = new(told.Add);
        for (int i = 0; i < 1000; i++)
        {
            readings.Healed($"file {i}");
        }

        Assert.Equal(11, told.Count);
    }

    [Theory]
    [InlineData(1, CompressionMode.Auto)]
    [InlineData(2, CompressionMode.Auto)]
    [InlineData(2, CompressionMode.Off)]
    public void A_bit_that_flips_in_memory_between_hash_and_seal_is_noticed(int version, CompressionMode mode)
    {
        using MasterKey key = MasterKey.Generate();
        using BlobEncoder encoder = new();
        ContentId id = ContentId.Of(Content);
        Assert.NotEqual(0, encoder.Encode(key, version, BlobType.Data, id, mode, Content, out _).Length);
        for (int bit = 0; bit < Content.Length * 8; bit += 9_973)
        {
            byte[] flipped = [.. Content];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            RepositoryException error = Assert.Throws<RepositoryException>(() => encoder.Encode(key, version, BlobType.Data, id, mode, flipped, out _).ToArray());
            Assert.Equal(RepositoryErrorKind.Damaged, error.Kind);
        }
    }

    private static async Task<MemoryBackend> WithBlobAsync()
    {
        MemoryBackend memory = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(memory);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        WriteSession session = indexed.BeginWrite(new WriteOptions());
        await using (session.ConfigureAwait(false))
        {
            await session.SaveBlobAsync(BlobType.Data, Content, CancellationToken.None);
            await session.FlushAsync(CancellationToken.None);
        }

        return memory;
    }

    private static async Task<byte[]> ReadAsync(IBackend storage, Action<string> notice)
    {
        using OpenRepository repository = await Repository.OpenAsync(
            storage, System.Text.Encoding.UTF8.GetBytes(SmallRepository.Password), new OpenOptions { Notice = notice }, CancellationToken.None);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        return await indexed.LoadBlobAsync(new BlobHandle(BlobType.Data, ContentId.Of(Content)), CancellationToken.None);
    }

    private static async Task<List<FileHandle>> FilesAsync(IBackend backend)
    {
        List<FileHandle> files = [FileHandle.Config];
        foreach (FileType type in (FileType[])[FileType.Key, FileType.Index, FileType.Pack])
        {
            files.AddRange(await backend.ListAsync(type, CancellationToken.None).Select(file => new FileHandle(type, file.Name)).ToListAsync());
        }

        return files;
    }
}
