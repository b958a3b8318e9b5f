namespace Sots.Restic.Backends;

/// <summary>The kinds of file a repository consists of.</summary>
public enum FileType
{
    /// <summary><c>config</c>: one file, no name.</summary>
    Config,

    /// <summary><c>keys/</c>: plain JSON, one file a password.</summary>
    Key,

    /// <summary><c>locks/</c>: who is working here.</summary>
    Lock,

    /// <summary><c>snapshots/</c>.</summary>
    Snapshot,

    /// <summary><c>index/</c>: which blob lies in which pack.</summary>
    Index,

    /// <summary><c>data/xx/</c>: packs of blobs.</summary>
    Pack,
}
