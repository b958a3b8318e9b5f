using Sots.Restic.Trees;

namespace Sots.Restic.Snapshots;

/// <summary>A snapshot: a root tree and the facts about how it was made. Sizes in bytes.</summary>
/// <remarks>Immutable. Members that this program does not know are kept in <see cref="UnknownMembers"/> and written again.</remarks>
public sealed record Snapshot
{
    /// <summary>Start of the backup.</summary>
    public required NodeTime Time { get; init; }

    /// <summary>The snapshot that change detection compared with, or null.</summary>
    public SnapshotId? Parent { get; init; }

    /// <summary>The root tree.</summary>
    public required TreeId Tree { get; init; }

    /// <summary>Absolute paths that were saved, in the order given; null only where a foreign program wrote null.</summary>
    public IReadOnlyList<string>? Paths { get; init; }

    /// <summary>Host name, empty where unknown.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>User name, on Windows <c>DOMAIN\user</c>; empty where unknown.</summary>
    public string Username { get; init; } = "";

    /// <summary>Numeric user; 0 is not written.</summary>
    public uint UserId { get; init; }

    /// <summary>Numeric group; 0 is not written.</summary>
    public uint GroupId { get; init; }

    /// <summary>The literal exclude patterns of the command line.</summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];

    /// <summary>Tags in the order given.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The snapshot this one replaced (after tag, rewrite, copy), or null.</summary>
    public SnapshotId? Original { get; init; }

    /// <summary>Program and version that made it, empty where unknown.</summary>
    public string ProgramVersion { get; init; } = "";

    /// <summary>Counts of the backup, or null.</summary>
    public SnapshotSummary? Summary { get; init; }

    /// <summary>Members of the JSON object that this program does not know: name and raw JSON value, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> UnknownMembers { get; init; } = [];
}

/// <summary>Counts of a backup as a snapshot keeps them. Sizes in bytes.</summary>
public sealed record SnapshotSummary
{
    /// <summary>Start.</summary>
    public NodeTime BackupStart { get; init; }

    /// <summary>End.</summary>
    public NodeTime BackupEnd { get; init; }

    /// <summary>Files without a node of the same path in the parent.</summary>
    public ulong FilesNew { get; init; }

    /// <summary>Files whose node differs from the parent's.</summary>
    public ulong FilesChanged { get; init; }

    /// <summary>Files whose node equals the parent's.</summary>
    public ulong FilesUnmodified { get; init; }

    /// <summary>Directories without a node in the parent.</summary>
    public ulong DirsNew { get; init; }

    /// <summary>Directories whose node differs.</summary>
    public ulong DirsChanged { get; init; }

    /// <summary>Directories whose node equals the parent's.</summary>
    public ulong DirsUnmodified { get; init; }

    /// <summary>Data blobs that were new.</summary>
    public long DataBlobs { get; init; }

    /// <summary>Tree blobs that were new.</summary>
    public long TreeBlobs { get; init; }

    /// <summary>Plain bytes of the new blobs.</summary>
    public ulong DataAdded { get; init; }

    /// <summary>Sealed bytes of the new blobs with their pack header entries.</summary>
    public ulong DataAddedPacked { get; init; }

    /// <summary>Files seen.</summary>
    public ulong TotalFilesProcessed { get; init; }

    /// <summary>Bytes of the files seen.</summary>
    public ulong TotalBytesProcessed { get; init; }

    /// <summary>Members of the JSON object that this program does not know: name and raw JSON value, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> UnknownMembers { get; init; } = [];
}
