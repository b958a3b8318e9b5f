using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Reliability.Scenarios;

/// <summary>Saving what changed.</summary>
internal class PushScenario : Scenario
{
    private TreeId _expected;

    public override string Name => "push";

    public override IReadOnlyList<Seam> OtherSeams => [Seam.Source];

    public override async Task ResetAsync(World world) => _expected = await world.ExpectTreeAsync();

    public override async Task<bool> RunAsync(World world, SimulatedProcess process)
    {
        BackupResult result = await process.WithRepositoryAsync(exclusive: false, (repository, write) => BackupOperation.RunAsync(
            repository, process.Backup(write), new OperationCounters(), process.Events, CancellationToken.None));

        // What follows is what the user is told and looks at afterwards; no fault is in the way of that.
        (SavedSnapshot saved, SnapshotContent content) = await LookAsync(world, async repository =>
        {
            SavedSnapshot found = await repository.LoadSnapshotAsync(result.Snapshot!.Value, CancellationToken.None);
            return (found, await SnapshotContent.LoadAsync(await repository.LoadIndexAsync(CancellationToken.None), found.Snapshot));
        });
        if (result.IsComplete)
        {
            Promise(content.Project == _expected, $"reported as complete, but it is not the project: {content.Difference(world.Files)}");
        }
        else
        {
            content.PromiseExactOrNamed(world, process.Events.Problems);
            world.KnownTrees.Add(content.Project);
        }

        world.Ledger = world.Ledger.With(new SavedState(content.Project, saved.Snapshot.Time));
        return result.IsComplete;
    }

    public override Task FinishedAsync(World world) => LookAsync(world, async repository =>
    {
        SnapshotContent content = await SnapshotContent.LoadAsync(
            await repository.LoadIndexAsync(CancellationToken.None), (await NewestAsync(repository)).Snapshot);
        Promise(content.Project == _expected, $"the newest snapshot is not the project as it is: {content.Difference(world.Files)}");
        return true;
    });

    /// <summary>Saves the project for another scenario.</summary>
    public static async Task SaveAsync(World world)
    {
        PushScenario push = new();
        await push.ResetAsync(world);
        Promise(await push.RunAsync(world, new SimulatedProcess(world)), "a push without faults was not complete");
    }
}

/// <summary>Saving everything for the first time.</summary>
internal sealed class FullScenario : PushScenario
{
    public override string Name => "full";

    public override Task PrepareAsync(World world) => InitScenario.MakeAsync(world);
}
