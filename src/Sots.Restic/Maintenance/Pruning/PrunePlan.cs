using Sots.Restic.Backends;
using Sots.Restic.Index;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>What becomes of a pack.</summary>
public enum PackAction
{
    /// <summary>It stays.</summary>
    Keep,

    /// <summary>What is used of it is copied into new packs; then it is removed.</summary>
    Repack,

    /// <summary>It is removed: nothing of it is used.</summary>
    Remove,

    /// <summary>It is removed before anything else: no index file names it.</summary>
    RemoveUnreferenced,

    /// <summary>The index forgets it: the file is not there, and nothing of it is used.</summary>
    Forget,
}

/// <summary>Why.</summary>
public enum PackReason
{
    /// <summary>Everything in it is used.</summary>
    Used,

    /// <summary>Small, but there are too few of them to be worth the trouble.</summary>
    FewSmall,

    /// <summary>Some of it is not used, which is within the limit of unused data.</summary>
    WithinUnusedLimit,

    /// <summary>The limit of repacking was reached.</summary>
    RepackLimit,

    /// <summary>It holds data, and only packs with trees are to be repacked.</summary>
    NotCacheable,

    /// <summary>Nothing of it is used.</summary>
    Unused,

    /// <summary>Some of it is not used.</summary>
    PartlyUsed,

    /// <summary>It is small, and so are others.</summary>
    Small,

    /// <summary>It holds data and trees, which belong apart.</summary>
    Mixed,

    /// <summary>It is not compressed.</summary>
    Uncompressed,

    /// <summary>No index file names it.</summary>
    Unreferenced,

    /// <summary>The file is not there.</summary>
    Missing,
}

/// <summary>A pack and what becomes of it.</summary>
/// <param name="Id">The pack.</param>
/// <param name="LengthBytes">Its length in bytes; 0 where it is not there.</param>
/// <param name="Action">What becomes of it.</param>
/// <param name="Reason">Why.</param>
/// <param name="UsedBytes">Bytes of it that are used, its header among them.</param>
/// <param name="UnusedBytes">Bytes of it that are not used, or of which another copy is kept.</param>
/// <param name="UsedBlobs">Blobs of it that are used.</param>
/// <param name="UnusedBlobs">The others.</param>
public readonly record struct PlannedPack(
    PackId Id, long LengthBytes, PackAction Action, PackReason Reason, long UsedBytes, long UnusedBytes, int UsedBlobs, int UnusedBlobs);

/// <summary>
/// What a prune will do, to be shown before it is done. Immutable. It holds for the repository as it was when the plan was made; the
/// lock must be held from then until it was carried out.
/// </summary>
public sealed class PrunePlan
{
    internal PrunePlan(
        PruneStatistics statistics, IReadOnlyList<PlannedPack> packs, IReadOnlyList<UnfinishedFile> unfinished, IndexSurvey survey, CopyList copies)
    {
        Unfinished = unfinished;
        Statistics = statistics;
        Packs = packs;
        Survey = survey;
        Copies = copies;
        RewritesIndex = survey.HasRepetitions()
            || packs.Any(pack => pack.Action is PackAction.Repack or PackAction.Remove or PackAction.Forget);
    }

    /// <summary>The sums.</summary>
    public PruneStatistics Statistics { get; }

    /// <summary>Every pack, in the order of their names.</summary>
    public IReadOnlyList<PlannedPack> Packs { get; }

    /// <summary>What interrupted runs began to store; it is removed.</summary>
    public IReadOnlyList<UnfinishedFile> Unfinished { get; }

    /// <summary>True where there is nothing to do.</summary>
    public bool IsEmpty => !RewritesIndex && Unfinished.Count == 0 && Packs.All(pack => pack.Action == PackAction.Keep);

    /// <summary>True where index files are replaced: packs leave them, or stand in them twice.</summary>
    public bool RewritesIndex { get; }

    internal IndexSurvey Survey { get; }

    internal CopyList Copies { get; }

    /// <summary>The packs of which something becomes.</summary>
    public IEnumerable<PackId> PacksTo(PackAction action) => Packs.Where(pack => pack.Action == action).Select(pack => pack.Id);
}
