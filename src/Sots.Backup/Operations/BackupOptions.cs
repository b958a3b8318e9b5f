using Sots.Backup.Sources;
using Sots.Restic.Snapshots;
using Sots.Restic.Writing;

namespace Sots.Backup.Operations;

/// <summary>What a backup is asked to do. Names and meanings are restic's.</summary>
public sealed record BackupOptions
{
    /// <summary>Targets as given, absolute or relative to <see cref="WorkingDirectory"/>; at least one.</summary>
    public required IReadOnlyList<DiskPath> Targets { get; init; }

    /// <summary>What relative targets are relative to; absolute.</summary>
    public required DiskPath WorkingDirectory { get; init; }

    /// <summary>Rules that leave entries out.</summary>
    public ExcludeRules Excludes { get; init; } = ExcludeRules.None;

    /// <summary>The literal exclude patterns, for the snapshot's record.</summary>
    public IReadOnlyList<string> RecordedExcludes { get; init; } = [];

    /// <summary>Paths that are never saved (the repository itself, caches); absolute.</summary>
    public IReadOnlyList<DiskPath> NeverSave { get; init; } = [];

    /// <summary>Tags of the snapshot.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Host name of the snapshot.</summary>
    public required string Host { get; init; }

    /// <summary>Time of the snapshot, or null for the start of the backup.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Read everything, whatever the parent says.</summary>
    public bool Force { get; init; }

    /// <summary>Files (absolute) that are read even where they look unchanged; empty by default.</summary>
    public IReadOnlySet<DiskPath> ReadAgain { get; init; } = System.Collections.Frozen.FrozenSet<DiskPath>.Empty;

    /// <summary>Id prefix of the parent, or null to choose it.</summary>
    public string? Parent { get; init; }

    /// <summary>Which of host, paths and tags a parent must match.</summary>
    public ParentGrouping GroupBy { get; init; } = ParentGrouping.Host | ParentGrouping.Paths;

    /// <summary>Leave ctime out of change detection.</summary>
    public bool IgnoreChangeTime { get; init; }

    /// <summary>Leave inode and ctime out of change detection.</summary>
    public bool IgnoreInode { get; init; }

    /// <summary>Store access times instead of modification times in their place.</summary>
    public bool WithAccessTime { get; init; }

    /// <summary>Stay on the file systems of the targets.</summary>
    public bool OneFileSystem { get; init; }

    /// <summary>Do not count files and bytes first.</summary>
    public bool NoScan { get; init; }

    /// <summary>Write nothing; say what would be done.</summary>
    public bool DryRun { get; init; }

    /// <summary>Make no snapshot where the root tree is the parent's.</summary>
    public bool SkipIfUnchanged { get; init; }

    /// <summary>
    /// How much of what was written is read back and compared before the snapshot is made, in bytes at most; default 0 for nothing. See
    /// <see cref="Proving.WriteProof"/>.
    /// </summary>
    public long ProofBytes { get; init; }

    /// <summary>Chooses what is read back.</summary>
    public Random Random { get; init; } = new();

    /// <summary>
    /// Called with the counts when everything is stored and before a snapshot is written; an exception from it ends the backup without
    /// one. By default nothing is asked.
    /// </summary>
    public Action<SnapshotSummary>? BeforeSnapshot { get; init; }

    /// <summary>Looks on while files are read; null for nobody.</summary>
    public Archiving.IContentObserver? Observer { get; init; }

    /// <summary>Files read at once, 1 to 64; default 2.</summary>
    public int ReadConcurrency { get; init; } = 2;

    /// <summary>What the source is read through; tests put faults in here.</summary>
    internal SourceFileSystem FileSystem { get; init; } = SourceFileSystem.Current;

    /// <summary>How new blobs are stored; its clock also gives the snapshot's times.</summary>
    public WriteOptions Write { get; init; } = new();

    /// <summary>Name and version of the program for the snapshot.</summary>
    public string ProgramVersion { get; init; } = "";
}

/// <summary>Which facts a parent snapshot must share with the new one.</summary>
[Flags]
public enum ParentGrouping
{
    /// <summary>None: the newest snapshot.</summary>
    None = 0,

    /// <summary>Same host.</summary>
    Host = 1,

    /// <summary>All paths of the new one.</summary>
    Paths = 2,

    /// <summary>All tags of the new one.</summary>
    Tags = 4,
}
