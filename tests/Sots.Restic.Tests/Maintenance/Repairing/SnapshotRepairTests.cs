using System.Buffers;
using System.Text;
using Sots.Restic.Backends;
using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Snapshots;
using Sots.Restic.Tests.Maintenance.Pruning;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;
using static Sots.Restic.Tests.Maintenance.Pruning.PruneRepository;

namespace Sots.Restic.Tests.Maintenance.Repairing;

public class SnapshotRepairTests
{
    [Fact]
    public async Task A_repaired_snapshot_stands_beside_the_old_one_says_so_and_names_it()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await DamagedAsync(backend);
        SavedSnapshot[] before = [.. (await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots];
        (SnapshotRepairPlan plan, SnapshotRepairResult result) = await Repairs.SnapshotsAsync(repository, forget: false);
        Assert.NotEmpty(plan.Repairs);
        Assert.Empty(result.Removed);
        foreach (SnapshotRepair repair in plan.Repairs)
        {
            Snapshot made = (await repository.LoadSnapshotAsync(result.Saved[repair.Snapshot.Id], CancellationToken.None)).Snapshot;
            Assert.Equal(repair.Snapshot.Id, made.Original);
            Assert.Equal([.. repair.Snapshot.Snapshot.Tags, "repaired"], made.Tags);
            Assert.Equal(repair.NewTree, made.Tree);
            Assert.Equal(repair.Snapshot.Snapshot.Time, made.Time);
            Assert.Contains(repair.Repairs, change => change is { IsLoss: true, Kind: NodeFaultKind.MissingContent, LostBytes: > 0 });
        }

        Assert.Superset(before.Select(saved => saved.Id).ToHashSet(), (await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots.Select(saved => saved.Id).ToHashSet());
    }

    [Fact]
    public async Task With_forget_the_old_one_goes_and_everything_that_is_left_can_be_restored()
    {
        using RecordingBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await DamagedAsync(backend);
        HashSet<string> before = await Repairs.RestorableAsync(repository);
        int calls = backend.Calls.Count;
        (SnapshotRepairPlan plan, SnapshotRepairResult result) = await Repairs.SnapshotsAsync(repository, forget: true);
        Assert.Equal(plan.Repairs.Select(repair => repair.Snapshot.Id).Order(), result.Removed.Order());
        (await CheckRun.OfAsync(repository)).AssertClean();
        Assert.Empty(before.Except(await Repairs.RestorableAsync(repository)));
        List<BackendCall> made = [.. backend.Calls.Skip(calls)];
        foreach ((SnapshotId old, SnapshotId replacement) in result.Saved)
        {
            int saved = made.FindIndex(call => call.Operation == BackendOperation.Save && call.File == FileHandle.Of(replacement));
            int readAgain = made.FindIndex(saved, call => call.Operation == BackendOperation.Load && call.File == FileHandle.Of(replacement));
            int removed = made.FindIndex(call => call.Operation == BackendOperation.Remove && call.File == FileHandle.Of(old));
            Assert.True(saved >= 0 && saved < readAgain && readAgain < removed, $"{saved} {readAgain} {removed}");
        }
    }

    [Fact]
    public async Task Whole_snapshots_are_not_touched_even_where_their_trees_would_be_written_in_other_bytes()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        TreeId tree = await SaveRawAsync(repository, "{ \"nodes\": [ ], \"unheard_of\": 1 }");
        SnapshotId id = await SaveSnapshotAsync(repository, tree);
        (SnapshotRepairPlan plan, _) = await Repairs.SnapshotsAsync(repository, forget: true);
        Assert.Empty(plan.Repairs);
        Assert.Equal(tree, (await repository.LoadSnapshotAsync(id, CancellationToken.None)).Snapshot.Tree);
    }

    [Fact]
    public async Task A_snapshot_of_which_nothing_can_be_read_is_kept_unless_it_is_to_be_forgotten()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        SnapshotId id = await SaveSnapshotAsync(repository, new TreeId(ContentId.Of("nowhere"u8)));
        (SnapshotRepairPlan plan, SnapshotRepairResult result) = await Repairs.SnapshotsAsync(repository, forget: false);
        Assert.Null(Assert.Single(plan.Repairs).NewTree);
        Assert.Empty(result.Removed);
        (_, result) = await Repairs.SnapshotsAsync(repository, forget: true);
        Assert.Equal([id], result.Removed);
    }

    [Fact]
    public async Task Where_the_index_does_not_name_all_there_is_nothing_is_given_up()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await DamagedAsync(backend);
        FileHandle index = new(FileType.Index, (await backend.ListAsync(FileType.Index, CancellationToken.None).FirstAsync()).Name);
        await backend.RemoveAsync(index, CancellationToken.None);
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => Repairs.SnapshotsAsync(repository, forget: true));
        Assert.Contains("repair index", e.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_no_file_can_have_become_others_and_their_content_stays()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        string empty = TreeCodec.EmptyTree.ToString();
        await SaveRawAsync(repository, "{\"nodes\":[]}\n");
        string[] names = ["..", "a/b", "", "a_b", "same", "same", "."];
        string nodes = string.Join(",", names.Select(name => $"{{\"name\":\"{name}\",\"type\":\"dir\",\"mode\":2147484141,\"content\":null,\"subtree\":\"{empty}\"}}"));
        await SaveSnapshotAsync(repository, await SaveRawAsync(repository, $"{{\"nodes\":[{nodes}]}}\n"));
        (SnapshotRepairPlan plan, _) = await Repairs.SnapshotsAsync(repository, forget: true);
        Assert.All(Assert.Single(plan.Repairs).Repairs, change => Assert.False(change.IsLoss));
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        List<Node> repaired = await indexed.LoadTreeAsync(plan.Repairs[0].NewTree!.Value, CancellationToken.None);
        Assert.Equal(["_", "_.2", "__", "a_b", "a_b.2", "same", "same.2"], repaired.Select(node => Encoding.UTF8.GetString(node.Name)));
        (await CheckRun.OfAsync(repository)).AssertClean();
    }

    [Theory]
    [InlineData("{\"nodes\":[A,B]}\n trailing", "a b", false)]
    [InlineData("{\"nodes\":[A,{\"name\":\"x\",\"type\":\"dir\",\"mtime\":\"yesterday\"},B]}", "a b", true)]
    [InlineData("{\"nodes\":[A,17,B]}", "a b", true)]
    [InlineData("{\"nodes\":[A,B", "a b", true)]
    [InlineData("{\"nodes\":[A,{\"name\"", "a", true)]
    [InlineData("{\"other\":{},\"nodes\":[B,A,]]", "a b", true)]
    public async Task Of_a_tree_that_is_no_tree_the_entries_that_can_be_read_stay(string json, string names, bool isLoss)
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await SaveRawAsync(repository, "{\"nodes\":[]}\n");
        string node = $"\"type\":\"dir\",\"mode\":2147484141,\"content\":null,\"subtree\":\"{TreeCodec.EmptyTree}\"}}";
        json = json.Replace("A", $"{{\"name\":\"a\",{node}", StringComparison.Ordinal).Replace("B", $"{{\"name\":\"b\",{node}", StringComparison.Ordinal);
        await SaveSnapshotAsync(repository, await SaveRawAsync(repository, json));
        (SnapshotRepairPlan plan, _) = await Repairs.SnapshotsAsync(repository, forget: true);
        Assert.Equal(isLoss, Assert.Single(plan.Repairs).Repairs.Any(change => change.IsLoss));
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        List<Node> repaired = await indexed.LoadTreeAsync(plan.Repairs[0].NewTree!.Value, CancellationToken.None);
        Assert.Equal(names, string.Join(' ', repaired.Select(entry => Encoding.UTF8.GetString(entry.Name))));
        (await CheckRun.OfAsync(repository)).AssertClean();
    }

    /// <summary>A chain as deep as this program goes neither recurses nor is quadratic; a deeper one is refused as a whole.</summary>
    [Fact]
    public async Task Deep_directories_are_repaired_without_recursion()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        TreeId tree = new(ContentId.Of("nowhere"u8));
        await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(Repairs.Write))
        {
            for (int depth = 0; depth < 2000; depth++)
            {
                ArrayBufferWriter<byte> json = new();
                TreeCodec.Write([new Node { Name = "d"u8.ToArray(), Type = NodeType.Directory, Mode = NodeMode.Directory | 493, Subtree = tree }], json);
                tree = new TreeId((await session.SaveBlobAsync(BlobType.Tree, json.WrittenMemory, CancellationToken.None)).Id);
            }

            await session.FlushAsync(CancellationToken.None);
        }

        await SaveSnapshotAsync(repository, tree);
        (SnapshotRepairPlan plan, _) = await Repairs.SnapshotsAsync(repository, forget: true);
        PathRepair change = Assert.Single(Assert.Single(plan.Repairs).Repairs);
        Assert.Equal((NodeFaultKind.UnreadableDirectory, 4000), (change.Kind, change.Path.Length));
        (await CheckRun.OfAsync(repository)).AssertClean();
    }

    /// <summary>Snapshots of which a pack with data is lost, and the index knows it.</summary>
    private static async Task<OpenRepository> DamagedAsync(IBackend backend)
    {
        OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await FillAsync(repository, 7, 3);
        StoredFile lost = (await backend.ListAsync(FileType.Pack, CancellationToken.None).ToListAsync()).MaxBy(file => file.Length);
        await backend.RemoveAsync(new FileHandle(FileType.Pack, lost.Name), CancellationToken.None);
        await Repairs.IndexAsync(repository);
        return repository;
    }

    private static async Task<TreeId> SaveRawAsync(OpenRepository repository, string json)
    {
        await using WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(Repairs.Write);
        SavedBlob saved = await session.SaveBlobAsync(BlobType.Tree, Encoding.UTF8.GetBytes(json), CancellationToken.None);
        await session.FlushAsync(CancellationToken.None);
        return new TreeId(saved.Id);
    }

    private static async Task<SnapshotId> SaveSnapshotAsync(OpenRepository repository, TreeId tree)
    {
        await using WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(Repairs.Write);
        return await session.SaveSnapshotAsync(
            new Snapshot { Time = new NodeTime(1_700_000_000, 0, 0), Tree = tree, Paths = ["/x"], Hostname = "h" }, CancellationToken.None);
    }
}
