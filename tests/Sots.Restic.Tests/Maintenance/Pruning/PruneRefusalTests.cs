using Sots.Restic.Backends;
using Sots.Restic.Maintenance.Pruning;
using Sots.Testing;
using static Sots.Restic.Tests.Maintenance.Pruning.PruneRepository;

namespace Sots.Restic.Tests.Maintenance.Pruning;

/// <summary>Where it is not certain what snapshots need, or that all of it is there, nothing is removed.</summary>
public class PruneRefusalTests
{
    [Theory]
    [InlineData(FileType.Snapshot)]
    [InlineData(FileType.Index)]
    public async Task A_damaged_file_of_a_kind_that_names_others_stops_a_prune(FileType type)
    {
        using RecordingBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await FillAsync(repository, 7, 3);
        StoredFile file = (await backend.ListAsync(type, CancellationToken.None).ToListAsync())[0];
        FileHandle handle = new(type, file.Name);
        byte[] content = await backend.LoadAsync(handle, 1 << 20, CancellationToken.None);
        content[^1] ^= 1;
        await backend.SaveAsync(handle, content, CancellationToken.None);
        RepositoryException refusal = await RefusesAsync(backend, repository);
        Assert.Equal(RepositoryErrorKind.Damaged, refusal.Kind);
        Assert.Contains(handle.ToString(), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_index_file_stops_a_prune()
    {
        using RecordingBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        List<SavedSnapshot> all = await FillAsync(repository, 7, 3);
        foreach (StoredFile file in await backend.ListAsync(FileType.Index, CancellationToken.None).ToListAsync())
        {
            byte[] content = await backend.LoadAsync(new FileHandle(FileType.Index, file.Name), 1 << 20, CancellationToken.None);
            await backend.RemoveAsync(new FileHandle(FileType.Index, file.Name), CancellationToken.None);
            RepositoryException refusal = await RefusesAsync(backend, repository);
            Assert.Equal(RepositoryErrorKind.Missing, refusal.Kind);
            Assert.Contains("not in the index", refusal.Message, StringComparison.Ordinal);
            await backend.SaveAsync(new FileHandle(FileType.Index, file.Name), content, CancellationToken.None);
        }

        Assert.Equal(3, all.Count);
    }

    [Fact]
    public async Task A_pack_that_is_missing_or_of_another_length_stops_a_prune_where_it_is_needed_and_only_there()
    {
        using RecordingBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        List<SavedSnapshot> all = await FillAsync(repository, 7, 3);
        PruneOptions options = Thorough with { IgnoredSnapshots = new HashSet<SnapshotId> { all[0].Id, all[1].Id } };
        PrunePlan whole = await Pruner.PlanAsync(repository, options, new PruneTale(), CancellationToken.None);
        int needed = 0, dispensable = 0;
        foreach (PlannedPack pack in whole.Packs)
        {
            FileHandle file = FileHandle.Of(pack.Id);
            byte[] content = await backend.LoadAsync(file, 1 << 20, CancellationToken.None);
            foreach (byte[]? replacement in new[] { null, content[..^1] })
            {
                await backend.RemoveAsync(file, CancellationToken.None);
                if (replacement is not null)
                {
                    await backend.SaveAsync(file, replacement, CancellationToken.None);
                }

                if (pack.UsedBlobs > 0)
                {
                    needed++;
                    RepositoryException refusal = await RefusesAsync(backend, repository, options);
                    Assert.Contains(pack.Id.ToString(), refusal.ToString(), StringComparison.Ordinal);
                }
                else
                {
                    dispensable++;
                    PrunePlan plan = await Pruner.PlanAsync(repository, options, new PruneTale(), CancellationToken.None);
                    Assert.Contains(plan.Packs, other => other.Id == pack.Id && other.Action == (replacement is null ? PackAction.Forget : PackAction.Remove));
                }

                await backend.SaveAsync(file, content, CancellationToken.None);
            }
        }

        Assert.True(needed > 2 && dispensable > 2, $"{needed} {dispensable}");
    }

    [Fact]
    public async Task A_missing_pack_that_nobody_needs_leaves_the_index()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        List<SavedSnapshot> all = await FillAsync(repository, 7, 3);
        PruneOptions options = Thorough with { IgnoredSnapshots = new HashSet<SnapshotId> { all[0].Id, all[1].Id } };
        PrunePlan plan = await Pruner.PlanAsync(repository, options, new PruneTale(), CancellationToken.None);
        PackId unneeded = plan.PacksTo(PackAction.Remove).First();
        await backend.RemoveAsync(FileHandle.Of(unneeded), CancellationToken.None);
        PruneTale tale = new();
        await ForgetAndPruneAsync(repository, [all[0].Id, all[1].Id], Thorough, tale);
        Assert.Contains(tale.Lines, line => line.StartsWith("warning:", StringComparison.Ordinal) && line.Contains(unneeded.ToString(), StringComparison.Ordinal));
        CheckRun check = await CheckRun.OfAsync(repository);
        check.AssertClean();
        Assert.Equal(0, check.Report.Hints);
    }

    [Fact]
    public async Task A_damaged_blob_is_never_copied_and_nothing_in_use_is_removed()
    {
        using RecordingBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        List<SavedSnapshot> all = await FillAsync(repository, 7, 3);
        PruneOptions options = Thorough with { IgnoredSnapshots = new HashSet<SnapshotId> { all[0].Id } };
        PrunePlan plan = await Pruner.PlanAsync(repository, options, new PruneTale(), CancellationToken.None);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        HashSet<BlobHandle> used = [.. (await ContentAsync(repository, [all[1].Id, all[2].Id])).Keys];
        PlannedPack pack = plan.Packs.First(pack => pack.Action == PackAction.Repack && indexed.Index.ByPack()[pack.Id].Exists(blob => blob.Type == BlobType.Data));
        FileHandle file = FileHandle.Of(pack.Id);
        byte[] content = await backend.LoadAsync(file, 1 << 20, CancellationToken.None);
        content[(int)indexed.Index.ByPack()[pack.Id].Find(blob => used.Contains(blob.Handle)).Offset + 40] ^= 1;
        await backend.SaveAsync(file, content, CancellationToken.None);

        int calls = backend.Calls.Count;
        RepositoryException refusal = await Assert.ThrowsAsync<RepositoryException>(
            () => Pruner.ExecuteAsync(repository, plan, options, new PruneTale(), CancellationToken.None));
        Assert.Equal(RepositoryErrorKind.Damaged, refusal.Kind);
        Assert.NotNull(refusal.Advice);
        Assert.DoesNotContain(backend.Calls.Skip(calls), call => call.Operation == BackendOperation.Remove);
    }

    private static async Task<RepositoryException> RefusesAsync(RecordingBackend backend, OpenRepository repository, PruneOptions? options = null)
    {
        int calls = backend.Calls.Count;
        RepositoryException refusal = await Assert.ThrowsAsync<RepositoryException>(
            () => Pruner.PlanAsync(repository, options ?? Thorough, new PruneTale(), CancellationToken.None));
        Assert.NotNull(refusal.Advice);
        Assert.DoesNotContain(backend.Calls.Skip(calls), call => call.Operation is BackendOperation.Save or BackendOperation.Remove);
        return refusal;
    }
}
