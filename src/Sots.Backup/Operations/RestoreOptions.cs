using Sots.Restic;

namespace Sots.Backup.Operations;

/// <summary>What a restore does with a file that is there already.</summary>
public enum OverwritePolicy
{
    /// <summary>Compare its chunks and write those that differ.</summary>
    Always,

    /// <summary>As <see cref="Always"/>, but a file of the same size and time is taken as equal without reading it.</summary>
    IfChanged,

    /// <summary>Only where the snapshot's file is newer.</summary>
    IfNewer,

    /// <summary>Leave it.</summary>
    Never,
}

/// <summary>What a restore is asked to do. Names and meanings are restic's.</summary>
public sealed record RestoreOptions
{
    /// <summary>Folder to restore into; absolute; made where it is not there.</summary>
    public required DiskPath Target { get; init; }

    /// <summary>Path inside the snapshot to start from, "/"-separated, empty for the root (the part after the colon of SNAPSHOT:PATH).</summary>
    public string Subpath { get; init; } = "";

    /// <summary>Which entries to restore: gets the path below <see cref="Subpath"/> with a leading "/", and whether it is a directory.</summary>
    public Restoring.RestoreFilter Filter { get; init; } = Restoring.RestoreFilter.All;

    /// <summary>What happens to files that are there.</summary>
    public OverwritePolicy Overwrite { get; init; } = OverwritePolicy.Always;

    /// <summary>
    /// Never write into a file that is there: a changed file is written aside, flushed and renamed, so that whenever the process dies or the
    /// power goes there is either the old file or the new one. Costs room for a second copy of the largest files at work.
    /// </summary>
    public bool ReplaceWhole { get; init; }

    /// <summary>What the target is written through; tests put faults in here.</summary>
    internal Restoring.TargetFileSystem FileSystem { get; init; } = Restoring.TargetFileSystem.Current;

    /// <summary>Remove what is in the target's restored folders but not in the snapshot.</summary>
    public bool Delete { get; init; }

    /// <summary>Write nothing; say what would be done.</summary>
    public bool DryRun { get; init; }

    /// <summary>Read everything again afterwards and compare.</summary>
    public bool Verify { get; init; }

    /// <summary>Write runs of zeros as holes.</summary>
    public bool Sparse { get; init; }

    /// <summary>All snapshots, in any order: where a file is lost, those that have another version of it are named. Default none.</summary>
    public IReadOnlyList<SavedSnapshot> Snapshots { get; init; } = [];

    /// <summary>Look users and groups up by name first and take the numbers where there is no such name; default: numbers only.</summary>
    public bool OwnershipByName { get; init; }
}
