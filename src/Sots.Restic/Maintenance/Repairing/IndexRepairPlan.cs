using Sots.Restic.Index;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Packs;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>What a repair of the index does about a pack.</summary>
public enum IndexChangeKind
{
    /// <summary>No index file names the pack; its header does what an index must.</summary>
    Add,

    /// <summary>The index is wrong about the pack; its header is right.</summary>
    Correct,

    /// <summary>The pack is not there; the index forgets it.</summary>
    Forget,

    /// <summary>The pack is damaged: its header cannot be read. What the index says of it stays, since it may help to salvage it.</summary>
    LeaveDamaged,
}

/// <summary>A pack about which the index is wrong.</summary>
/// <param name="Pack">The pack.</param>
/// <param name="Kind">What becomes of it.</param>
/// <param name="Reason">Why, as half a sentence.</param>
/// <param name="Blobs">Blobs the index names in it afterwards; of a forgotten one those it named before.</param>
public sealed record IndexChange(PackId Pack, IndexChangeKind Kind, string Reason, int Blobs);

/// <summary>An index file that cannot be read.</summary>
/// <param name="Id">The file.</param>
/// <param name="Reason">Why.</param>
public sealed record DamagedIndexFile(IndexId Id, string Reason);

/// <summary>
/// What a repair of the index will do, to be shown before it is done. Immutable. It holds for the repository as it was when the plan was
/// made; the lock must be held from then until it was carried out.
/// </summary>
public sealed class IndexRepairPlan
{
    internal IndexRepairPlan(
        IndexSurvey survey, EntriesByPack entries, IReadOnlyList<DamagedIndexFile> damaged, bool removesDamaged, IReadOnlyList<IndexChange> changes,
        IReadOnlyDictionary<PackId, List<PackedBlob>> headers)
    {
        DamagedFiles = damaged;
        RemovesDamagedFiles = removesDamaged;
        Changes = changes;
        Survey = survey;
        Headers = headers;
        Replacement = new IndexReplacement(survey, entries, removesDamaged ? damaged.Select(file => file.Id) : [], headers, PacksTo(IndexChangeKind.Forget).ToHashSet());
    }

    /// <summary>Index files that cannot be read; what they named stands in new ones.</summary>
    public IReadOnlyList<DamagedIndexFile> DamagedFiles { get; }

    /// <summary>
    /// False where the storage did not hand out the header of a pack that no readable index file names: the damaged files stay until it does,
    /// because as long as one is there, a restore looks for such packs itself.
    /// </summary>
    public bool RemovesDamagedFiles { get; }

    /// <summary>Packs about which the index is wrong, by their names.</summary>
    public IReadOnlyList<IndexChange> Changes { get; }

    /// <summary>Index files that are replaced, the damaged ones among them.</summary>
    public IReadOnlyList<IndexId> ReplacedFiles => Replacement.Old;

    /// <summary>Index files that will be written.</summary>
    public int NewFiles => Replacement.NewFiles;

    /// <summary>True where the index is as it must be, but for packs that are damaged themselves.</summary>
    public bool IsEmpty => Replacement.IsEmpty;

    internal IndexSurvey Survey { get; }

    /// <summary>New entries of packs that are added or corrected.</summary>
    internal IReadOnlyDictionary<PackId, List<PackedBlob>> Headers { get; }

    internal IndexReplacement Replacement { get; }

    /// <summary>The packs of which one thing becomes.</summary>
    public IEnumerable<PackId> PacksTo(IndexChangeKind kind) => Changes.Where(change => change.Kind == kind).Select(change => change.Pack);

    /// <summary>The index as it is, without packs that are not there.</summary>
    internal MasterIndex Named()
    {
        HashSet<PackId> forgotten = [.. PacksTo(IndexChangeKind.Forget)];
        return forgotten.Count == 0 ? Survey.Index : Survey.Index.Where((pack, _) => !forgotten.Contains(pack));
    }

    /// <summary>The index as it will be.</summary>
    internal MasterIndex Result()
    {
        if (Headers.Count == 0 && !PacksTo(IndexChangeKind.Forget).Any())
        {
            return Survey.Index;
        }

        HashSet<PackId> forgotten = [.. PacksTo(IndexChangeKind.Forget)];
        MasterIndex result = Survey.Index.Where((pack, _) => !forgotten.Contains(pack) && !Headers.ContainsKey(pack));
        foreach ((PackId pack, List<PackedBlob> blobs) in Headers)
        {
            blobs.ForEach(blob => result.Add(pack, blob));
        }

        return result;
    }
}
