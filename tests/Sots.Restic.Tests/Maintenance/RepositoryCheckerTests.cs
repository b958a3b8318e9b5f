using System.Buffers;
using Sots.Restic.Backends;
using Sots.Restic.Crypto;
using Sots.Restic.Index;
using Sots.Restic.Maintenance;
using Sots.Restic.Packs;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Restic.Tests.Maintenance;

public class RepositoryCheckerTests
{
    [Fact]
    public async Task The_same_pack_in_two_index_files_is_a_hint()
    {
        using OpenRepository repository = await WithPackAsync(4);
        IndexedPack pack = await OnlyPackAsync(repository);
        await repository.SaveUnpackedAsync(FileType.Index, IndexFile.Write([pack]), CancellationToken.None);
        CheckRun run = await CheckRun.OfAsync(repository);
        run.AssertClean();
        Assert.Equal([FindingKind.PackIndexedTwice], Kinds(run));
        Assert.True(run.Report.SuggestRepairIndex);
    }

    [Fact]
    public async Task A_pack_split_over_two_index_files_is_an_error_and_nothing_else_is()
    {
        using OpenRepository repository = await WithPackAsync(4);
        IndexedPack pack = await OnlyPackAsync(repository);
        await ReplaceIndexAsync(repository, [pack with { Blobs = [.. pack.Blobs.Take(2)] }], [pack with { Blobs = [.. pack.Blobs.Skip(2)] }]);
        CheckRun run = await CheckRun.OfAsync(repository);
        Assert.Equal([FindingKind.PackIndexedDifferently], Kinds(run));
        Assert.Equal([pack.Id], run.Report.BrokenPacks);
    }

    [Fact]
    public async Task A_pack_listed_with_fewer_blobs_elsewhere_is_an_error()
    {
        using OpenRepository repository = await WithPackAsync(4);
        IndexedPack pack = await OnlyPackAsync(repository);
        await repository.SaveUnpackedAsync(FileType.Index, IndexFile.Write([pack with { Blobs = [.. pack.Blobs.Take(3)] }]), CancellationToken.None);
        Assert.Equal([FindingKind.PackIndexedDifferently], Kinds(await CheckRun.OfAsync(repository)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_gap_or_an_overlap_in_the_index_is_found_without_reading_data(int shift)
    {
        using OpenRepository repository = await WithPackAsync(3);
        IndexedPack pack = await OnlyPackAsync(repository);
        PackedBlob moved = pack.Blobs[1] with { Offset = (uint)(pack.Blobs[1].Offset + shift) };
        await ReplaceIndexAsync(repository, [pack with { Blobs = [pack.Blobs[0], moved, pack.Blobs[2]] }]);
        Assert.Equal([FindingKind.PackLayout], Kinds(await CheckRun.OfAsync(repository, PackSubset.None)));
    }

    [Fact]
    public async Task A_reading_that_was_bad_once_is_told_from_damage()
    {
        using MemoryBackend memory = new();
        using GarblingBackend backend = new(memory);
        using OpenRepository repository = await WithPackAsync(4, backend);
        backend.GarbleNext = true;
        CheckRun run = await CheckRun.OfAsync(repository);
        Assert.Equal([FindingKind.PackUnstable], Kinds(run));
        Assert.Empty(run.Report.BrokenPacks);
    }

    [Fact]
    public async Task A_storage_that_fails_to_hand_out_a_pack_is_a_finding_and_the_rest_is_checked()
    {
        using FaultyBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await WithPackAsync(4, backend);
        await SavePackAsync(repository, 50, 3);
        PackId bad = (await OnlyPackAsync(repository, first: true)).Id;
        backend.Fails = (_, call) => call.File == FileHandle.Of(bad) && call.Operation == BackendOperation.LoadRange;
        CheckRun run = await CheckRun.OfAsync(repository);
        Assert.Equal([FindingKind.PackUnreadable], Kinds(run));
        Assert.Contains(bad.ToString(), run.Findings[0].Message, StringComparison.Ordinal);
        Assert.Empty(run.Report.BrokenPacks);
        Assert.Equal(2, run.PacksRead);
    }

    [Theory]
    [InlineData(FileType.Key)]
    [InlineData(FileType.Snapshot)]
    [InlineData(FileType.Index)]
    [InlineData(FileType.Pack)]
    public async Task A_listing_that_fails_is_no_finding_but_an_error(FileType type)
    {
        using FaultyBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await WithPackAsync(2, backend);
        backend.Fails = (_, call) => call.Operation == BackendOperation.List && call.File.Type == type;
        Assert.Equal(RepositoryErrorKind.Storage, (await Assert.ThrowsAsync<RepositoryException>(() => CheckRun.OfAsync(repository))).Kind);
    }

    [Fact]
    public async Task A_cancelled_check_ends_at_the_next_call_wherever_it_is()
    {
        using FaultyBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await WithTreesAsync(3, backend);
        int calls = backend.CallCount;
        (await CheckRun.OfAsync(repository)).AssertClean();
        int needed = backend.CallCount - calls;
        Assert.InRange(needed, 8, 50);
        for (int k = 1; k <= needed; k++)
        {
            using CancellationTokenSource cancel = new();
            int stop = backend.CallCount + k;
            backend.Fails = (number, _) =>
            {
                if (number == stop)
                {
                    cancel.Cancel();
                }

                return false;
            };
            RepositoryChecker checker = new(repository, PackSubset.All, new CheckRun());
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => checker.RunAsync(cancel.Token));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(20_032)]
    [InlineData(45_000)]
    [InlineData(100_000)]
    [InlineData(100_500)]
    public async Task Packs_longer_than_a_piece_are_verified_like_others(int pieceLength)
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await CreateAsync(backend);
        await SavePackAsync(repository, [.. Enumerable.Range(0, 5).Select(i => SplitMix.Bytes((ulong)i, 20_000))]);
        PackId pack = (await OnlyPackAsync(repository)).Id;
        byte[] content = await backend.LoadAsync(FileHandle.Of(pack), 1 << 30, CancellationToken.None);
        (await CheckRun.OfAsync(repository, null, pieceLength)).AssertClean();

        // Inside the first, third and last blob; in the header; in its length.
        const string Header = "5 of the 5 blobs that the index has in it are intact";
        foreach ((int at, string said) in new[] { (50, "data blob"), (50_000, "data blob"), (100_100, "data blob"), (content.Length - 50, Header), (content.Length - 3, Header) })
        {
            content[at] ^= 4;
            await backend.SaveAsync(FileHandle.Of(pack), content, CancellationToken.None);
            CheckRun run = await CheckRun.OfAsync(repository, null, pieceLength);
            Assert.Equal([FindingKind.PackDamaged], Kinds(run));
            Assert.Contains("unexpected pack id", run.Findings[0].Message, StringComparison.Ordinal);
            Assert.Contains(said, run.Findings[0].Message, StringComparison.Ordinal);
            Assert.Contains("two readings gave the same bytes", run.Findings[0].Message, StringComparison.Ordinal);
            Assert.Equal([pack], run.Report.BrokenPacks);
            content[at] ^= 4;
        }
    }

    [Fact]
    public async Task Directories_may_nest_as_deep_as_the_limit_and_no_deeper()
    {
        using OpenRepository fits = await WithTreesAsync(Limits.TreeDepth);
        (await CheckRun.OfAsync(fits, PackSubset.None)).AssertClean();
        using OpenRepository tooDeep = await WithTreesAsync(Limits.TreeDepth + 1);
        CheckRun run = await CheckRun.OfAsync(tooDeep, PackSubset.None);
        Assert.Equal([FindingKind.TreeTooDeep], Kinds(run));
        Assert.InRange(run.Findings[0].Message.Length, 100, 10_000);
    }

    [Fact]
    public async Task A_damaged_key_of_somebody_else_is_found()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await WithPackAsync(2, backend);
        byte[] broken = SplitMix.Bytes(1, 300);
        await backend.SaveAsync(FileHandle.Of(new KeyId(ContentId.Of(broken))), broken, CancellationToken.None);
        Assert.Equal([FindingKind.KeyUnreadable], Kinds(await CheckRun.OfAsync(repository)));
    }

    [Fact]
    public async Task A_tree_that_is_intact_in_another_pack_takes_nothing_with_it()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await WithTreesAsync(3, backend);
        IndexedPack pack = await OnlyPackAsync(repository);
        byte[] content = await backend.LoadAsync(FileHandle.Of(pack.Id), 1 << 30, CancellationToken.None);

        // The same trees once more, under a header of their own, then damage in the first pack.
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        List<(BlobType, byte[])> trees = [];
        foreach (PackedBlob blob in pack.Blobs)
        {
            trees.Add((blob.Type, await indexed.LoadBlobAsync(blob.Handle, CancellationToken.None)));
        }

        await SavePackAsync(repository, trees);
        content[pack.Blobs[1].Offset + 20] ^= 1;
        await backend.SaveAsync(FileHandle.Of(pack.Id), content, CancellationToken.None);
        CheckRun run = await CheckRun.OfAsync(repository, PackSubset.None);
        Assert.All(run.Findings, finding => Assert.Contains("is intact", finding.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(run.Findings, finding => finding.Message.Contains("is lost", StringComparison.Ordinal) && !finding.Message.Contains("nothing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lost_tree_is_named_with_the_path_and_the_snapshot_it_was_met_in()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await WithTreesAsync(2, backend);
        IndexedPack pack = await OnlyPackAsync(repository);
        await ReplaceIndexAsync(repository, [pack with { Blobs = [.. pack.Blobs.Skip(1)] }]);
        SnapshotListing listing = await repository.LoadSnapshotsAsync(CancellationToken.None);
        CheckRun run = await CheckRun.OfAsync(repository, PackSubset.None);
        Finding missing = run.Findings.Single(finding => finding.Kind == FindingKind.TreeMissing);
        Assert.Contains($"/d/d in snapshot {listing.Snapshots[0].Id.Value.ToShortString()}", missing.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<FindingKind> Kinds(CheckRun run) => run.Findings.Select(finding => finding.Kind);

    private static Task<OpenRepository> CreateAsync(IBackend backend) => Repository.CreateAsync(
        backend, "secret"u8.ToArray(), new CreateOptions { Scrypt = new ScryptParameters(16, 1, 1) }, CancellationToken.None);

    private static async Task<OpenRepository> WithPackAsync(int blobs, IBackend? backend = null)
    {
        OpenRepository repository = await CreateAsync(backend ?? new MemoryBackend());
        await SavePackAsync(repository, 0, blobs);
        return repository;
    }

    private static Task SavePackAsync(OpenRepository repository, int firstSeed, int blobs) =>
        SavePackAsync(repository, [.. Enumerable.Range(firstSeed, blobs).Select(seed => SplitMix.Bytes((ulong)seed, 2000 + seed))]);

    private static Task SavePackAsync(OpenRepository repository, List<byte[]> contents) =>
        SavePackAsync(repository, [.. contents.Select(content => (BlobType.Data, content))]);

    /// <summary>Makes one pack and its index by hand.</summary>
    private static async Task SavePackAsync(OpenRepository repository, List<(BlobType Type, byte[] Content)> contents)
    {
        PackBuilder builder = new([]);
        using BlobEncoder encoder = new();
        foreach ((BlobType type, byte[] content) in contents)
        {
            ReadOnlySpan<byte> box = encoder.Encode(repository.Key, 2, type, ContentId.Of(content), CompressionMode.Off, content, out uint length);
            builder.Append(type, ContentId.Of(content), box, length);
        }

        FinishedPack pack = builder.Finish(repository.Key);
        await repository.Backend.SaveAsync(FileHandle.Of(pack.Id), pack.Content, CancellationToken.None);
        await repository.SaveUnpackedAsync(FileType.Index, IndexFile.Write([new IndexedPack(pack.Id, pack.Blobs)]), CancellationToken.None);
    }

    /// <summary>A snapshot whose root has a directory that has a directory, and so on: one tree more than <paramref name="depth"/>.</summary>
    private static async Task<OpenRepository> WithTreesAsync(int depth, IBackend? backend = null)
    {
        OpenRepository repository = await CreateAsync(backend ?? new MemoryBackend());
        List<(BlobType, byte[])> trees = [];
        TreeId tree = default;
        for (int level = 0; level <= depth; level++)
        {
            ArrayBufferWriter<byte> json = new();
            TreeCodec.Write(
                level == 0 ? [] : [new Node { Name = [.. "d"u8], Type = NodeType.Directory, Mode = NodeMode.Directory | 493, Subtree = tree }], json);
            tree = new TreeId(ContentId.Of(json.WrittenSpan));
            trees.Add((BlobType.Tree, json.WrittenSpan.ToArray()));
        }

        await SavePackAsync(repository, trees);
        await repository.SaveUnpackedAsync(
            FileType.Snapshot, SnapshotCodec.Write(new Snapshot { Time = new NodeTime(1_700_000_000, 0, 0), Tree = tree, Paths = ["/d"] }), CancellationToken.None);
        return repository;
    }

    private static async Task<IndexedPack> OnlyPackAsync(OpenRepository repository, bool first = false)
    {
        IReadOnlyDictionary<PackId, List<PackedBlob>> packs = (await repository.LoadIndexAsync(CancellationToken.None)).Index.ByPack();
        (PackId id, List<PackedBlob> blobs) = first ? packs.First() : packs.Single();
        return new IndexedPack(id, blobs);
    }

    private static async Task ReplaceIndexAsync(OpenRepository repository, params IndexedPack[][] files)
    {
        foreach (StoredFile old in await repository.Backend.ListAsync(FileType.Index, CancellationToken.None).ToListAsync())
        {
            await repository.Backend.RemoveAsync(new FileHandle(FileType.Index, old.Name), CancellationToken.None);
        }

        foreach (IndexedPack[] packs in files)
        {
            await repository.SaveUnpackedAsync(FileType.Index, IndexFile.Write(packs), CancellationToken.None);
        }
    }

    /// <summary>Hands out one pack with a wrong bit, once.</summary>
    private sealed class GarblingBackend(IBackend inner) : IBackend
    {
        public bool GarbleNext { get; set; }

        public string Location => inner.Location;

        public int Connections => inner.Connections;

        public ValueTask CreateLayoutAsync(CancellationToken cancellationToken) => inner.CreateLayoutAsync(cancellationToken);

        public ValueTask SaveAsync(FileHandle file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            inner.SaveAsync(file, content, cancellationToken);

        public ValueTask<byte[]> LoadAsync(FileHandle file, long maxLength, CancellationToken cancellationToken) =>
            inner.LoadAsync(file, maxLength, cancellationToken);

        public async ValueTask LoadRangeAsync(FileHandle file, long offset, Memory<byte> destination, CancellationToken cancellationToken)
        {
            await inner.LoadRangeAsync(file, offset, destination, cancellationToken);
            if (GarbleNext && file.Type == FileType.Pack)
            {
                GarbleNext = false;
                destination.Span[destination.Length / 2] ^= 1;
            }
        }

        public ValueTask<long?> FindLengthAsync(FileHandle file, CancellationToken cancellationToken) => inner.FindLengthAsync(file, cancellationToken);

        public IAsyncEnumerable<StoredFile> ListAsync(FileType type, CancellationToken cancellationToken) => inner.ListAsync(type, cancellationToken);

        public ValueTask RemoveAsync(FileHandle file, CancellationToken cancellationToken) => inner.RemoveAsync(file, cancellationToken);

        public void Dispose() => inner.Dispose();
    }
}
