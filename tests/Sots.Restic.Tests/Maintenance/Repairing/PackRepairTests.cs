using Sots.Restic.Backends;
using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Tests.Maintenance.Pruning;
using Sots.Testing;
using static Sots.Restic.Tests.Maintenance.Pruning.PruneRepository;

namespace Sots.Restic.Tests.Maintenance.Repairing;

public class PackRepairTests
{
    [Fact]
    public async Task What_is_intact_is_saved_whatever_is_damaged()
    {
        foreach (Func<byte[], byte[]> damage in (Func<byte[], byte[]>[])[Flip(50), FlipFromEnd(2), FlipFromEnd(60), Cut(1), Cut(500), Longer, CutInHalf])
        {
            using MemoryBackend backend = new();
            using OpenRepository repository = await SmallRepository.CreateAsync(backend);
            await FillAsync(repository, 7, 3);
            (FileHandle file, byte[] content) = await FullestPackAsync(backend, repository);
            await backend.SaveAsync(file, damage((byte[])content.Clone()), CancellationToken.None);
            HashSet<string> before = await Repairs.RestorableAsync(repository);
            PackRepairPlan plan = await Repairs.PacksAsync(repository, [new PackId(file.Name)]);
            Assert.False(Assert.Single(plan.Packs).IsWhole);
            Assert.True(plan.SavedBlobs > 0);
            Assert.Equal(before.Order(StringComparer.Ordinal), (await Repairs.RestorableAsync(repository)).Order(StringComparer.Ordinal));
            Assert.Null(await backend.FindLengthAsync(file, CancellationToken.None));
            CheckRun check = await CheckRun.OfAsync(repository);
            Assert.Empty(check.Report.BrokenPacks);
            Assert.Equal(plan.LostBlobs.Count == 0, check.Report.Errors == 0);
            Assert.Equal(plan.LostBlobs.Count > 0, plan.Losses.Count > 0);
        }
    }

    [Fact]
    public async Task A_pack_that_is_whole_is_left_alone()
    {
        using RecordingBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await FillAsync(repository, 7, 2);
        int calls = backend.Calls.Count;
        PackRepairPlan plan = await Repairs.PacksAsync(repository, await PacksAsync(backend));
        Assert.True(plan.IsEmpty);
        Assert.DoesNotContain(backend.Calls.Skip(calls), call => call.Operation is BackendOperation.Save or BackendOperation.Remove);
    }

    /// <summary>The order of docs/CRASH-SAFETY.md, as the backend sees it.</summary>
    [Fact]
    public async Task A_copy_of_the_damaged_pack_comes_first_then_new_packs_then_their_index_then_the_index_without_it_and_it_goes_last()
    {
        using RecordingBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await FillAsync(repository, 7, 3);
        (FileHandle file, byte[] content) = await FullestPackAsync(backend, repository);
        await backend.SaveAsync(file, Flip(50)(content), CancellationToken.None);
        PackRepairPlan plan = await PackRepairer.PlanAsync(repository, [new PackId(file.Name)], new PruneTale(), CancellationToken.None);
        int calls = backend.Calls.Count, callsAtCopy = -1;
        await PackRepairer.ExecuteAsync(
            repository,
            plan,
            (pack, _) =>
            {
                Assert.Equal(file.Name, pack.Value);
                callsAtCopy = backend.Calls.Count;
                return Repairs.Copied;
            },
            Repairs.Write,
            new PruneTale(),
            CancellationToken.None);
        Assert.Equal(calls, callsAtCopy);
        (BackendOperation, FileType)[] changes = [.. backend.Calls.Skip(calls)
            .Where(call => call.Operation is BackendOperation.Save or BackendOperation.Remove).Select(call => (call.Operation, call.File.Type))];
        (BackendOperation, FileType)[] order =
        [
            (BackendOperation.Save, FileType.Pack), (BackendOperation.Save, FileType.Index), (BackendOperation.Remove, FileType.Index), (BackendOperation.Remove, FileType.Pack),
        ];
        Assert.Equal(order, changes.Distinct());
        Assert.Equal(changes.OrderBy(change => Array.IndexOf(order, change)), changes);
    }

    [Fact]
    public async Task A_copy_that_cannot_be_kept_stops_the_repair_before_anything_is_changed()
    {
        using RecordingBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await FillAsync(repository, 7, 2);
        (FileHandle file, byte[] content) = await FullestPackAsync(backend, repository);
        await backend.SaveAsync(file, Flip(50)(content), CancellationToken.None);
        int calls = backend.Calls.Count;
        PackRepairPlan plan = await PackRepairer.PlanAsync(repository, [new PackId(file.Name)], new PruneTale(), CancellationToken.None);
        await Assert.ThrowsAsync<IOException>(() => PackRepairer.ExecuteAsync(
            repository, plan, static (_, _) => throw new IOException("full"), Repairs.Write, new PruneTale(), CancellationToken.None));
        Assert.DoesNotContain(backend.Calls.Skip(calls), call => call.Operation is BackendOperation.Save or BackendOperation.Remove);
    }

    /// <summary>When the plan is made the storage does not hand out the pack; when it is carried out, from the copy on, or only after it, it does.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pack_that_reads_better_than_it_did_for_the_plan_is_neither_forgotten_nor_removed(bool isCopied)
    {
        using FaultyBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await FillAsync(repository, 7, 3);
        FileHandle file = (await FullestPackAsync(backend, repository)).File;
        backend.Fails = (_, call) => call == new BackendCall(BackendOperation.LoadRange, file);
        PackRepairPlan plan = await PackRepairer.PlanAsync(repository, [new PackId(file.Name)], new PruneTale(), CancellationToken.None);
        Assert.False(Assert.Single(plan.Packs).IsReadable);
        Assert.NotEmpty(plan.LostBlobs);

        backend.Fails = static (_, _) => false;
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => PackRepairer.ExecuteAsync(
            repository, plan, (pack, _) => new(isCopied ? pack.Value : null), Repairs.Write, new PruneTale(), CancellationToken.None));
        Assert.Equal(RepositoryErrorKind.Storage, e.Kind);
        Assert.Contains("reads better now", e.Message, StringComparison.Ordinal);
        Assert.True((await PackRepairer.PlanAsync(repository, [new PackId(file.Name)], new PruneTale(), CancellationToken.None)).IsEmpty);
        (await CheckRun.OfAsync(repository)).AssertClean();
    }

    /// <summary>Everybody who wrote it had the key, so that its blobs may be wrong while its hash is right; a copy of it has that hash too.</summary>
    [Fact]
    public async Task A_pack_that_was_written_damaged_is_repaired_though_its_copy_has_the_hash_that_is_its_name()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await FillAsync(repository, 7, 2);
        (FileHandle file, byte[] content) = await FullestPackAsync(backend, repository);
        byte[] damaged = Flip(50)(content);
        PackId written = new(ContentId.Of(damaged));
        await backend.SaveAsync(FileHandle.Of(written), damaged, CancellationToken.None);
        await backend.RemoveAsync(file, CancellationToken.None);
        await Repairs.IndexAsync(repository);

        PackRepairPlan plan = await PackRepairer.PlanAsync(repository, [written], new PruneTale(), CancellationToken.None);
        Assert.Equal(1, Assert.Single(plan.Packs).DamagedBlobs);
        await PackRepairer.ExecuteAsync(repository, plan, static (pack, _) => new(pack.Value), Repairs.Write, new PruneTale(), CancellationToken.None);
        Assert.Null(await backend.FindLengthAsync(FileHandle.Of(written), CancellationToken.None));
    }

    [Fact]
    public async Task Packs_are_found_by_the_beginning_of_their_ids()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await FillAsync(repository, 7, 2);
        PackId pack = (await PacksAsync(backend))[0];
        Assert.Equal([pack], await PackRepairer.FindAsync(repository, [pack.ToString()[..20], pack.ToString().ToUpperInvariant()], CancellationToken.None));
        foreach (string word in (string[])["", "xyz", new string('0', 64)])
        {
            RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => PackRepairer.FindAsync(repository, [word], CancellationToken.None));
            Assert.Equal(RepositoryErrorKind.InvalidRequest, e.Kind);
        }
    }

    /// <summary>The pack with the most blobs.</summary>
    private static async Task<(FileHandle File, byte[] Content)> FullestPackAsync(IBackend backend, OpenRepository repository)
    {
        FileHandle file = FileHandle.Of((await repository.LoadIndexAsync(CancellationToken.None)).Index.ByPack().MaxBy(static pack => pack.Value.Count).Key);
        return (file, (await VectorRepository.FilesAsync(backend)).Single(f => f.Key.Equals(file)).Value);
    }

    private static Func<byte[], byte[]> Flip(int at) => content =>
    {
        content[at] ^= 1;
        return content;
    };

    private static Func<byte[], byte[]> FlipFromEnd(int at) => content => Flip(content.Length - at)(content);

    private static Func<byte[], byte[]> Cut(int length) => content => content[..^length];

    private static byte[] Longer(byte[] content) => [.. content, 1];

    private static byte[] CutInHalf(byte[] content) => content[..(content.Length / 2)];
}
