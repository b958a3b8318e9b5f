using Sots.Restic.Backends;
using Sots.Restic.Index;
using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Packs;
using Sots.Restic.Tests.Maintenance.Pruning;
using Sots.Testing;
using static Sots.Restic.Tests.Maintenance.Pruning.PruneRepository;

namespace Sots.Restic.Tests.Maintenance.Repairing;

public class IndexRepairTests
{
    /// <summary>The map of blobs to places is the same afterwards, whatever an index file lost, tells twice or splits.</summary>
    [Fact]
    public async Task A_repaired_index_names_exactly_what_the_packs_hold()
    {
        for (ulong seed = 1; seed <= 12; seed++)
        {
            using MemoryBackend backend = new();
            using OpenRepository repository = await SmallRepository.CreateAsync(backend);
            await FillAsync(repository, seed, 4);
            HashSet<(PackId, PackedBlob)> before = await MapAsync(repository);
            await SpoilAsync(backend, repository, new Random((int)seed));
            IndexRepairPlan plan = await Repairs.IndexAsync(repository);
            Assert.False(plan.IsEmpty);
            Assert.Equal(before.Order(Comparer), (await MapAsync(repository)).Order(Comparer));
            CheckRun check = await CheckRun.OfAsync(repository);
            check.AssertClean();
            Assert.Equal(0, check.Report.Hints);
            Assert.True((await IndexRepairer.PlanAsync(repository, readAllPacks: true, new PruneTale(), CancellationToken.None)).IsEmpty);
        }
    }

    [Fact]
    public async Task An_index_that_is_right_is_left_as_it_is()
    {
        using RecordingBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await FillAsync(repository, 3, 3);
        int calls = backend.Calls.Count;
        IndexRepairPlan plan = await Repairs.IndexAsync(repository, readAllPacks: true);
        Assert.True(plan.IsEmpty);
        Assert.Empty(plan.Changes);
        Assert.DoesNotContain(backend.Calls.Skip(calls), call => call.Operation is BackendOperation.Save or BackendOperation.Remove);
    }

    /// <summary>The order of docs/CRASH-SAFETY.md, as the backend sees it.</summary>
    [Fact]
    public async Task A_new_index_file_is_stored_and_read_again_before_an_old_one_goes_and_no_pack_is_touched()
    {
        using RecordingBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await FillAsync(repository, 3, 3);
        await SpoilAsync(backend, repository, new Random(1));
        int calls = backend.Calls.Count;
        await Repairs.IndexAsync(repository);
        List<BackendCall> made = [.. backend.Calls.Skip(calls)];
        FileHandle written = Assert.Single(made, call => call.Operation == BackendOperation.Save).File;
        int stored = made.FindIndex(call => call.Operation == BackendOperation.Save);
        int readAgain = made.FindLastIndex(call => call.Operation == BackendOperation.Load && call.File == written);
        int firstRemoval = made.FindIndex(call => call.Operation == BackendOperation.Remove);
        Assert.True(stored < readAgain && readAgain < firstRemoval, $"{stored} {readAgain} {firstRemoval}");
        Assert.All(made.Where(call => call.Operation is BackendOperation.Save or BackendOperation.Remove), call => Assert.Equal(FileType.Index, call.File.Type));
    }

    [Fact]
    public async Task A_listing_that_leaves_out_a_pack_does_not_make_the_index_forget_it()
    {
        using MemoryBackend inner = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(inner);
        await FillAsync(repository, 3, 3);
        PackId hidden = (await PacksAsync(inner))[0];
        using ShortListing backend = new(inner, hidden);
        using OpenRepository looking = await SmallRepository.OpenAsync(backend);
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => Repairs.IndexAsync(looking));
        Assert.Equal(RepositoryErrorKind.Storage, e.Kind);
        Assert.Contains(hidden.ToString(), e.Message, StringComparison.Ordinal);
        (await CheckRun.OfAsync(repository)).AssertClean();
    }

    [Fact]
    public async Task Where_no_pack_is_there_at_all_nothing_is_changed()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await FillAsync(repository, 3, 2);
        foreach (PackId pack in await PacksAsync(backend))
        {
            await backend.RemoveAsync(FileHandle.Of(pack), CancellationToken.None);
        }

        HashSet<(PackId, PackedBlob)> before = await MapAsync(repository);
        Assert.Equal(RepositoryErrorKind.Missing, (await Assert.ThrowsAsync<RepositoryException>(() => Repairs.IndexAsync(repository))).Kind);
        Assert.Equal(before.Order(Comparer), (await MapAsync(repository)).Order(Comparer));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_index_says_of_a_pack_without_a_readable_header_is_kept_to_salvage_it(bool readAllPacks)
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await FillAsync(repository, 3, 3);
        List<KeyValuePair<FileHandle, byte[]>> files = await VectorRepository.FilesAsync(backend);
        (FileHandle pack, byte[] content) = files.Where(file => file.Key.Type == FileType.Pack).MaxBy(file => file.Value.Length);
        await backend.SaveAsync(pack, content.AsMemory(0, content.Length - 50), CancellationToken.None);
        HashSet<(PackId, PackedBlob)> before = await MapAsync(repository);
        IndexRepairPlan plan = await Repairs.IndexAsync(repository, readAllPacks);
        Assert.Equal([new PackId(pack.Name)], plan.PacksTo(IndexChangeKind.LeaveDamaged));
        Assert.Equal(before.Order(Comparer), (await MapAsync(repository)).Order(Comparer));
    }

    [Fact]
    public async Task A_lost_lock_stops_a_repair_before_the_next_thing_is_written_or_removed()
    {
        for (int held = 0; ; held++)
        {
            using RecordingBackend backend = new(new MemoryBackend());
            using OpenRepository repository = await SmallRepository.CreateAsync(backend);
            await FillAsync(repository, 3, 3);
            await SpoilAsync(backend, repository, new Random(1));
            int asked = 0;
            int calls = backend.Calls.Count;
            IndexRepairPlan plan = await IndexRepairer.PlanAsync(repository, false, new PruneTale(), CancellationToken.None);
            try
            {
                await IndexRepairer.ExecuteAsync(
                    repository, plan, _ => asked++ >= held ? throw new RepositoryException(RepositoryErrorKind.LockLost, "lost") : ValueTask.CompletedTask,
                    new PruneTale(), CancellationToken.None);
                Assert.InRange(held, 3, 20);
                return;
            }
            catch (RepositoryException e)
            {
                Assert.Equal(RepositoryErrorKind.LockLost, e.Kind);
            }

            // What is written is asked about before and afterwards; where the second answer is no, it is taken back.
            List<BackendCall> changes = [.. backend.Calls.Skip(calls).Where(static call => call.Operation is BackendOperation.Save or BackendOperation.Remove)];
            if (changes is [.., { Operation: BackendOperation.Save } last, { Operation: BackendOperation.Remove } back] && last.File == back.File)
            {
                changes.RemoveRange(changes.Count - 2, 2);
            }

            Assert.InRange(held - changes.Sum(static call => call.Operation == BackendOperation.Save ? 2 : 1), 0, 1);
        }
    }

    [Fact]
    public async Task No_new_index_file_has_more_blobs_than_a_full_one_and_a_pack()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        PackedBlob[] blobs = [.. Enumerable.Range(0, 1000).Select(i => new PackedBlob(BlobType.Data, ContentId.Of(BitConverter.GetBytes(i)), (uint)i * 100, 100, 0))];
        MasterIndex index = new();
        for (int pack = 0; pack < 120; pack++)
        {
            Array.ForEach(blobs, blob => index.Add(new PackId(ContentId.Of(BitConverter.GetBytes(pack + 5_000_000))), blob));
        }

        Sots.Restic.Maintenance.Pruning.IndexSurvey survey = new(index, []);
        IndexReplacement replacement = new(survey, new(index), [], new Dictionary<PackId, List<PackedBlob>>(), []);
        Assert.Equal(3, replacement.NewFiles);
        await replacement.RunAsync(repository, static _ => ValueTask.CompletedTask, new PruneTale(), CancellationToken.None);
        Sots.Restic.Maintenance.Pruning.IndexSurvey written = await Sots.Restic.Maintenance.Pruning.IndexSurvey.LoadAsync(repository, CancellationToken.None);
        Assert.Equal([20_000, 50_000, 50_000], written.Files.Select(file => file.Blobs).Order());
        Assert.Equal(index.Count, written.Index.Count);
    }

    /// <summary>Takes an index file away, splits a pack of another over two files, and tells a third twice.</summary>
    private static async Task SpoilAsync(IBackend backend, OpenRepository repository, Random random)
    {
        List<IndexId> files = [.. (await backend.ListAsync(FileType.Index, CancellationToken.None).ToListAsync()).Select(file => new IndexId(file.Name)).Order()];
        List<List<IndexedPack>> content = [];
        foreach (IndexId file in files)
        {
            List<IndexedPack> packs = [];
            byte[] json = await repository.LoadUnpackedAsync(FileHandle.Of(file), Limits.IndexLength, CancellationToken.None);
            IndexFile.Read(json, 2, "index", (pack, blobs) => packs.Add(new IndexedPack(pack, [.. blobs])));
            content.Add(packs);
        }

        int lost = random.Next(files.Count);
        await backend.RemoveAsync(FileHandle.Of(files[lost]), CancellationToken.None);
        int split = (lost + 1) % files.Count;
        IndexedPack large = content[split].MaxBy(pack => pack.Blobs.Count)!;
        await backend.RemoveAsync(FileHandle.Of(files[split]), CancellationToken.None);
        int half = large.Blobs.Count / 2;
        await repository.SaveUnpackedAsync(
            FileType.Index, IndexFile.Write([.. content[split].Where(pack => pack != large), large with { Blobs = [.. large.Blobs.Take(half)] }]), CancellationToken.None);
        await repository.SaveUnpackedAsync(FileType.Index, IndexFile.Write([large with { Blobs = [.. large.Blobs.Skip(half)] }]), CancellationToken.None);
        await repository.SaveUnpackedAsync(FileType.Index, IndexFile.Write(content[(lost + 2) % files.Count]), CancellationToken.None);
    }

    private static async Task<HashSet<(PackId, PackedBlob)>> MapAsync(OpenRepository repository) =>
        [.. (await repository.LoadIndexAsync(CancellationToken.None)).Index.ByPack().SelectMany(pair => pair.Value.Select(blob => (pair.Key, blob)))];

    private static Comparer<(PackId Pack, PackedBlob Blob)> Comparer { get; } =
        Comparer<(PackId Pack, PackedBlob Blob)>.Create((a, b) => (a.Pack, a.Blob.Offset, a.Blob.Id).CompareTo((b.Pack, b.Blob.Offset, b.Blob.Id)));

    /// <summary>A storage whose listing leaves out one pack.</summary>
    private sealed class ShortListing(IBackend inner, PackId hidden) : IBackend
    {
        public string Location => inner.Location;

        public int Connections => inner.Connections;

        public ValueTask CreateLayoutAsync(CancellationToken cancellationToken) => inner.CreateLayoutAsync(cancellationToken);

        public ValueTask SaveAsync(FileHandle file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => inner.SaveAsync(file, content, cancellationToken);

        public ValueTask<byte[]> LoadAsync(FileHandle file, long maxLength, CancellationToken cancellationToken) => inner.LoadAsync(file, maxLength, cancellationToken);

        public ValueTask LoadRangeAsync(FileHandle file, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
            inner.LoadRangeAsync(file, offset, destination, cancellationToken);

        public ValueTask<long?> FindLengthAsync(FileHandle file, CancellationToken cancellationToken) => inner.FindLengthAsync(file, cancellationToken);

        public IAsyncEnumerable<StoredFile> ListAsync(FileType type, CancellationToken cancellationToken) =>
            inner.ListAsync(type, cancellationToken).Where(file => file.Name != hidden.Value);

        public ValueTask RemoveAsync(FileHandle file, CancellationToken cancellationToken) => inner.RemoveAsync(file, cancellationToken);

        public void Dispose()
        {
        }
    }
}
