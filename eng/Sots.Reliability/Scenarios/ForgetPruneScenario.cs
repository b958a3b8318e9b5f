namespace Sots.Reliability.Scenarios;

/// <summary>Forgetting and pruning in one process, which flushes what it removed itself.</summary>
internal sealed class ForgetPruneScenario : PruneScenario
{
    public override string Name => "forget-prune";

    public override async Task PrepareAsync(World world)
    {
        await InitScenario.MakeAsync(world);
        await PushScenario.SaveAsync(world);
        world.ChangeProject();
        await PushScenario.SaveAsync(world);
        world.ChangeProject();
        await PushScenario.SaveAsync(world);
    }

    public override Task<bool> RunAsync(World world, SimulatedProcess process) => process.WithRepositoryAsync(exclusive: true, async (repository, write) =>
        await ForgetScenario.ForgetAsync(world, process, repository, write) && await PruneAsync(process, repository, write));
}
