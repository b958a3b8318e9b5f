namespace Sots.Restic.Maintenance.Consequences;

/// <summary>What helps against damage. Front ends know the command.</summary>
public enum Remedy
{
    /// <summary>Nothing has to be done, or nothing can be.</summary>
    None,

    /// <summary>Make the index anew from the packs.</summary>
    RepairIndex,

    /// <summary>Make the index anew, and read all packs for it: what it says of a pack is wrong although the lengths fit.</summary>
    RepairIndexFromAllPacks,

    /// <summary>Take what is intact out of a pack and drop the rest.</summary>
    RepairPacks,

    /// <summary>Take what is lost for good out of the snapshots.</summary>
    RepairSnapshots,

    /// <summary>Collect what no readable snapshot names into a new one.</summary>
    Recover,

    /// <summary>Remove a lock that nobody holds.</summary>
    RemoveLocks,

    /// <summary>Put the file back from a copy of the repository.</summary>
    PutBack,

    /// <summary>Test the memory, the cable and the disk: what was read differed from one reading to the next.</summary>
    TestHardware,
}

/// <summary>A path that cannot be restored as it was.</summary>
/// <param name="Path">From the root of the snapshot, with <c>/</c>; quoted as in trees, so that it is safe to print.</param>
/// <param name="IsFolder">A folder whose list of entries is lost, and with it everything in it; otherwise a single entry.</param>
/// <param name="Newest">The newest snapshot in which it is lost.</param>
/// <param name="WholeIn">The newest snapshot that has it whole, or null where none was found.</param>
public sealed record LostPath(string Path, bool IsFolder, SavedSnapshot Newest, SavedSnapshot? WholeIn);

/// <summary>What one damaged or missing thing means in files.</summary>
public sealed record Consequence
{
    /// <summary>The repository file, or the tree or blob where no file can be named.</summary>
    public required string Item { get; init; }

    /// <summary>What was found about it, least first.</summary>
    public required IReadOnlyList<FindingKind> Kinds { get; init; }

    /// <summary>Different paths of single entries that cannot be restored as they were.</summary>
    public required long Files { get; init; }

    /// <summary>Different paths of folders of which nothing can be restored.</summary>
    public required long Folders { get; init; }

    /// <summary>Snapshots that these are in.</summary>
    public required int Snapshots { get; init; }

    /// <summary>Some of the paths, at most <see cref="DamageReport.MaxExamples"/>.</summary>
    public required IReadOnlyList<LostPath> Examples { get; init; }

    /// <summary>What helps.</summary>
    public required Remedy Remedy { get; init; }

    /// <summary>Whether anything of any snapshot is lost by it.</summary>
    public bool LosesSomething => Files > 0 || Folders > 0;
}

/// <summary>What all damage that a check found means in files.</summary>
public sealed record DamageReport
{
    /// <summary>Paths that are named for each damaged thing: 5.</summary>
    public const int MaxExamples = 5;

    /// <summary>Each damaged thing, in the order it was found.</summary>
    public required IReadOnlyList<Consequence> Items { get; init; }

    /// <summary>Different paths of single entries that are lost, all together.</summary>
    public required long Files { get; init; }

    /// <summary>Different paths of folders that are lost, all together.</summary>
    public required long Folders { get; init; }

    /// <summary>Snapshots with anything lost.</summary>
    public required int Snapshots { get; init; }

    /// <summary>Snapshots that were looked through.</summary>
    public required int SnapshotsSearched { get; init; }

    /// <summary>Packs that no index names and that hold what seemed to be missing.</summary>
    public required int PacksWithoutIndex { get; init; }

    /// <summary>There was too much to count it all: every number is a least one.</summary>
    public required bool IsAtLeast { get; init; }
}
