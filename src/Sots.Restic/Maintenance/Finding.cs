namespace Sots.Restic.Maintenance;

/// <summary>What a check can find. The names are stable; messages are for people.</summary>
public enum FindingKind
{
    /// <summary>A key file whose bytes are not what its name says, or that is no key file.</summary>
    KeyUnreadable,

    /// <summary>An index file that cannot be read or is no index.</summary>
    IndexUnreadable,

    /// <summary>A pack that several index files name in the same way. Harmless.</summary>
    PackIndexedTwice,

    /// <summary>A pack of which index files say different things, or that is split over several of them.</summary>
    PackIndexedDifferently,

    /// <summary>A pack whose blobs, as the index has them, overlap or leave gaps.</summary>
    PackLayout,

    /// <summary>A pack with data and tree blobs. Harmless.</summary>
    MixedPack,

    /// <summary>A pack that the index names is not there.</summary>
    PackMissing,

    /// <summary>A pack has another length than its blobs in the index add up to.</summary>
    PackLength,

    /// <summary>A pack that no index file names. Harmless.</summary>
    OrphanPack,

    /// <summary>A pack whose content is not what its name, its header or the index says.</summary>
    PackDamaged,

    /// <summary>A pack that reads differently each time: the storage, the network or the memory is faulty.</summary>
    PackUnstable,

    /// <summary>A pack that the storage does not hand out.</summary>
    PackUnreadable,

    /// <summary>A snapshot file that cannot be read or is no snapshot.</summary>
    SnapshotUnreadable,

    /// <summary>A tree that no index names.</summary>
    TreeMissing,

    /// <summary>A tree whose blob does not open, or that is no tree.</summary>
    TreeDamaged,

    /// <summary>Directories nest deeper than this program goes.</summary>
    TreeTooDeep,

    /// <summary>A name that no entry of a directory can have.</summary>
    NodeName,

    /// <summary>Names of a directory that are not in strict order: unsorted, or one twice.</summary>
    NodeOrder,

    /// <summary>A node of a type that cannot be restored.</summary>
    NodeType,

    /// <summary>A file without a list of blobs, or with the null id in it.</summary>
    NodeContent,

    /// <summary>A file with a blob that no index names.</summary>
    BlobMissing,

    /// <summary>A file whose size is not that of its blobs together.</summary>
    NodeSize,

    /// <summary>A directory without a subtree.</summary>
    NodeSubtree,

    /// <summary>A lock file that cannot be read or is no lock. It keeps others waiting and takes nothing with it.</summary>
    LockUnreadable,

    /// <summary>The config file is gone, or is not what it should be. It is not needed for reading.</summary>
    ConfigUnreadable,
}

/// <summary>One thing a check found.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Item">The repository file it is about, or the tree.</param>
/// <param name="Message">A sentence with the item, what was expected and found, and where known the path that it takes with it.</param>
public sealed record Finding(FindingKind Kind, string Item, string Message)
{
    /// <summary>True for what takes nothing with it: left-overs, duplicates, packs that prune will sort out.</summary>
    public bool IsHint => Kind is FindingKind.PackIndexedTwice or FindingKind.MixedPack or FindingKind.OrphanPack;
}
