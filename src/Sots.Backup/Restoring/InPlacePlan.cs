using Sots.Backup.Sources;
using Sots.Restic;

namespace Sots.Backup.Restoring;

/// <summary>A snapshot and the path in it that a project's folder has.</summary>
/// <param name="Saved">The snapshot.</param>
/// <param name="Subpath">"/"-separated; empty where the project's entries are the root.</param>
public sealed record SnapshotPart(SavedSnapshot Saved, string Subpath);

/// <summary>What a restore in place does to an entry.</summary>
public enum InPlaceAction
{
    /// <summary>Nothing is there; it is written.</summary>
    Add,

    /// <summary>Something else is there; it is replaced.</summary>
    Replace,

    /// <summary>Its content is right; times, permissions or attributes are set.</summary>
    SetMetadata,

    /// <summary>The snapshot does not have it; it is removed.</summary>
    Delete,

    /// <summary>It was edited after the restore that is being undone; it is left as it is.</summary>
    LeaveEdited,

    /// <summary>It cannot be read, so that it is not known whether it was edited after the restore that is being undone; it is left as it is.</summary>
    LeaveUnreadable,

    /// <summary>Something that must stay is in the way: a folder with other files, or a file or link where a folder would be; it is left as it is.</summary>
    LeaveBlocked,
}

/// <summary>An entry that a restore in place changes, or leaves although it is not as in the snapshot.</summary>
/// <param name="Action">What is done.</param>
/// <param name="Path">Path below the project with a leading "/", for people.</param>
/// <param name="SizeBytes">Bytes that are written, or that are removed; 0 for what has no content.</param>
/// <param name="IsDirectory">Whether it is a directory, and nothing else than a directory gives way to it.</param>
public sealed record InPlaceChange(InPlaceAction Action, string Path, long SizeBytes, bool IsDirectory)
{
    /// <summary>When what is on the disk was edited; null where nothing is there.</summary>
    public DiskTime? OnDisk { get; init; }

    /// <summary>Whether what is on the disk was edited after what the snapshot has.</summary>
    public bool IsNewerOnDisk { get; init; }

    /// <summary>What is on the disk; null where nothing is there.</summary>
    internal FileStatus? Seen { get; init; }

    /// <summary>The path as bytes.</summary>
    internal byte[] Key { get; init; } = [];
}

/// <summary>What a restore in place would do, found out without changing anything.</summary>
public sealed class InPlacePlan
{
    internal InPlacePlan(InPlaceOptions options, SnapshotEntries target, SnapshotEntries origin, IReadOnlyList<InPlaceChange> changes, PlannedPaths paths)
    {
        Options = options;
        Target = target;
        Origin = origin;
        Changes = changes;
        Paths = paths;
    }

    /// <summary>What was asked for.</summary>
    public InPlaceOptions Options { get; }

    /// <summary>What changes, in the order of paths.</summary>
    public IReadOnlyList<InPlaceChange> Changes { get; }

    /// <summary>Files that the snapshot does not have and that stay, because deleting was not asked for.</summary>
    public IReadOnlyList<string> Surplus { get; internal init; } = [];

    /// <summary>
    /// What the snapshot has but cannot give back; nothing is deleted then. For an undo also what cannot be read of the snapshot that was
    /// restored, so that it is not known whether the files were edited since.
    /// </summary>
    public IReadOnlyList<string> Problems => Origin.Problems.Count == 0 ? Target.Problems : [.. Target.Problems, .. Origin.Problems];

    /// <summary>Entries that are left although they are not as in the snapshot.</summary>
    public IEnumerable<InPlaceChange> Left() => Changes.Where(static change => IsLeft(change.Action));

    /// <summary>Whether nothing would be done.</summary>
    public bool IsEmpty { get; internal init; }

    internal SnapshotEntries Target { get; }

    internal SnapshotEntries Origin { get; }

    internal PlannedPaths Paths { get; }

    /// <summary>The changes of one kind, directories not counted.</summary>
    public IEnumerable<InPlaceChange> FilesOf(InPlaceAction action) => Changes.Where(change => change.Action == action && !change.IsDirectory);

    /// <summary>Absolute paths of the files that are replaced or removed: nobody else may have them open for writing.</summary>
    public IEnumerable<DiskPath> Overwritten() =>
        Changes.Where(OverwritesFile).Select(change => PathOf(change.Key));

    /// <summary>Whether a change may take bytes away that are on the disk.</summary>
    internal static bool OverwritesFile(InPlaceChange change) =>
        change.Action == InPlaceAction.Replace || (change.Action == InPlaceAction.Delete && !change.IsDirectory);

    /// <summary>
    /// Whether what is on the disk goes. So does a link or a pipe whose metadata alone are another: such are made anew. A file never, whose
    /// content is right.
    /// </summary>
    internal static bool TakesAway(InPlaceChange change) => change.Action switch
    {
        InPlaceAction.Replace or InPlaceAction.Delete => true,
        InPlaceAction.SetMetadata => change.Seen is { IsDirectory: false, IsFile: false },
        _ => false,
    };

    internal static bool IsLeft(InPlaceAction action) => action is InPlaceAction.LeaveEdited or InPlaceAction.LeaveUnreadable or InPlaceAction.LeaveBlocked;

    internal DiskPath PathOf(ReadOnlySpan<byte> key)
    {
        DiskPath path = Options.Root;
        foreach (byte[] name in PathRules.Posix.Components(new DiskPath(key.ToArray())))
        {
            path = path.Join(name);
        }

        return path;
    }
}

/// <summary>What a restore in place is asked to do.</summary>
public sealed record InPlaceOptions
{
    /// <summary>Folder of the project; absolute and cleaned.</summary>
    public required DiskPath Root { get; init; }

    /// <summary>What the project should become.</summary>
    public required SnapshotPart Target { get; init; }

    /// <summary>For an undo: what the restore that is undone made of the project. Files that are neither are left alone.</summary>
    public SnapshotPart? Undone { get; init; }

    /// <summary>For an undo: whether that restore deleted what its snapshot did not have.</summary>
    public bool UndoneDeleted { get; init; }

    /// <summary>What the backup of the project leaves out: such entries are never deleted.</summary>
    public ExcludeRules Excludes { get; init; } = ExcludeRules.None;

    /// <summary>Files and folders that are meant, relative to the project; empty for all.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Remove files that the snapshot does not have.</summary>
    public bool Delete { get; init; }

    /// <summary>For an undo: overwrite also what was edited since.</summary>
    public bool Force { get; init; }

    /// <summary>Take files of the same size and time for equal without reading them.</summary>
    public bool TrustTimes { get; init; }

    /// <summary>What the project is read through; tests put faults in here.</summary>
    internal SourceFileSystem Disk { get; init; } = SourceFileSystem.Current;

    /// <summary>What the project is written through; tests put faults in here.</summary>
    internal TargetFileSystem Writer { get; init; } = TargetFileSystem.Current;
}
