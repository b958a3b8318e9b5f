namespace Sots.Restic.Writing;

/// <summary>How hard data blobs are compressed. Trees, index, snapshot and lock files are always compressed at level 3.</summary>
public enum CompressionMode
{
    /// <summary>zstd, a fast setting that is still denser than restic's default; see docs/PERFORMANCE.md.</summary>
    Auto,

    /// <summary>No compression; in a version 2 repository the data is still framed as zstd.</summary>
    Off,

    /// <summary>zstd level 1.</summary>
    Fastest,

    /// <summary>zstd level 6.</summary>
    Better,

    /// <summary>zstd level 15.</summary>
    Max,
}
