using Sots.Restic.Snapshots;

namespace Sots.Backup.Operations;

/// <summary>What a drill is asked to do.</summary>
public sealed record DrillOptions
{
    /// <summary>Folder in which a temporary folder is made; absolute. The files are gone from it when the drill is over, however it ends.</summary>
    public required DiskPath Folder { get; init; }

    /// <summary>How many files are restored at most, 1 or more; default 50.</summary>
    public int Files { get; init; } = 50;

    /// <summary>How many bytes all of them have at most, 1 or more; default 256 MiB. A longer file is never chosen.</summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>From how many snapshots they are taken at most, 1 or more; default 8. The newest is always one of them.</summary>
    public int Snapshots { get; init; } = 8;

    /// <summary>Which snapshots may be chosen.</summary>
    public SnapshotFilter Filter { get; init; } = new();

    /// <summary>Chooses; the same chance over the same repository chooses the same files.</summary>
    public required Random Random { get; init; }

    /// <summary>Name of this host: files of its snapshots are compared with those on its disk, where these are unchanged.</summary>
    public required string Host { get; init; }

    /// <summary>What files are restored through; tests put faults in here.</summary>
    internal Restoring.TargetFileSystem Target { get; init; } = Restoring.TargetFileSystem.Current;

    /// <summary>What files of the disk are read through.</summary>
    internal Sources.SourceFileSystem Disk { get; init; } = Sources.SourceFileSystem.Current;
}
