namespace Sots.Restic.Maintenance.Pruning;

/// <summary>The sums of a plan, in restic's words. Sizes in bytes.</summary>
public sealed record PruneStatistics
{
    /// <summary>Blobs.</summary>
    public PruneBlobs Blobs { get; } = new();

    /// <summary>Their sealed bytes.</summary>
    public PruneBytes Bytes { get; } = new();

    /// <summary>Packs.</summary>
    public PrunePacks Packs { get; } = new();

    /// <summary>Blobs there are, copies counted each.</summary>
    public long TotalBlobs => Blobs.Used + Blobs.Unused + Blobs.Duplicate;

    /// <summary>Blobs that go.</summary>
    public long RemovedBlobs => Blobs.Remove + Blobs.RepackRemove;

    /// <summary>Blobs that stay.</summary>
    public long RemainingBlobs => TotalBlobs - RemovedBlobs;

    /// <summary>Bytes there are.</summary>
    public long TotalBytes => Bytes.Used + Bytes.Unused + Bytes.Duplicate + Bytes.Unreferenced;

    /// <summary>Bytes of the packs removed without copying anything.</summary>
    public long DeletedBytes => Bytes.Remove + Bytes.Unreferenced;

    /// <summary>Bytes that go.</summary>
    public long RemovedBytes => Bytes.Remove + Bytes.RepackRemove + Bytes.Unreferenced;

    /// <summary>Bytes that stay.</summary>
    public long RemainingBytes => TotalBytes - RemovedBytes;

    /// <summary>Bytes that nobody needs.</summary>
    public long UnusedBytes => Bytes.Unused + Bytes.Duplicate;

    /// <summary>Of those, bytes that stay.</summary>
    public long RemainingUnusedBytes => UnusedBytes - Bytes.Remove - Bytes.RepackRemove;

    /// <summary>Packs there are.</summary>
    public long TotalPacks => Packs.Used + Packs.PartlyUsed + Packs.Unused + Packs.Unreferenced;

    /// <summary>Packs that go.</summary>
    public long RemovedPacks => Packs.Repack + Packs.Remove + Packs.Unreferenced;
}

/// <summary>Numbers of blobs.</summary>
public sealed record PruneBlobs
{
    /// <summary>Needed by snapshots, one copy of each.</summary>
    public long Used { get; internal set; }

    /// <summary>Further copies of those.</summary>
    public long Duplicate { get; internal set; }

    /// <summary>Needed by none.</summary>
    public long Unused { get; internal set; }

    /// <summary>In packs to be repacked.</summary>
    public long Repack { get; internal set; }

    /// <summary>Of those, not copied.</summary>
    public long RepackRemove { get; internal set; }

    /// <summary>In packs to be removed.</summary>
    public long Remove { get; internal set; }
}

/// <summary>Bytes of blobs.</summary>
public sealed record PruneBytes
{
    /// <summary>Needed by snapshots, one copy of each.</summary>
    public long Used { get; internal set; }

    /// <summary>Further copies of those.</summary>
    public long Duplicate { get; internal set; }

    /// <summary>Needed by none.</summary>
    public long Unused { get; internal set; }

    /// <summary>Packs that no index file names.</summary>
    public long Unreferenced { get; internal set; }

    /// <summary>Packs to be repacked.</summary>
    public long Repack { get; internal set; }

    /// <summary>Of those, not copied.</summary>
    public long RepackRemove { get; internal set; }

    /// <summary>Packs to be removed.</summary>
    public long Remove { get; internal set; }

    /// <summary>Packs with blobs that stay without compression; 0 in a version 1 repository, which has none.</summary>
    public long Uncompressed { get; internal set; }
}

/// <summary>Numbers of packs.</summary>
public sealed record PrunePacks
{
    /// <summary>Everything in them is used.</summary>
    public long Used { get; internal set; }

    /// <summary>Some is.</summary>
    public long PartlyUsed { get; internal set; }

    /// <summary>Nothing is.</summary>
    public long Unused { get; internal set; }

    /// <summary>No index file names them.</summary>
    public long Unreferenced { get; internal set; }

    /// <summary>To be kept.</summary>
    public long Keep { get; internal set; }

    /// <summary>To be repacked.</summary>
    public long Repack { get; internal set; }

    /// <summary>To be removed, unreferenced ones aside.</summary>
    public long Remove { get; internal set; }
}
