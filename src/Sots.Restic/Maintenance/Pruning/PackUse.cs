using Sots.Restic.Packs;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>What is used of one pack, by the index. 40 bytes.</summary>
internal struct PackUse
{
    /// <summary>Bytes of used blobs and of the pack's header.</summary>
    public long UsedBytes;

    /// <summary>Bytes of the other blobs.</summary>
    public long UnusedBytes;

    /// <summary>Used blobs.</summary>
    public int UsedBlobs;

    /// <summary>Other blobs, duplicates that are not chosen among them.</summary>
    public int UnusedBlobs;

    /// <summary>Used blobs of which there is another copy somewhere.</summary>
    public int DuplicateBlobs;

    /// <summary>It has data blobs.</summary>
    public bool HasData;

    /// <summary>It has tree blobs.</summary>
    public bool HasTrees;

    /// <summary>It has blobs without compression.</summary>
    public bool HasUncompressed;

    /// <summary>Length in bytes that the pack must have.</summary>
    public readonly long Bytes => UsedBytes + UnusedBytes;

    /// <summary>Data and trees in one pack.</summary>
    public readonly bool IsMixed => HasData && HasTrees;

    /// <summary>Nothing but data.</summary>
    public readonly bool IsData => HasData && !HasTrees;

    /// <summary>Blobs in all.</summary>
    public readonly int Blobs => UsedBlobs + UnusedBlobs;

    /// <summary>Counts a blob's share of the header, and the header's own before the first.</summary>
    public void CountHeader(in PackedBlob blob) =>
        UsedBytes += PackHeaderLayout.EntryLength(blob) + (HasData || HasTrees ? 0 : PackHeaderLayout.FixedLength);
}
