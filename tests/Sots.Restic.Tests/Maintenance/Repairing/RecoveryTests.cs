using Sots.Restic.Backends;
using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Trees;
using Sots.Testing;
using static Sots.Restic.Tests.Maintenance.Pruning.PruneRepository;

namespace Sots.Restic.Tests.Maintenance.Repairing;

public class RecoveryTests
{
    [Fact]
    public async Task What_removed_snapshots_held_is_there_again_and_once_is_enough()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        List<SavedSnapshot> all = await FillAsync(repository, 7, 4);
        HashSet<string> before = await Repairs.RestorableAsync(repository);
        foreach (SavedSnapshot gone in all[..3])
        {
            await backend.RemoveAsync(FileHandle.Of(gone.Id), CancellationToken.None);
        }

        (RecoveryPlan plan, SnapshotId? saved) = await Repairs.RecoverAsync(repository);
        Assert.Equal(all[..3].Select(old => old.Snapshot.Tree).Order(), plan.Roots.Select(root => root.Tree).Order());
        SavedSnapshot made = await repository.LoadSnapshotAsync(saved!.Value, CancellationToken.None);
        Assert.Equal(["recovered"], made.Snapshot.Tags);
        Assert.Equal(["/recover"], made.Snapshot.Paths);
        HashSet<string> after = await Repairs.RestorableAsync(repository);
        Assert.Empty(before.Select(file => file[file.IndexOf("/folder", StringComparison.Ordinal)..])
            .Except(after.Select(file => file[file.IndexOf("/folder", StringComparison.Ordinal)..])));
        (await CheckRun.OfAsync(repository)).AssertClean();

        (plan, saved) = await Repairs.RecoverAsync(repository);
        Assert.Empty(plan.Roots);
        Assert.Null(saved);
    }

    [Fact]
    public async Task The_folders_are_sorted_and_called_by_their_trees()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        foreach (SavedSnapshot gone in await FillAsync(repository, 9, 6))
        {
            await backend.RemoveAsync(FileHandle.Of(gone.Id), CancellationToken.None);
        }

        (RecoveryPlan plan, SnapshotId? saved) = await Repairs.RecoverAsync(repository);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        SavedSnapshot made = await repository.LoadSnapshotAsync(saved!.Value, CancellationToken.None);
        List<Node> folders = await indexed.LoadTreeAsync(made.Snapshot.Tree, CancellationToken.None);
        Assert.Equal(6, folders.Count);
        Assert.Equal(plan.Roots.Select(root => root.Name), folders.Select(node => System.Text.Encoding.ASCII.GetString(node.Name)));
        Assert.All(folders, node => Assert.StartsWith(System.Text.Encoding.ASCII.GetString(node.Name), node.Subtree.ToString()!, StringComparison.Ordinal));
        Assert.True(TreeCodec.RoundTrips(await indexed.LoadBlobAsync(new BlobHandle(made.Snapshot.Tree), CancellationToken.None)));
    }

    [Fact]
    public async Task The_index_is_made_complete_first()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        List<SavedSnapshot> all = await FillAsync(repository, 7, 2);
        foreach (StoredFile index in await backend.ListAsync(FileType.Index, CancellationToken.None).ToListAsync())
        {
            await backend.RemoveAsync(new FileHandle(FileType.Index, index.Name), CancellationToken.None);
        }

        await backend.RemoveAsync(FileHandle.Of(all[0].Id), CancellationToken.None);
        (RecoveryPlan plan, _) = await Repairs.RecoverAsync(repository);
        Assert.Equal([all[0].Snapshot.Tree], plan.Roots.Select(root => root.Tree));
        (await CheckRun.OfAsync(repository)).AssertClean();
    }
}
