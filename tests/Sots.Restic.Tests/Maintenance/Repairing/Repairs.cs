using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Tests.Maintenance.Pruning;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Restic.Tests.Maintenance.Repairing;

/// <summary>Repairs in one line each, and what can be restored before and after.</summary>
internal static class Repairs
{
    /// <summary>A copy of something damaged was kept.</summary>
    public static ValueTask<ContentId?> Copied => new(ContentId.Of("damaged"u8));

    public static WriteOptions Write => PruneRepository.SmallPacks;

    public static async Task<IndexRepairPlan> IndexAsync(OpenRepository repository, bool readAllPacks = false, CancellationToken cancellationToken = default)
    {
        IndexRepairPlan plan = await IndexRepairer.PlanAsync(repository, readAllPacks, new PruneTale(), cancellationToken);
        await IndexRepairer.ExecuteAsync(repository, plan, Write.EnsureLocked, new PruneTale(), cancellationToken);
        return plan;
    }

    public static async Task<PackRepairPlan> PacksAsync(OpenRepository repository, IReadOnlyList<PackId> packs, CancellationToken cancellationToken = default)
    {
        PackRepairPlan plan = await PackRepairer.PlanAsync(repository, packs, new PruneTale(), cancellationToken);
        await PackRepairer.ExecuteAsync(repository, plan, static (_, _) => Copied, Write, new PruneTale(), cancellationToken);
        return plan;
    }

    public static async Task<(SnapshotRepairPlan Plan, SnapshotRepairResult Result)> SnapshotsAsync(
        OpenRepository repository, bool forget, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<SavedSnapshot> all = (await repository.LoadSnapshotsAsync(cancellationToken)).Snapshots;
        SnapshotRepairPlan plan = await SnapshotRepairer.PlanAsync(repository, all, all, new PruneTale(), cancellationToken);
        return (plan, await SnapshotRepairer.ExecuteAsync(repository, plan, forget, Write, new PruneTale(), cancellationToken));
    }

    public static async Task<(RecoveryPlan Plan, SnapshotId? Snapshot)> RecoverAsync(OpenRepository repository, CancellationToken cancellationToken = default)
    {
        RecoveryPlan plan = await Recovery.PlanAsync(repository, new PruneTale(), cancellationToken);
        return (plan, await Recovery.ExecuteAsync(repository, plan, new NodeTime(1_700_000_000, 0, 0), "host", "test", Write, new PruneTale(), cancellationToken));
    }

    /// <summary>What a check advises, in the order it advises it.</summary>
    public static async Task AllAsync(OpenRepository repository, bool forget, CancellationToken cancellationToken = default)
    {
        IndexRepairPlan index = await IndexAsync(repository, cancellationToken: cancellationToken);
        CheckRun check = await CheckRun.OfAsync(repository);
        await PacksAsync(repository, [.. check.Report.BrokenPacks.Union(index.PacksTo(IndexChangeKind.LeaveDamaged))], cancellationToken);
        await IndexAsync(repository, cancellationToken: cancellationToken);
        await SnapshotsAsync(repository, forget, cancellationToken);
    }

    /// <summary>Every file that can be restored in full.</summary>
    public static Task<HashSet<string>> RestorableAsync(OpenRepository repository) => RestorableFiles.OfAsync(repository);
}
