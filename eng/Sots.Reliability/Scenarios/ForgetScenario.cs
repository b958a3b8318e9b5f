using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Restic.Writing;

namespace Sots.Reliability.Scenarios;

/// <summary>Removing all snapshots but the newest.</summary>
internal sealed class ForgetScenario : Scenario
{
    public override string Name => "forget";

    public override Task<bool> RunAsync(World world, SimulatedProcess process) =>
        process.WithRepositoryAsync(exclusive: true, (repository, write) => ForgetAsync(world, process, repository, write));

    /// <summary>Forgets with a repository that is open.</summary>
    public static async Task<bool> ForgetAsync(World world, SimulatedProcess process, OpenRepository repository, WriteOptions write)
    {
        SnapshotListing listing = await repository.LoadSnapshotsAsync(CancellationToken.None);
        IReadOnlyList<SavedSnapshot> old = [.. listing.Snapshots.SkipLast(1)];
        foreach (SavedSnapshot snapshot in old)
        {
            world.Ledger = world.Ledger.Without(snapshot.Snapshot.Time);
        }

        int failed = await ForgetOperation.RunAsync(
            repository, [.. old.Select(static saved => saved.Id)], write.EnsureLocked, process.Time, process.Events, CancellationToken.None);
        return failed == 0 && listing.Damaged.Count == 0;
    }

    public override Task FinishedAsync(World world) => LookAsync(world, async repository =>
    {
        Promise((await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots.Count == 1, "a snapshot that was to go is still there");
        return true;
    });
}
