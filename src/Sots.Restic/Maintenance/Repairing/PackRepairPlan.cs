using Sots.Restic.Packs;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>A pack and what can be saved of it.</summary>
public sealed class PackRepair
{
    internal PackRepair(
        PackId pack, long? length, bool isWhole, IReadOnlyList<PackedBlob> intact, IReadOnlyList<PackedBlob> damaged, IReadOnlyList<string> faults,
        ContentId? hash)
    {
        Pack = pack;
        LengthBytes = length;
        IsWhole = isWhole;
        Intact = intact;
        Damaged = damaged;
        Faults = faults;
        Hash = hash;
    }

    /// <summary>The pack.</summary>
    public PackId Pack { get; }

    /// <summary>Its length in bytes; null where it is not there.</summary>
    public long? LengthBytes { get; }

    /// <summary>True where nothing is wrong with it: it is left alone.</summary>
    public bool IsWhole { get; }

    /// <summary>
    /// False where the storage does not hand out all of it: what is in it may be read another day, so that it stays as long as no whole copy
    /// of it can be made, and only the index forgets it.
    /// </summary>
    public bool IsReadable => Hash is not null;

    /// <summary>Blobs in it that are intact.</summary>
    public int IntactBlobs => Intact.Count;

    /// <summary>Blobs in it that are damaged.</summary>
    public int DamagedBlobs => Damaged.Count;

    /// <summary>What is wrong with it, the first few things.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>The hash of its bytes; null where not all of them could be read.</summary>
    internal ContentId? Hash { get; }

    internal IReadOnlyList<PackedBlob> Intact { get; }

    internal IReadOnlyList<PackedBlob> Damaged { get; }
}

/// <summary>
/// What a repair of packs will do, to be shown before it is done. Immutable. It holds for the repository as it was when the plan was
/// made; the lock must be held from then until it was carried out.
/// </summary>
public sealed class PackRepairPlan
{
    internal PackRepairPlan(
        IReadOnlyList<PackRepair> packs, IReadOnlySet<BlobHandle> saved, IReadOnlyList<BlobHandle> lost, IReadOnlyList<SnapshotRepair> losses)
    {
        Packs = packs;
        Saved = saved;
        LostBlobs = lost;
        Losses = losses;
    }

    /// <summary>The packs, in the order they were named.</summary>
    public IReadOnlyList<PackRepair> Packs { get; }

    /// <summary>Blobs that are copied into new packs; of the other intact ones an intact copy lies elsewhere.</summary>
    public int SavedBlobs => Saved.Count;

    /// <summary>Blobs of which no intact copy is anywhere in the repository.</summary>
    public IReadOnlyList<BlobHandle> LostBlobs { get; }

    /// <summary>Snapshots that are not whole because of the lost blobs, or were not before.</summary>
    public IReadOnlyList<SnapshotRepair> Losses { get; }

    /// <summary>True where all packs are whole.</summary>
    public bool IsEmpty => Packs.All(pack => pack.IsWhole);

    internal IReadOnlySet<BlobHandle> Saved { get; }
}
