using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Locking;
using Sots.Restic.Maintenance.Pruning;

namespace Sots.Reliability.Scenarios;

/// <summary>Removing what no snapshot needs: packs go, others are copied.</summary>
internal class PruneScenario : Scenario
{
    public override string Name => "prune";

    public override async Task PrepareAsync(World world)
    {
        await base.PrepareAsync(world);
        await PushScenario.SaveAsync(world);
        Promise(await new ForgetScenario().RunAsync(world, new SimulatedProcess(world)), "a forget without faults was not complete");
        PrunePlan plan = await LookAsync(world, repository =>
            new PruneOperation(repository, Options(new()), new OperationCounters(), SilentEvents.Instance).PlanAsync(CancellationToken.None));
        Promise(plan.PacksTo(PackAction.Repack).Any() && plan.PacksTo(PackAction.Remove).Any(), "the scenario neither repacks nor removes");
    }

    public override Task<bool> RunAsync(World world, SimulatedProcess process) =>
        process.WithRepositoryAsync(exclusive: true, (repository, write) => PruneAsync(process, repository, write));

    /// <summary>Prunes a repository that is open.</summary>
    protected static async Task<bool> PruneAsync(SimulatedProcess process, OpenRepository repository, Restic.Writing.WriteOptions write)
    {
        PruneOperation prune = new(repository, Options(write), new OperationCounters(), process.Events);
        PruneResult result = await prune.ExecuteAsync(await prune.PlanAsync(CancellationToken.None), CancellationToken.None);
        return result.Failed.Count == 0;
    }

    /// <summary>Nothing is left over, and nothing is left to do.</summary>
    public override async Task FinishedAsync(World world)
    {
        await Laws.HoldAsync(world.Disk, world.Ledger, world.KnownTrees, allowLeftOvers: false);
        PrunePlan plan = await LookAsync(world, repository =>
            new PruneOperation(repository, Options(new()), new OperationCounters(), SilentEvents.Instance).PlanAsync(CancellationToken.None));
        Promise(!plan.PacksTo(PackAction.Remove).Any() && !plan.PacksTo(PackAction.RemoveUnreferenced).Any(), "a prune leaves packs that nothing needs");
    }

    /// <summary>Prunes a repository on a disk, as a process of its own.</summary>
    public static async Task PruneAsync(Power.SimulatedDisk disk, string password)
    {
        using LocalBackend backend = new(World.RepositoryPath, disk);
        using OpenRepository repository = await Repository.OpenAsync(backend, World.Bytes(password), new OpenOptions(), CancellationToken.None);
        await using RepositoryLock held = await repository.LockAsync(exclusive: true, Laws.LockOptions, CancellationToken.None);
        PruneOperation prune = new(repository, Options(new() { EnsureLocked = held.EnsureHeldAsync }), new OperationCounters(), SilentEvents.Instance);
        await prune.ExecuteAsync(await prune.PlanAsync(CancellationToken.None), CancellationToken.None);
    }

    private static PruneOptions Options(Restic.Writing.WriteOptions write) => new() { MaxUnused = UnusedLimit.Bytes(0), Write = write };
}
