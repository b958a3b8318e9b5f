using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Tests.Maintenance.Pruning;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Restic.Tests.Maintenance.Repairing;

/// <summary>Repairs in one line each, and what can be restored before and after.</summary>
internal static class Repairs
{
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
        await PackRepairer.ExecuteAsync(repository, plan, static (_, _) => ValueTask.CompletedTask, Write, new PruneTale(), cancellationToken);
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
        await IndexAsync(repository, cancellationToken: cancellationToken);
        CheckRun check = await CheckRun.OfAsync(repository);
        await PacksAsync(repository, check.Report.BrokenPacks, cancellationToken);
        await IndexAsync(repository, cancellationToken: cancellationToken);
        await SnapshotsAsync(repository, forget, cancellationToken);
    }

    /// <summary>
    /// Every file that can be restored in full, the slow and obvious way: its path and the hash of its content. What of a tree cannot be
    /// read is passed over.
    /// </summary>
    public static async Task<HashSet<string>> RestorableAsync(OpenRepository repository)
    {
        HashSet<string> files = [];
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        foreach (SavedSnapshot saved in (await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots)
        {
            Stack<(TreeId Tree, string Path)> open = new([(saved.Snapshot.Tree, "")]);
            while (open.TryPop(out (TreeId Tree, string Path) folder))
            {
                foreach (Node node in await ReadAsync(indexed, folder.Tree))
                {
                    string path = folder.Path + "/" + NameQuoting.QuoteToString(node.Name);
                    if (node.Subtree is { } subtree)
                    {
                        open.Push((subtree, path));
                    }
                    else if (node is { Type: NodeType.File, Content: { } content } && await HashAsync(indexed, content, node.Size) is { } hash)
                    {
                        files.Add($"{path} {hash}");
                    }
                }
            }
        }

        return files;
    }

    private static async Task<List<Node>> ReadAsync(IndexedRepository indexed, TreeId tree)
    {
        try
        {
            return await indexed.LoadTreeAsync(tree, CancellationToken.None);
        }
        catch (RepositoryException)
        {
            return [];
        }
    }

    private static async Task<ContentId?> HashAsync(IndexedRepository indexed, IReadOnlyList<BlobId> content, ulong size)
    {
        List<byte> bytes = [];
        try
        {
            foreach (BlobId blob in content)
            {
                bytes.AddRange(await indexed.LoadBlobAsync(new BlobHandle(blob), CancellationToken.None));
            }
        }
        catch (RepositoryException)
        {
            return null;
        }

        return (ulong)bytes.Count == size ? ContentId.Of(bytes.ToArray()) : null;
    }
}
