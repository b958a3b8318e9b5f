namespace Sots.Restic;

/// <summary>
/// The largest things this program takes from a repository. A repository may be hostile: every limit stands before the allocation it
/// guards. Sizes in bytes.
/// </summary>
public static class Limits
{
    /// <summary>A key, lock or config file as stored.</summary>
    public const int SmallFileLength = 64 * 1024;

    /// <summary>A snapshot's JSON.</summary>
    public const int SnapshotLength = 16 * 1024 * 1024;

    /// <summary>Paths, excludes and tags of a snapshot, all together.</summary>
    public const int SnapshotTexts = 1_000_000;

    /// <summary>Members of a snapshot, and of its counts, that this program does not know.</summary>
    public const int SnapshotUnknownMembers = 10_000;

    /// <summary>The memory of all snapshots that are held at once. A hundred thousand usual ones stay below it.</summary>
    public const long AllSnapshotsBytes = 256L * 1024 * 1024;

    /// <summary>An index file's JSON.</summary>
    public const int IndexLength = 256 * 1024 * 1024;

    /// <summary>A tree's JSON.</summary>
    public const int TreeLength = 256 * 1024 * 1024;

    /// <summary>Entries of one tree, which is one folder.</summary>
    public const int TreeEntries = 1_000_000;

    /// <summary>An index file of more than this many bytes of JSON is read alone, not beside others.</summary>
    internal const int LargeIndexLength = 16 * 1024 * 1024;

    /// <summary>The plaintext of a data blob. The chunker makes 8 MiB at most; other programs may make more.</summary>
    public const int DataBlobLength = 64 * 1024 * 1024;

    /// <summary>A pack file: offsets are 32 bits.</summary>
    public const long PackLength = 1L << 32;

    /// <summary>A sealed pack header.</summary>
    public const int PackHeaderLength = 16 * 1024 * 1024;

    /// <summary>Levels of directories.</summary>
    public const int TreeDepth = 4096;

    /// <summary>Directories along one path that a repair has still to look at, all together: 64 MiB of their ids.</summary>
    internal const int WaitingTrees = 2_000_000;
}
