using CsCheck;
using Sots.Restic.Backends;
using Sots.Restic.Crypto;
using Sots.Restic.Tests.Maintenance;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Restic.Tests.Writing;

/// <summary>Where the storage takes packs in pieces nobody holds them in memory, and nothing else is different.</summary>
public sealed class PacksInPiecesTests : IDisposable
{
    private const int PieceBytes = 4096, PackBytes = 40_000;

    private static readonly WriteOptions Options = new() { PackSizeBytes = PackBytes, PieceBytes = PieceBytes, Compression = CompressionMode.Off };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Blobs_of_any_lengths_come_back_and_the_repository_is_whole() =>
        Gen.OneOf(Gen.Int[1, 200], Gen.Int[PieceBytes - 100, PieceBytes + 100], Gen.Int[PackBytes - 100, PackBytes + 100], Gen.Int[1, 9000]).Array[1, 40]
            .SampleAsync(
                async lengths =>
                {
                    using TempFolder folder = new();
                    using LocalBackend backend = new(folder["repo"]);
                    using OpenRepository repository = await CreateAsync(backend);
                    List<byte[]> contents = [.. lengths.Select(static (length, i) => SplitMix.Bytes((ulong)i, length))];
                    await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(Options))
                    {
                        await Task.WhenAll(contents.Select(content => session.SaveBlobAsync(BlobType.Data, content, CancellationToken.None).AsTask()));
                        await session.FlushAsync(CancellationToken.None);
                    }

                    IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
                    foreach (byte[] content in contents)
                    {
                        Assert.Equal(content, await indexed.LoadBlobAsync(new BlobHandle(BlobType.Data, ContentId.Of(content)), CancellationToken.None));
                    }

                    (await CheckRun.OfAsync(repository)).AssertClean();
                    Assert.All(FilesOf(folder["repo", "data"]), static file => Assert.DoesNotContain("-tmp-", file, StringComparison.Ordinal));
                },
                iter: 25);

    [Fact]
    public async Task A_pack_holds_one_piece_in_memory_however_large_it_is()
    {
        using LocalBackend backend = new(_folder["repo"]);
        using OpenRepository repository = await CreateAsync(backend);
        await using WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(Options with { PackChoice = static _ => 0 });
        await SaveAsync(session, count: 12, length: 3000);

        // 36 of the 40 KB of a pack are there; all but the last piece is written.
        string open = Assert.Single(FilesOf(_folder["repo", "data"]));
        Assert.StartsWith("pack-tmp-", Path.GetFileName(open), StringComparison.Ordinal);
        Assert.InRange(new FileInfo(open).Length, (12 * 3000) - PieceBytes, 12 * 3032);
        Assert.Equal(1, session.PacksInMemory);
        await session.FlushAsync(CancellationToken.None);
        Assert.Equal(64, Path.GetFileName(Assert.Single(FilesOf(_folder["repo", "data"]))).Length);
        Assert.Equal(0, session.PacksInMemory);
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(1, 5)]
    [InlineData(5, 1)]
    [InlineData(1, 1)]
    public async Task Two_packs_that_fit_together_become_one(int first, int second)
    {
        using LocalBackend backend = new(_folder["repo"]);
        using OpenRepository repository = await CreateAsync(backend);
        int saved = 0;
        await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(Options with { PackChoice = _ => saved++ < first ? 0 : 1 }))
        {
            await SaveAsync(session, first + second, 3000);
            await session.FlushAsync(CancellationToken.None);
        }

        Assert.Single(FilesOf(_folder["repo", "data"]));
        (await CheckRun.OfAsync(repository)).AssertClean();
    }

    [Fact]
    public async Task What_reads_otherwise_than_it_was_written_is_not_copied_into_another_pack()
    {
        using LocalBackend disk = new(_folder["repo"]);
        using LyingPacks backend = new(disk);
        using OpenRepository repository = await CreateAsync(backend);
        int saved = 0;
        await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(Options with { PackChoice = _ => saved++ < 5 ? 0 : 1 }))
        {
            await SaveAsync(session, count: 10, length: 3000);
            RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => session.FlushAsync(CancellationToken.None));
            Assert.Equal(RepositoryErrorKind.Damaged, e.Kind);
            Assert.Contains("reads otherwise", e.Message, StringComparison.Ordinal);
        }

        Assert.Empty(FilesOf(_folder["repo", "data"]));
    }

    [Theory]
    [InlineData(BackendOperation.BeginPack)]
    [InlineData(BackendOperation.Save)]
    public async Task A_failure_ends_the_session_and_leaves_no_file(BackendOperation operation)
    {
        using LocalBackend disk = new(_folder["repo"]);
        using FaultyBackend backend = new(disk);
        using OpenRepository repository = await CreateAsync(backend);
        await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(Options))
        {
            await SaveAsync(session, count: 1, length: 3000);
            backend.Fails = (_, call) => call.Operation == operation && call.File.Type == FileType.Pack;
            await Assert.ThrowsAsync<RepositoryException>(async () =>
            {
                await SaveAsync(session, count: 20, length: 3000, seed: 100);
                await session.FlushAsync(CancellationToken.None);
            });
            await Assert.ThrowsAsync<RepositoryException>(() => session.FlushAsync(CancellationToken.None));
        }

        Assert.All(FilesOf(_folder["repo", "data"]), static file => Assert.DoesNotContain("-tmp-", file, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_that_is_given_up_leaves_no_file()
    {
        using LocalBackend backend = new(_folder["repo"]);
        using OpenRepository repository = await CreateAsync(backend);
        await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(Options))
        {
            await SaveAsync(session, count: 8, length: 3000);
            Assert.NotEmpty(FilesOf(_folder["repo", "data"]));
            await session.AbandonAsync();
        }

        Assert.Empty(FilesOf(_folder["repo", "data"]));
    }

    [Fact]
    public async Task A_piece_that_the_disk_refuses_for_a_moment_is_written_again()
    {
        FailingOnce files = new(DurableFiles.OfThisSystem);
        List<string> told = [];
        using RetryBackend backend = new(new LocalBackend(_folder["repo"], files), new HurriedTime(), new Random(1), told.Add);
        using OpenRepository repository = await CreateAsync(backend);
        await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(Options))
        {
            await SaveAsync(session, count: 2, length: 3000);
            files.IsArmed = true;
            await SaveAsync(session, count: 8, length: 3000, seed: 100);
            await session.FlushAsync(CancellationToken.None);
        }

        Assert.Contains("trying again", Assert.Single(told), StringComparison.Ordinal);
        (await CheckRun.OfAsync(repository)).AssertClean();
    }

    [Fact]
    public async Task Restic_accepts_packs_in_pieces_and_passes_over_what_was_left_unfinished()
    {
        Assert.SkipUnless(ResticBinaries.All, ResticBinaries.Absent);
        using LocalBackend backend = new(_folder["repo"]);
        using OpenRepository repository = await CreateAsync(backend);
        await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(Options))
        {
            await SaveAsync(session, count: 40, length: 5000);
            await session.FlushAsync(CancellationToken.None);
        }

        await File.WriteAllTextAsync(_folder["repo", "data", "00", "pack-tmp-5"], "begun");
        await ResticChecks.AcceptsAsync(_folder["repo"], "secret");
    }

    private static async Task SaveAsync(WriteSession session, int count, int length, int seed = 0)
    {
        for (int i = 0; i < count; i++)
        {
            await session.SaveBlobAsync(BlobType.Data, SplitMix.Bytes((ulong)(seed + i), length), CancellationToken.None);
        }
    }

    private static string[] FilesOf(string folder) => Directory.GetFiles(folder, "*", SearchOption.AllDirectories);

    private static Task<OpenRepository> CreateAsync(IBackend backend) => Repository.CreateAsync(
        backend, "secret"u8.ToArray(), new CreateOptions { Scrypt = new ScryptParameters(16, 1, 1), Created = new NodeTime(1_700_000_000, 5, 0) }, CancellationToken.None);

    /// <summary>Gives back other bytes than were written to a pack that grows.</summary>
    private sealed class LyingPacks(IBackend inner) : InterceptedBackend(inner), IBackend
    {
        IGrowingFile IBackend.BeginPack(CancellationToken cancellationToken) => new LyingFile(base.BeginPack(cancellationToken));

        protected override object? Before(BackendCall call) => null;

        protected override void After(BackendCall call, object? before)
        {
        }

        private sealed class LyingFile(IGrowingFile inner) : IGrowingFile
        {
            public long Length => inner.Length;

            public void Append(ReadOnlySpan<byte> bytes) => inner.Append(bytes);

            public void ReadBack(long offset, Span<byte> destination)
            {
                inner.ReadBack(offset, destination);
                destination[^1] ^= 1;
            }

            public ValueTask PublishAsync(FileHandle file, CancellationToken cancellationToken) => inner.PublishAsync(file, cancellationToken);

            public void Dispose() => inner.Dispose();
        }
    }

    /// <summary>Refuses one write, once it is armed.</summary>
    private sealed class FailingOnce(IDurableFiles inner) : IDurableFiles
    {
        public bool IsArmed { get; set; }

        public string FullForm(string path) => inner.FullForm(path);

        public long? FindLength(string path) => inner.FindLength(path);

        public bool IsGroupReadable(string path) => inner.IsGroupReadable(path);

        public bool IsOnLocalDisk(string folder) => true;

        public Microsoft.Win32.SafeHandles.SafeFileHandle OpenForReading(string path, out long length) => inner.OpenForReading(path, out length);

        public bool CreateFolder(string path, bool forGroup) => inner.CreateFolder(path, forGroup);

        public Microsoft.Win32.SafeHandles.SafeFileHandle CreateNew(string path, long length) => inner.CreateNew(path, length);

        public void Write(Microsoft.Win32.SafeHandles.SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
        {
            if (IsArmed)
            {
                IsArmed = false;
                inner.Write(file, bytes[..(bytes.Length / 2)], offset);
                throw new IOException("injected", 5);
            }

            inner.Write(file, bytes, offset);
        }

        public bool Flush(Microsoft.Win32.SafeHandles.SafeFileHandle file) => inner.Flush(file);

        public void Close(Microsoft.Win32.SafeHandles.SafeFileHandle file) => inner.Close(file);

        public void Rename(string from, string to) => inner.Rename(from, to);

        public void FlushFolder(string path) => inner.FlushFolder(path);

        public void MakeReadOnly(string path, bool forGroup) => inner.MakeReadOnly(path, forGroup);

        public void Remove(string path) => inner.Remove(path);

        public RepositoryErrorKind KindOf(int error) => inner.KindOf(error);
    }
}
