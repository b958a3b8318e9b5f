using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Maintenance;
using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Backup.Tests.Archiving;

/// <summary>What the repository lost comes back with the next push, as long as the source still has it, and makes old snapshots whole again.</summary>
public sealed class HealingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>How a pack is lost, and what was repaired before the push.</summary>
    public enum Loss
    {
        Gone,
        GoneAndIndexRepaired,
        CutOff,
        CutOffAndPackRepaired,
        FlippedAndPackRepaired,
    }

    private string Project => _folder["Town"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Loss.Gone)]
    [InlineData(Loss.GoneAndIndexRepaired)]
    [InlineData(Loss.CutOff)]
    [InlineData(Loss.CutOffAndPackRepaired)]
    [InlineData(Loss.FlippedAndPackRepaired)]
    public async Task A_push_of_unchanged_files_stores_again_what_any_one_pack_lost(Loss loss)
    {
        MakeProject();
        using MemoryBackend original = new();
        using (OpenRepository repository = await SmallRepository.CreateAsync(original))
        {
            await PushAsync(repository);
        }

        List<KeyValuePair<FileHandle, byte[]>> files = await FilesAsync(original);
        int packs = 0;
        foreach ((FileHandle pack, byte[] content) in files.Where(file => file.Key.Type == FileType.Pack))
        {
            packs++;
            using MemoryBackend backend = new();
            foreach ((FileHandle file, byte[] stored) in files)
            {
                await backend.SaveAsync(file, stored, CancellationToken.None);
            }

            using OpenRepository repository = await SmallRepository.OpenAsync(backend);
            SavedSnapshot old = Assert.Single((await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots);
            await LoseAsync(repository, loss, pack, content);

            RecordedEvents events = new();
            BackupResult push = await PushAsync(repository, events);
            Assert.NotNull(push.Snapshot);
            Assert.True(push.Summary.DataBlobs + push.Summary.TreeBlobs > 0);
            bool wasSeen = loss is Loss.Gone or Loss.CutOff;
            Assert.Equal(wasSeen ? 1 : 0, events.Problems.Count(problem => problem.Message.Contains("repair index", StringComparison.Ordinal)));
            await AssertRestoresAsync(repository, old);

            // Only a list is left that names what is gone.
            if (loss == Loss.CutOff)
            {
                await RepairPacksAsync(repository, new PackId(pack.Name));
            }

            await RepairIndexAsync(repository);
            RecordedEvents check = new();
            CheckReport report = await CheckOperation.RunAsync(
                repository, new CheckOptions { ReadData = new ReadDataSubset(ReadDataMode.All) }, new OperationCounters(), check, CancellationToken.None);
            Assert.Empty(check.Problems);
            Assert.Equal(0, report.Errors);
            await AssertRestoresAsync(repository, old);
        }

        Assert.InRange(packs, 4, 40);
    }

    [Fact]
    public async Task Only_the_files_that_lost_something_are_read_again_and_the_run_says_so_and_is_complete()
    {
        MakeProject();
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await PushAsync(repository);
        (FileHandle pack, byte[] content) = (await FilesAsync(backend)).Where(file => file.Key.Type == FileType.Pack).MaxBy(file => file.Value.Length);
        await LoseAsync(repository, Loss.GoneAndIndexRepaired, pack, content);
        FaultySource source = new();
        RecordedEvents events = new();
        BackupResult push = await PushAsync(repository, events, options => options with { FileSystem = source });
        Assert.NotEmpty(source.Opened);
        Assert.True(source.Opened.Count < 12, $"{source.Opened.Count}");
        Assert.True(push.IsComplete);
        Assert.Contains(events.Messages, message => message.Contains($"{source.Opened.Count} unchanged files were read again", StringComparison.Ordinal));

        source = new FaultySource();
        await PushAsync(repository, null, options => options with { FileSystem = source });
        Assert.Empty(source.Opened);
    }

    [Fact]
    public async Task What_the_source_does_not_have_any_more_stays_missing_and_is_not_taken_for_saved()
    {
        MakeProject();
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await PushAsync(repository);
        foreach (KeyValuePair<FileHandle, byte[]> file in (await FilesAsync(backend)).Where(file => file.Key.Type == FileType.Pack))
        {
            await backend.RemoveAsync(file.Key, CancellationToken.None);
        }

        File.Delete(Path.Combine(Project, "Content", "3.uasset"));
        BackupResult push = await PushAsync(repository);
        SavedSnapshot made = await repository.LoadSnapshotAsync(push.Snapshot!.Value, CancellationToken.None);
        string target = _folder["restored"];
        RestoreResult restored = await RestoreAsync(repository, made, target);
        Assert.Equal(0, restored.Problems);
        Assert.Empty(TreeComparison.Differences(Project, target, TreeAspects.None));
    }

    private static async Task LoseAsync(OpenRepository repository, Loss loss, FileHandle pack, byte[] content)
    {
        IBackend backend = repository.Backend;
        switch (loss)
        {
            case Loss.Gone or Loss.GoneAndIndexRepaired:
                await backend.RemoveAsync(pack, CancellationToken.None);
                break;
            case Loss.CutOff or Loss.CutOffAndPackRepaired:
                await backend.SaveAsync(pack, content.AsMemory(0, content.Length / 4), CancellationToken.None);
                break;
            default:
                byte[] flipped = (byte[])content.Clone();
                flipped[40] ^= 1;
                await backend.SaveAsync(pack, flipped, CancellationToken.None);
                break;
        }

        if (loss == Loss.GoneAndIndexRepaired)
        {
            await RepairIndexAsync(repository);
        }
        else if (loss is Loss.CutOffAndPackRepaired or Loss.FlippedAndPackRepaired)
        {
            await RepairPacksAsync(repository, new PackId(pack.Name));
        }
    }

    private static async Task RepairIndexAsync(OpenRepository repository)
    {
        RepairIndexOperation repair = new(repository, new WriteOptions(), new OperationCounters(), SilentEvents.Instance);
        await repair.ExecuteAsync(await repair.PlanAsync(readAllPacks: false, CancellationToken.None), CancellationToken.None);
    }

    private static async Task RepairPacksAsync(OpenRepository repository, PackId pack)
    {
        RepairPacksOperation repair = new(repository, new WriteOptions(), new OperationCounters(), SilentEvents.Instance);
        PackRepairPlan plan = await repair.PlanAsync([pack.ToString()], CancellationToken.None);
        using TempFolder copies = new();
        await repair.ExecuteAsync(plan, copies.Path, CancellationToken.None);
        Assert.True(File.Exists(copies[$"pack-{pack}"]));
    }

    private Task<BackupResult> PushAsync(OpenRepository repository, RecordedEvents? events = null, Func<BackupOptions, BackupOptions>? change = null) =>
        SmallRepository.BackupAsync(
            repository,
            ".",
            options =>
            {
                options = options with { WorkingDirectory = DiskPath.FromText(Project), Write = new WriteOptions { PackSizeBytes = 60_000 } };
                return change?.Invoke(options) ?? options;
            },
            events);

    private void MakeProject()
    {
        TreeOnDisk tree = new TreeOnDisk().File("Town.uproject", "{}").File("Content/Big.uasset", SplitMix.Bytes(99, 1_500_000));
        for (int i = 0; i < 12; i++)
        {
            tree.File($"Content/{i}.uasset", SplitMix.Bytes((ulong)i + 1, 20_000));
        }

        tree.WriteTo(Project);
    }

    private async Task AssertRestoresAsync(OpenRepository repository, SavedSnapshot snapshot)
    {
        using TempFolder target = new();
        RestoreResult restored = await RestoreAsync(repository, snapshot, target["restored"]);
        Assert.Equal(0, restored.Problems);
        Assert.Empty(TreeComparison.Differences(Project, target["restored"], TreeAspects.None));
    }

    private static async Task<RestoreResult> RestoreAsync(OpenRepository repository, SavedSnapshot snapshot, string target) => await RestoreOperation.RunAsync(
        await repository.LoadIndexAsync(CancellationToken.None), snapshot.Snapshot, new RestoreOptions { Target = DiskPath.FromText(target) }, new OperationCounters(),
        SilentEvents.Instance, CancellationToken.None);

    private static async Task<List<KeyValuePair<FileHandle, byte[]>>> FilesAsync(IBackend backend)
    {
        List<KeyValuePair<FileHandle, byte[]>> files = [new(FileHandle.Config, await backend.LoadAsync(FileHandle.Config, 1 << 20, CancellationToken.None))];
        foreach (FileType type in new[] { FileType.Key, FileType.Snapshot, FileType.Index, FileType.Pack })
        {
            await foreach (StoredFile file in backend.ListAsync(type, CancellationToken.None))
            {
                FileHandle handle = new(type, file.Name);
                files.Add(new(handle, await backend.LoadAsync(handle, 1 << 28, CancellationToken.None)));
            }
        }

        return files;
    }
}
