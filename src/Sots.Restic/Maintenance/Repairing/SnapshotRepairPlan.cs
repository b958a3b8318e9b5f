using Sots.Restic.Index;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>A snapshot that is not whole, and what a repair makes of it.</summary>
public sealed class SnapshotRepair
{
    private readonly RepairedTree _tree;

    internal SnapshotRepair(SavedSnapshot snapshot, RepairedTree tree, SnapshotId? earlier)
    {
        Snapshot = snapshot;
        Earlier = earlier;
        _tree = tree;
    }

    /// <summary>The snapshot.</summary>
    public SavedSnapshot Snapshot { get; }

    /// <summary>The tree its replacement has; null where nothing of it can be read and there will be none.</summary>
    public TreeId? NewTree => _tree.Id;

    /// <summary>A snapshot that an earlier repair made of this one, the same as the one that would be made now; or null.</summary>
    public SnapshotId? Earlier { get; }

    /// <summary>What changes, path by path. Made while it is asked for.</summary>
    public IEnumerable<PathRepair> Repairs => _tree.Repairs("");
}

/// <summary>
/// What a repair of snapshots will do, to be shown before it is done. Immutable. It holds for the repository as it was when the plan was
/// made; the lock must be held from then until it was carried out.
/// </summary>
public sealed class SnapshotRepairPlan
{
    internal SnapshotRepairPlan(
        IReadOnlyList<SnapshotRepair> repairs, int whole, IReadOnlyList<PackId> damagedPacks, bool indexNeedsRepair, MasterIndex index)
    {
        Repairs = repairs;
        WholeSnapshots = whole;
        DamagedPacks = damagedPacks;
        IndexNeedsRepair = indexNeedsRepair;
        Index = index;
    }

    /// <summary>Snapshots that are not whole, oldest first.</summary>
    public IReadOnlyList<SnapshotRepair> Repairs { get; }

    /// <summary>Snapshots that stay as they are.</summary>
    public int WholeSnapshots { get; }

    /// <summary>Packs that are damaged themselves. What the index names in them counts as there; <c>repair packs</c> says what is.</summary>
    public IReadOnlyList<PackId> DamagedPacks { get; }

    /// <summary>True where index files are damaged, or do not name all packs rightly.</summary>
    public bool IndexNeedsRepair { get; }

    /// <summary>What is there.</summary>
    internal MasterIndex Index { get; }
}

/// <summary>What a repair of snapshots did.</summary>
/// <param name="Saved">New snapshots by the ids of the old ones.</param>
/// <param name="Removed">Old snapshots that were removed.</param>
public sealed record SnapshotRepairResult(IReadOnlyDictionary<SnapshotId, SnapshotId> Saved, IReadOnlyList<SnapshotId> Removed);
