using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Backup.Tests.Repairing;

/// <summary>A pack that the storage does not hand out may be handed out another day.</summary>
public sealed class UnreadablePackTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pack_of_which_no_whole_copy_can_be_kept_is_forgotten_by_the_index_but_not_removed_and_can_be_saved_when_it_is_read_again()
    {
        using FaultyBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        Directory.CreateDirectory(_folder["project"]);
        await File.WriteAllBytesAsync(_folder["project", "file"], SplitMix.Bytes(1, 100_000), TestContext.Current.CancellationToken);
        await SmallRepository.BackupAsync(repository, _folder["project"]);
        HashSet<string> before = await RestorableFiles.OfAsync(repository);
        PackId pack = (await repository.LoadIndexAsync(CancellationToken.None)).Index.ByPack().Single(static pack => pack.Value[0].Type == BlobType.Data).Key;

        backend.Fails = (_, call) => call == new BackendCall(BackendOperation.LoadRange, FileHandle.Of(pack));
        RecordedEvents events = new();
        await RepairAsync(repository, pack, events);
        Assert.Contains(events.Problems, problem => problem.Message.Contains($"{FileHandle.Of(pack)} stays where it is", StringComparison.Ordinal));
        Assert.NotNull(await backend.FindLengthAsync(FileHandle.Of(pack), CancellationToken.None));
        Assert.DoesNotContain(pack, (await repository.LoadIndexAsync(CancellationToken.None)).Index.Packs);
        Assert.Single(Directory.GetFiles(_folder["copies"]));

        backend.Fails = static (_, _) => false;
        RepairIndexOperation index = new(repository, new WriteOptions(), new OperationCounters(), events);
        await index.ExecuteAsync(await index.PlanAsync(readAllPacks: false, CancellationToken.None), CancellationToken.None);
        Assert.Equal(before.Order(StringComparer.Ordinal), (await RestorableFiles.OfAsync(repository)).Order(StringComparer.Ordinal));
        Assert.True((await RepairAsync(repository, pack, new RecordedEvents())).IsEmpty);
    }

    private async Task<PackRepairPlan> RepairAsync(OpenRepository repository, PackId pack, RecordedEvents events)
    {
        Directory.CreateDirectory(_folder["copies"]);
        RepairPacksOperation repair = new(repository, new WriteOptions(), new OperationCounters(), events);
        PackRepairPlan plan = await repair.PlanAsync([pack.ToString()], CancellationToken.None);
        await repair.ExecuteAsync(plan, _folder["copies"], CancellationToken.None);
        return plan;
    }
}
