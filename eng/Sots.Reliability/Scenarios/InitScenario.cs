using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Reliability.Scenarios;

/// <summary>Making a repository.</summary>
internal sealed class InitScenario : Scenario
{
    public override string Name => "init";

    public override Task PrepareAsync(World world) => Task.CompletedTask;

    public override async Task<bool> RunAsync(World world, SimulatedProcess process)
    {
        using IBackend backend = process.OpenBackend();
        if (await backend.FindLengthAsync(FileHandle.Config, CancellationToken.None) is null)
        {
            using OpenRepository made = await Repository.CreateAsync(backend, World.Bytes(World.FirstPassword), World.NewRepository, CancellationToken.None);
        }

        world.Ledger = world.Ledger with { HasRepository = true, Opens = [World.FirstPassword] };
        return true;
    }

    public override Task FinishedAsync(World world) => LookAsync(world, async repository =>
    {
        Promise((await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots.Count == 0, "a new repository has snapshots");
        return true;
    });

    /// <summary>Makes one for another scenario.</summary>
    public static Task MakeAsync(World world) => new InitScenario().RunAsync(world, new SimulatedProcess(world));
}
