using Sots.Backup.Operations;
using Sots.Reliability.Power;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Locking;
using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Reliability.Scenarios;

/// <summary>
/// A repair of a repository that is damaged. Until it is complete a check may find what it found before; but whatever could be restored
/// can be restored, at every moment.
/// </summary>
internal abstract class RepairScenario : Scenario
{
    private HashSet<string> _restorable = [];

    /// <inheritdoc/>
    public override async Task PrepareAsync(World world)
    {
        await base.PrepareAsync(world);
        await DamageAsync(world);
        _restorable = await RestorableAsync(new SimulatedDisk(world.Disk.Snapshot()));
        Promise(_restorable.Count > 0, "nothing is left to be lost");
    }

    /// <inheritdoc/>
    public override Task<bool> RunAsync(World world, SimulatedProcess process) =>
        process.WithRepositoryAsync(exclusive: true, (repository, write) => RepairAsync(world, process, repository, write));

    /// <inheritdoc/>
    public override async Task HoldAsync(World world, SimulatedDisk disk, bool withContent)
    {
        try
        {
            HashSet<string> now = await RestorableAsync(disk);
            Promise(_restorable.IsSubsetOf(now), $"{_restorable.Except(now).FirstOrDefault()} could be restored, and cannot any more");
        }
        catch (RepositoryException e)
        {
            throw new BrokenPromiseException($"the repository cannot be used: {e.Kind}: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public override Task FinishedAsync(World world) => Laws.HoldAsync(new SimulatedDisk(world.Disk.Snapshot()), world.Ledger, world.KnownTrees, withContent: true);

    /// <summary>Damages the repository.</summary>
    protected abstract Task DamageAsync(World world);

    /// <summary>Repairs it. False where it did not do everything and said so.</summary>
    protected abstract Task<bool> RepairAsync(World world, SimulatedProcess process, OpenRepository repository, WriteOptions write);

    /// <summary>All that can be restored in full; locks of the dead are in nobody's way.</summary>
    protected static async Task<HashSet<string>> RestorableAsync(SimulatedDisk disk)
    {
        using LocalBackend backend = new(World.RepositoryPath, disk);
        using OpenRepository repository = await Repository.OpenAsync(backend, World.Bytes(World.FirstPassword), new OpenOptions(), CancellationToken.None);
        await using RepositoryLock held = await repository.LockAsync(exclusive: true, Laws.LockOptions, CancellationToken.None);
        return await RestorableFiles.OfAsync(repository);
    }

    /// <summary>The data pack with the fewest blobs.</summary>
    protected static Task<PackId> SmallestPackAsync(World world) => LookAsync(world, async repository => (await repository.LoadIndexAsync(CancellationToken.None)).Index
        .ByPack().Where(static pack => pack.Value.TrueForAll(static blob => blob.Type == BlobType.Data)).MinBy(static pack => pack.Value.Count).Key);

    /// <summary>Removes a file of the repository.</summary>
    protected static async Task LoseAsync(World world, FileHandle file)
    {
        using LocalBackend backend = new(World.RepositoryPath, world.Disk);
        await backend.RemoveAsync(file, CancellationToken.None);
    }
}

/// <summary>An index file is lost: the packs tell what was in it.</summary>
internal sealed class RepairIndexScenario : RepairScenario
{
    public override string Name => "repair-index";

    protected override async Task DamageAsync(World world)
    {
        using LocalBackend backend = new(World.RepositoryPath, world.Disk);
        StoredFile lost = await backend.ListAsync(FileType.Index, CancellationToken.None).FirstAsync();
        await LoseAsync(world, new FileHandle(FileType.Index, lost.Name));
    }

    protected override async Task<bool> RepairAsync(World world, SimulatedProcess process, OpenRepository repository, WriteOptions write)
    {
        RepairIndexOperation repair = new(repository, write, new(), process.Events);
        IndexRepairPlan plan = await repair.PlanAsync(readAllPacks: false, CancellationToken.None);
        await repair.ExecuteAsync(plan, CancellationToken.None);
        return !plan.PacksTo(IndexChangeKind.LeaveDamaged).Any();
    }
}

/// <summary>The header of a pack is damaged: its blobs are copied to a new one.</summary>
internal sealed class RepairPacksScenario : RepairScenario
{
    private PackId _pack;

    public override string Name => "repair-packs";

    public override Task ResetAsync(World world)
    {
        if (Directory.Exists(Copies(world)))
        {
            Directory.Delete(Copies(world), recursive: true);
        }

        Directory.CreateDirectory(Copies(world));
        return Task.CompletedTask;
    }

    protected override async Task DamageAsync(World world)
    {
        _pack = await SmallestPackAsync(world);
        world.Alter(image =>
        {
            (string path, DiskFile file) = image.Files().Single(file => file.Path.EndsWith(_pack.ToString(), StringComparison.Ordinal));
            byte[] damaged = [.. file.Content[..^8], .. file.Content[^8..].ToArray().Select(static value => (byte)(value ^ 0xFF))];
            image.FindFolder(path.AsSpan(0, path.LastIndexOf('/')))!.Entries[_pack.ToString()] = new DiskFile(damaged);
        });
    }

    protected override async Task<bool> RepairAsync(World world, SimulatedProcess process, OpenRepository repository, WriteOptions write)
    {
        if (await repository.Backend.FindLengthAsync(FileHandle.Of(_pack), CancellationToken.None) is null)
        {
            return true; // An earlier run came as far as that.
        }

        RepairPacksOperation repair = new(repository, write, new(), process.Events);
        await repair.ExecuteAsync(await repair.PlanAsync([_pack.ToString()], CancellationToken.None), Copies(world), CancellationToken.None);
        return true;
    }

    private static string Copies(World world) => Path.Combine(world.Work, "copies");
}

/// <summary>A pack with contents of files is lost: snapshots are made that do without.</summary>
internal sealed class RepairSnapshotsScenario : RepairScenario
{
    public override string Name => "repair-snapshots";

    protected override async Task DamageAsync(World world)
    {
        await LoseAsync(world, FileHandle.Of(await SmallestPackAsync(world)));
        SimulatedProcess process = new(world);
        await process.WithRepositoryAsync(exclusive: true, async (repository, write) =>
        {
            RepairIndexOperation repair = new(repository, write, new(), process.Events);
            await repair.ExecuteAsync(await repair.PlanAsync(readAllPacks: false, CancellationToken.None), CancellationToken.None);
            return true;
        });
    }

    protected override async Task<bool> RepairAsync(World world, SimulatedProcess process, OpenRepository repository, WriteOptions write)
    {
        RepairSnapshotsOperation repair = new(repository, write, new(), process.Events);
        SnapshotListing listing = await repository.LoadSnapshotsAsync(CancellationToken.None);
        SnapshotRepairPlan plan = await repair.PlanAsync(listing.Snapshots, listing.Snapshots, CancellationToken.None);
        SnapshotRepairResult result = await repair.ExecuteAsync(plan, forget: true, CancellationToken.None);
        return listing.Damaged.Count == 0 && result.Removed.Count == plan.Repairs.Count;
    }

    /// <summary>The states that were promised are gone with the pack; what is there now has to be whole.</summary>
    public override Task FinishedAsync(World world) => LookAsync(world, async repository =>
    {
        SnapshotListing listing = await repository.LoadSnapshotsAsync(CancellationToken.None);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        foreach (SavedSnapshot saved in listing.Snapshots)
        {
            await SnapshotContent.LoadAsync(indexed, saved.Snapshot);
        }

        Promise(listing.Snapshots.Count == world.Ledger.Saved.Count, $"{listing.Snapshots.Count} snapshots are there after the repair of {world.Ledger.Saved.Count}");
        return true;
    });
}

/// <summary>A snapshot is lost: what only it had is found again.</summary>
internal sealed class RecoverScenario : RepairScenario
{
    private HashSet<string> _contents = [];

    public override string Name => "recover";

    protected override async Task DamageAsync(World world)
    {
        _contents = Contents(await RestorableAsync(new SimulatedDisk(world.Disk.Snapshot())));
        await LoseAsync(world, FileHandle.Of(await LookAsync(world, async repository => (await NewestAsync(repository)).Id)));
        int left = Contents(await RestorableAsync(new SimulatedDisk(world.Disk.Snapshot()))).Count;
        Promise(left < _contents.Count, "the snapshot that is lost had nothing of its own");
    }

    protected override async Task<bool> RepairAsync(World world, SimulatedProcess process, OpenRepository repository, WriteOptions write)
    {
        RecoverOperation recover = new(repository, write, new(), process.Events);
        RecoveryPlan plan = await recover.PlanAsync(CancellationToken.None);
        await recover.ExecuteAsync(plan, "machine", "reliability", CancellationToken.None);
        return plan.Unreadable.Count == 0 && !plan.Index.PacksTo(IndexChangeKind.LeaveDamaged).Any();
    }

    public override async Task FinishedAsync(World world)
    {
        HashSet<string> now = Contents(await RestorableAsync(new SimulatedDisk(world.Disk.Snapshot())));
        Promise(_contents.IsSubsetOf(now), "the content of a file was not found again");
    }

    /// <summary>What files have, wherever they lie.</summary>
    private static HashSet<string> Contents(HashSet<string> files) => [.. files.Select(static file => file[(file.LastIndexOf(' ') + 1)..])];
}
