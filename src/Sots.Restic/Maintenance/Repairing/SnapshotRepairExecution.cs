using Sots.Restic.Snapshots;
using Sots.Restic.Writing;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>Carries out the repair of snapshots, in the order of docs/CRASH-SAFETY.md.</summary>
internal sealed class SnapshotRepairExecution(
    OpenRepository repository, SnapshotRepairPlan plan, bool forget, WriteOptions write, IMaintenanceEvents events)
{
    private readonly Dictionary<SnapshotId, SnapshotId> _saved = [];
    private readonly List<SnapshotId> _removed = [];

    /// <summary>Runs it; the exclusive lock is the one the plan was made under.</summary>
    public async Task<SnapshotRepairResult> RunAsync(CancellationToken cancellationToken)
    {
        WriteSession session = new IndexedRepository(repository, plan.Index, []).BeginWrite(write);
        await using (session.ConfigureAwait(false))
        {
            try
            {
                await SaveTreesAsync(session, cancellationToken).ConfigureAwait(false);
                foreach (SnapshotRepair repair in plan.Repairs)
                {
                    await ReplaceAsync(session, repair, cancellationToken).ConfigureAwait(false);
                }
            }
            catch
            {
                await session.AbandonAsync().ConfigureAwait(false);
                throw;
            }
        }

        return new SnapshotRepairResult(_saved, _removed);
    }

    /// <summary>When this returns the new trees are stored, named by an index, and were read again.</summary>
    private async Task SaveTreesAsync(WriteSession session, CancellationToken cancellationToken)
    {
        TreeRepair trees = new(new IndexedRepository(repository, plan.Index, []), session);
        foreach (SnapshotRepair repair in plan.Repairs)
        {
            RepairedTree? tree = await trees.RunAsync(repair.Snapshot.Snapshot.Tree, cancellationToken).ConfigureAwait(false);
            if (tree is null || tree.Id != repair.NewTree)
            {
                throw new RepositoryException(
                    RepositoryErrorKind.Damaged,
                    $"Snapshot {repair.Snapshot.Id.Value.ToShortString()} reads differently than it did for the plan. No snapshot was changed.",
                    "Storage, network or memory of this machine are not reliable; `check --read-data` says more.");
            }
        }

        if (trees.NewTrees.Count == 0)
        {
            return;
        }

        await session.FlushAsync(cancellationToken).ConfigureAwait(false);
        IndexedRepository stored = await repository.LoadIndexAsync(cancellationToken).ConfigureAwait(false);
        foreach (TreeId tree in trees.NewTrees)
        {
            await stored.LoadTreeAsync(tree, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReplaceAsync(WriteSession session, SnapshotRepair repair, CancellationToken cancellationToken)
    {
        SavedSnapshot old = repair.Snapshot;
        if (repair.NewTree is { } tree && repair.Earlier is null)
        {
            Snapshot replacement = old.Snapshot with { Tree = tree, Original = old.Id, Tags = forget ? old.Snapshot.Tags : WithTag(old.Snapshot.Tags) };
            SnapshotId id = await session.SaveSnapshotAsync(replacement, cancellationToken).ConfigureAwait(false);

            // The old one may go only after the new one was read again.
            await repository.LoadSnapshotAsync(id, cancellationToken).ConfigureAwait(false);
            _saved.Add(old.Id, id);
            events.Step($"saved new snapshot {id.Value.ToShortString()}");
        }

        if (forget)
        {
            await write.EnsureLocked(cancellationToken).ConfigureAwait(false);
            await repository.RemoveSnapshotAsync(old.Id, cancellationToken).ConfigureAwait(false);
            _removed.Add(old.Id);
            events.Step($"removed {(repair.NewTree is null ? "empty" : "old")} snapshot {old.Id.Value.ToShortString()}");
        }
    }

    private static string[] WithTag(IReadOnlyList<string> tags) =>
        tags.Contains(SnapshotRepairer.Tag, StringComparer.Ordinal) ? [.. tags] : [.. tags, SnapshotRepairer.Tag];
}
