using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Locking;
using Sots.Restic.Maintenance;

namespace Sots.Reliability.Scenarios;

/// <summary>Checking everything, every byte. It must never say that all is well without having seen it.</summary>
internal sealed class CheckScenario : Scenario
{
    public override string Name => "check";

    public override Task<bool> RunAsync(World world, SimulatedProcess process) => process.WithRepositoryAsync(exclusive: true, async (repository, _) =>
    {
        CheckReport report = await CheckOperation.RunAsync(
            repository, new CheckOptions { ReadData = new ReadDataSubset(ReadDataMode.All) }, new OperationCounters(), process.Events, CancellationToken.None);
        return report.Errors == 0;
    });

    public override Task FinishedAsync(World world) => Task.CompletedTask;
}

/// <summary>Changing the tags of a snapshot: another version of it is stored, the old one removed.</summary>
internal sealed class TagScenario : Scenario
{
    private const string Tag = "pinned";

    public override string Name => "tag";

    public override Task<bool> RunAsync(World world, SimulatedProcess process) => process.WithRepositoryAsync(exclusive: true, async (repository, write) =>
    {
        SnapshotListing listing = await repository.LoadSnapshotsAsync(CancellationToken.None);
        foreach (SavedSnapshot saved in listing.Snapshots.Where(static saved => !saved.Snapshot.Tags.Contains(Tag)))
        {
            await new SnapshotRemoval(repository, write.EnsureLocked).ReplaceAsync(saved, saved.Snapshot with { Tags = [Tag] }, CancellationToken.None);
        }

        return listing.Damaged.Count == 0;
    });

    public override Task FinishedAsync(World world) => LookAsync(world, async repository =>
    {
        Promise((await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots.All(static saved => saved.Snapshot.Tags.Contains(Tag)), "a snapshot has not got its tag");
        return true;
    });
}

/// <summary>Removing the locks of dead processes.</summary>
internal sealed class UnlockScenario : Scenario
{
    public override string Name => "unlock";

    public override async Task PrepareAsync(World world)
    {
        await base.PrepareAsync(world);
        for (int i = 0; i < 3; i++)
        {
            SimulatedProcess dead = new(world);
            using IBackend backend = dead.OpenBackend();
            using OpenRepository repository = await Repository.OpenAsync(backend, World.Bytes(world.Ledger.Password), new OpenOptions(), CancellationToken.None);

            // Never given back.
            _ = await repository.LockAsync(exclusive: false, dead.LockOptions, CancellationToken.None);
        }
    }

    public override async Task<bool> RunAsync(World world, SimulatedProcess process)
    {
        using IBackend backend = process.OpenBackend();
        using OpenRepository repository = await Repository.OpenAsync(backend, World.Bytes(world.Ledger.Password), new OpenOptions(), CancellationToken.None);
        UnlockResult result = await repository.UnlockAsync(removeAll: false, process.LockOptions, CancellationToken.None);
        return result is { Remaining: 0, Unreadable.Count: 0 };
    }

    public override async Task FinishedAsync(World world)
    {
        using LocalBackend backend = new(World.RepositoryPath, world.Disk);
        Promise(!await backend.ListAsync(FileType.Lock, CancellationToken.None).AnyAsync(), "the lock of a dead process is still there");
    }
}
