using Sots.Restic.Writing;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>How a prune weighs space against work. Names and defaults are restic's.</summary>
public sealed record PruneOptions
{
    /// <summary>How much unused data may stay; default 5 % of the repository.</summary>
    public UnusedLimit MaxUnused { get; init; } = UnusedLimit.Default;

    /// <summary>Repacking stops before it has copied from packs of so many bytes in total; null, the default, for no limit.</summary>
    public long? MaxRepackBytes { get; init; }

    /// <summary>Leave packs with data alone unless nothing of them is used; repack only packs with trees. Default false.</summary>
    public bool RepackCacheableOnly { get; init; }

    /// <summary>Packs below 80 % of the pack size count as small. Default false.</summary>
    public bool RepackSmall { get; init; }

    /// <summary>Packs of fewer bytes count as small; null, the default, to judge by the sizes there are.</summary>
    public long? RepackSmallerThanBytes { get; init; }

    /// <summary>Repack everything that is stored without compression. Default false: only trees.</summary>
    public bool RepackUncompressed { get; init; }

    /// <summary>Snapshots that count as removed, for a dry run of their removal. Default none.</summary>
    public IReadOnlySet<SnapshotId> IgnoredSnapshots { get; init; } = new HashSet<SnapshotId>();

    /// <summary>
    /// How what is repacked is stored. Its <see cref="WriteOptions.EnsureLocked"/> is asked before everything that is written or removed.
    /// </summary>
    public WriteOptions Write { get; init; } = new();
}
