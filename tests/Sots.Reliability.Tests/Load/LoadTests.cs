using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Reliability.Load;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Reliability.Tests.Load;

/// <summary>What these measure is that of the whole process: nothing else may run in it meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    /// <summary>Its name.</summary>
    public const string Name = "Alone";
}

/// <summary>Smaller runs of the load trials, and budgets of what a file may allocate, which do not depend on how busy the machine is.</summary>
[Collection(Alone.Name)]
public sealed class LoadTests
{
    [Fact]
    public async Task Thousands_of_files_live_through_full_push_forget_prune_and_check()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells the peak of memory of each job");
        LoadRun run = new(new ActorTree(seed: 1, files: 6000, filesInOne: 2000), new GeneratedContent(1, noise: 0.3), new MemoryBackend(), static _ => { });
        await run.RunAsync(readData: true, samples: 300);
        Assert.Equal(9, run.Costs.Count);
        Assert.InRange(run.Size.Files, 5900, 6000);
    }

    [Fact]
    public async Task A_project_of_real_sizes_lives_through_the_same()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells the peak of memory of each job");
        Assert.SkipWhen(SharedMaterial.Root is null, SharedMaterial.Absent);
        ManifestTree tree = new(seed: 1, [SharedMaterial.PathOf("data", "project-24GB-9632-files.tsv.gz")], 200_000_000);
        LoadRun run = new(tree, new GeneratedContent(1, noise: 0), new MemoryBackend(), static _ => { });
        await run.RunAsync(readData: true, samples: 50);
        Assert.InRange(run.Size.Bytes, 150_000_000, tree.TotalBytes);
    }

    [Theory]
    [InlineData(0, 14_000)]
    [InlineData(1, 4500)]
    public async Task What_a_file_allocates_stays_within_its_budget(int pushes, int budget)
    {
        long few = await AllocatedAsync(1000, filesInOne: 500, pushes);
        long many = await AllocatedAsync(16_000, filesInOne: 500, pushes);
        Assert.InRange((many - few) / 15_000, 1, budget);
    }

    [Theory]
    [InlineData(0, 14_000)]
    [InlineData(1, 4500)]
    public async Task An_entry_of_a_large_folder_allocates_no_more_than_one_of_a_small_one(int pushes, int budget)
    {
        long few = await AllocatedAsync(1000, filesInOne: 1000, pushes);
        long many = await AllocatedAsync(16_000, filesInOne: 16_000, pushes);
        Assert.InRange((many - few) / 15_000, 1, budget);
    }

    /// <summary>Bytes of the last of a full backup and some pushes that find nothing changed, those of the generated source included.</summary>
    private static async Task<long> AllocatedAsync(int files, int filesInOne, int pushes)
    {
        GeneratedSource source = new(new ActorTree(seed: 3, files, filesInOne), new GeneratedContent(3, noise: 0.3), day: 0);
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        BackupOptions options = new()
        {
            Targets = [DiskPath.FromText(GeneratedSource.RootPath)],
            WorkingDirectory = DiskPath.FromText("/"),
            Host = "host",
            FileSystem = source,

            // Buffers of whole packs are no cost of a file, and how many there are is a matter of chance: they are small here.
            Write = new WriteOptions { PackSizeBytes = 128 << 10 },
        };
        long allocated = 0;
        for (int i = 0; i <= pushes; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await BackupOperation.RunAsync(repository, options, new OperationCounters(), SilentEvents.Instance, CancellationToken.None);
            allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        return allocated;
    }
}
