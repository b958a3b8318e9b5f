using Sots.Reliability.Calls;
using Sots.Reliability.Scenarios;
using Sots.Restic;
using Sots.Testing;

namespace Sots.Reliability.Power;

/// <summary>Some weeks of a repository, with every step of its disk: commands one after the other, some of them killed and run again.</summary>
/// <param name="Steps">What was done.</param>
/// <param name="KnownTrees">All states that the project had.</param>
internal sealed record RecordedHistory(DiskHistory Steps, IReadOnlySet<TreeId> KnownTrees)
{
    /// <summary>Records one.</summary>
    /// <param name="work">A new folder; removed again.</param>
    /// <param name="seed">The project, its changes, and who is killed when.</param>
    /// <param name="withInit">Whether it begins before the repository is made.</param>
    /// <param name="kills">Whether processes are killed.</param>
    public static async Task<RecordedHistory> MakeAsync(string work, int seed, bool withInit, bool kills = true)
    {
        Random random = new(seed);
        World world = new(work, random, files: 7 + random.Next(6)) { PackSizeBytes = random.Next(3, 20) << 10 };
        DiskHistory? steps = withInit ? world.BeginHistory() : null;
        await RunAsync(world, new InitScenario(), random, kills && withInit);
        if (steps is null)
        {
            // Folders without files get lost when a repository is copied; then they are made again as they are needed.
            world.DropEmptyFolders();
            steps = world.BeginHistory();
        }

        await RunAsync(world, new FullScenario(), random, kills);
        world.ChangeProject();
        await RunAsync(world, new PushScenario(), random, kills);
        world.ChangeProject();
        await RunAsync(world, new PushScenario(), random, kills);
        await RunAsync(world, new TagScenario(), random, kills);
        await RunAsync(world, new ForgetScenario(), random, kills);
        await RunAsync(world, new PruneScenario(), random, kills);
        world.ChangeProject();
        await RunAsync(world, new PushScenario(), random, kills);
        await RunAsync(world, new ForgetPruneScenario(), random, kills);
        await RunAsync(world, new CheckScenario(), random, kills);
        Directory.Delete(work, recursive: true);
        return new RecordedHistory(steps, world.KnownTrees);
    }

    /// <summary>Sometimes a process is killed somewhere first; then the command is run to its end.</summary>
    private static async Task RunAsync(World world, Scenario scenario, Random random, bool kills)
    {
        await scenario.ResetAsync(world);
        if (kills && random.Next(2) == 0)
        {
            await scenario.RunInAsync(world, new SimulatedProcess(world, new FaultPlan(Seam.Files, random.Next(1, 200), FaultAction.DieAfter)));
        }

        Outcome outcome = await scenario.RunInAsync(world, new SimulatedProcess(world));
        if (outcome != Outcome.Complete)
        {
            throw new BrokenPromiseException($"{scenario.Name} ended as {outcome}: {scenario.LastError}");
        }
    }
}
