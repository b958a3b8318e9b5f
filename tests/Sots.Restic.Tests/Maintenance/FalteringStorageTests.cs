using Sots.Restic.Backends;
using Sots.Restic.Maintenance;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Restic.Tests.Maintenance;

/// <summary>A storage says of a file that is there that it is not, once. To believe it would be to lose what it stands for.</summary>
public sealed class FalteringStorageTests : IDisposable
{
    private readonly FaultyBackend _backend = new(new MemoryBackend());

    public void Dispose() => _backend.Dispose();

    [Fact]
    public async Task A_snapshot_that_is_said_to_be_missing_but_is_there_is_not_taken_for_forgotten()
    {
        using OpenRepository repository = await WithTwoSnapshotsAsync();
        SayMissingOnce(BackendOperation.Load, FileType.Snapshot);
        SnapshotListing listing = await repository.LoadSnapshotsAsync(default);
        Assert.Single(listing.Snapshots);
        Assert.Contains("falters", Assert.Single(listing.Damaged).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prune_that_cannot_see_a_snapshot_removes_nothing()
    {
        using OpenRepository repository = await WithTwoSnapshotsAsync();
        SayMissingOnce(BackendOperation.Load, FileType.Snapshot);
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => Pruner.PlanAsync(repository, new PruneOptions(), new NoPruneEvents(), default));
        Assert.Contains("nothing was removed", e.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(FileType.Index)]
    [InlineData(FileType.Pack)]
    public async Task What_a_prune_removes_has_to_be_gone(FileType type)
    {
        using OpenRepository repository = await WithTwoSnapshotsAsync();
        SnapshotListing listing = await repository.LoadSnapshotsAsync(default);
        await repository.Backend.RemoveAsync(FileHandle.Of(listing.Snapshots[0].Id), default);
        PruneOptions options = new() { MaxUnused = UnusedLimit.Bytes(0) };
        PrunePlan plan = await Pruner.PlanAsync(repository, options, new NoPruneEvents(), default);
        SayMissingOnce(BackendOperation.Remove, type);
        if (type == FileType.Index)
        {
            await Assert.ThrowsAsync<RepositoryException>(() => Pruner.ExecuteAsync(repository, plan, options, new NoPruneEvents(), default));
        }
        else
        {
            Assert.Single((await Pruner.ExecuteAsync(repository, plan, options, new NoPruneEvents(), default)).Failed);
        }

        CheckReport report = await new RepositoryChecker(repository, PackSubset.All, new NoCheckEvents()).RunAsync(default);
        Assert.Equal(0, report.Errors);
    }

    [Fact]
    public async Task A_snapshot_that_was_to_go_and_is_there_counts_as_not_removed()
    {
        using OpenRepository repository = await WithTwoSnapshotsAsync();
        SnapshotListing listing = await repository.LoadSnapshotsAsync(default);
        SayMissingOnce(BackendOperation.Remove, FileType.Snapshot);
        Assert.Single(await new SnapshotRemoval(repository, static _ => ValueTask.CompletedTask).RemoveAsync([listing.Snapshots[0].Id], static _ => { }, default));
    }

    [Fact]
    public async Task A_check_names_what_is_there_but_said_to_be_missing()
    {
        using OpenRepository repository = await WithTwoSnapshotsAsync();
        SayMissingOnce(BackendOperation.Load, FileType.Snapshot);
        Assert.Equal(1, (await new RepositoryChecker(repository, PackSubset.None, new NoCheckEvents()).RunAsync(default)).Errors);
    }

    [Theory]
    [InlineData(FileType.Index)]
    [InlineData(FileType.Snapshot)]
    public async Task What_a_prune_or_another_version_of_a_snapshot_wrote_while_the_lock_was_lost_is_taken_back_and_the_old_stays(FileType type)
    {
        using OpenRepository repository = await WithTwoSnapshotsAsync();
        bool isLost = false;
        _backend.Fails = (_, call) =>
        {
            isLost |= call.Operation == BackendOperation.Save && call.File.Type == type;
            return false;
        };
        ValueTask EnsureLocked(CancellationToken token) => isLost ? throw new RepositoryException(RepositoryErrorKind.LockLost, "lost") : ValueTask.CompletedTask;
        SnapshotListing listing = await repository.LoadSnapshotsAsync(default);
        ContentId[] before = await NamesAsync();
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(async () =>
        {
            if (type == FileType.Snapshot)
            {
                await new SnapshotRemoval(repository, EnsureLocked).ReplaceAsync(listing.Snapshots[0], listing.Snapshots[0].Snapshot with { Tags = ["new"] }, default);
            }
            else
            {
                await repository.Backend.RemoveAsync(FileHandle.Of(listing.Snapshots[0].Id), default);
                PruneOptions options = new() { MaxUnused = UnusedLimit.Bytes(0), Write = new() { EnsureLocked = EnsureLocked } };
                await Pruner.ExecuteAsync(repository, await Pruner.PlanAsync(repository, options, new NoPruneEvents(), default), options, new NoPruneEvents(), default);
            }
        });
        Assert.Equal(RepositoryErrorKind.LockLost, e.Kind);
        Assert.True(isLost);
        Assert.Equal(before, await NamesAsync());

        async Task<ContentId[]> NamesAsync() => [.. (await _backend.ListAsync(type, default).ToListAsync()).Select(static file => file.Name).Order()];
    }

    [Fact]
    public async Task A_version_of_a_snapshot_that_could_not_be_read_is_not_stored()
    {
        using OpenRepository repository = await WithTwoSnapshotsAsync();
        SnapshotListing listing = await repository.LoadSnapshotsAsync(default);
        SnapshotRemoval removal = new(repository, static _ => ValueTask.CompletedTask);
        Snapshot tooMany = listing.Snapshots[0].Snapshot with { Tags = [.. Enumerable.Range(0, Limits.SnapshotTexts + 1).Select(static i => $"{i}")] };
        await Assert.ThrowsAsync<RepositoryException>(() => removal.ReplaceAsync(listing.Snapshots[0], tooMany, default));
        Assert.Equal(2, (await repository.LoadSnapshotsAsync(default)).Snapshots.Count);
    }

    [Fact]
    public async Task What_a_backup_found_in_packs_that_no_index_names_it_indexes_before_a_snapshot_relies_on_it()
    {
        using OpenRepository repository = await WithTwoSnapshotsAsync();
        StoredFile[] files = await _backend.ListAsync(FileType.Index, default).ToArrayAsync();
        foreach (StoredFile file in files)
        {
            await _backend.SaveAsync(new FileHandle(FileType.Index, file.Name), new byte[100], default);
        }

        IndexedRepository found = await repository.LoadIndexOfWholePacksAsync(default);
        Assert.Equal((2, 4), (found.IndexDamage.Count, found.Index.Count));
        await using (Sots.Restic.Writing.WriteSession session = found.BeginWrite(new()))
        {
            await session.FlushAsync(default);
        }

        foreach (StoredFile file in files)
        {
            await _backend.RemoveAsync(new FileHandle(FileType.Index, file.Name), default);
        }

        Assert.Equal(4, (await repository.LoadIndexAsync(default)).Index.Count);
        Assert.Equal(0, (await new RepositoryChecker(repository, PackSubset.All, new NoCheckEvents()).RunAsync(default)).Errors);
    }

    private void SayMissingOnce(BackendOperation operation, FileType type)
    {
        bool said = false;
        _backend.Fault = static call => new RepositoryException(RepositoryErrorKind.Missing, $"{call.File} is not there");
        _backend.Fails = (_, call) => !said && call.Operation == operation && call.File.Type == type && (said = true);
    }

    private async Task<OpenRepository> WithTwoSnapshotsAsync()
    {
        OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        foreach (string text in new[] { "one", "two" })
        {
            IndexedRepository indexed = await repository.LoadIndexAsync(default);
            await using Sots.Restic.Writing.WriteSession session = indexed.BeginWrite(new());
            byte[] content = System.Text.Encoding.UTF8.GetBytes(text);
            ContentId blob = (await session.SaveBlobAsync(BlobType.Data, content, default)).Id;
            Node file = new() { Name = content, Type = NodeType.File, Size = (ulong)content.Length, Content = [new BlobId(blob)] };
            System.Buffers.ArrayBufferWriter<byte> json = new();
            TreeCodec.Write([file], json);
            ContentId tree = (await session.SaveBlobAsync(BlobType.Tree, json.WrittenMemory, default)).Id;
            await session.SaveSnapshotAsync(new Snapshot { Time = new NodeTime(text == "one" ? 1 : 2, 0, 0), Tree = new TreeId(tree), Paths = ["/x"] }, default);
        }

        return repository;
    }

    private sealed class NoPruneEvents : IMaintenanceEvents
    {
        public void Step(string text)
        {
        }

        public void Detail(string text)
        {
        }

        public void Removed(string file)
        {
        }

        public void Warning(string text)
        {
        }

        public void Begin(string what, long count, long bytes)
        {
        }

        public void Done(long bytes)
        {
        }

        public void End()
        {
        }
    }

    private sealed class NoCheckEvents : ICheckEvents
    {
        public void Step(string text)
        {
        }

        public void Found(Finding finding)
        {
        }

        public void PacksChosen(int count, long bytes)
        {
        }

        public void PackDone(PackId pack, long bytes)
        {
        }
    }
}
