namespace Sots.Restic.Writing;

/// <summary>How hard data blobs are compressed. Trees and repository files are always compressed at the default level.</summary>
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
