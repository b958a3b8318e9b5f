using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Unreal.Histories;

/// <summary>
/// One version of a file, in the snapshots of a run in which nothing changed; or a run in which it was not there.
/// </summary>
public sealed record HistoryVersion
{
    /// <summary>The first snapshot of the run.</summary>
    public required SavedSnapshot First { get; init; }

    /// <summary>The last one.</summary>
    public required SavedSnapshot Last { get; init; }

    /// <summary>How many snapshots.</summary>
    public required int Snapshots { get; init; }

    /// <summary>Where it was: "/"-separated, with a "/" in front.</summary>
    public required string Path { get; init; }

    /// <summary>The file in the first snapshot; null where it was not there.</summary>
    public Node? Node { get; init; }

    /// <summary>Where the same content was in the snapshot before, if it was moved here without being changed; else null.</summary>
    public string? MovedFrom { get; init; }

    /// <summary>An earlier version that has the same bytes, or null.</summary>
    public HistoryVersion? SameAs { get; init; }

    /// <summary>What is in it; null for what is no package, and where nobody asked.</summary>
    public AssetDetails? Details { get; init; }

    /// <summary>What changed inside since the version before; null for the first, for what is no package, and where one could not be read.</summary>
    public AssetChange? Change { get; init; }

    /// <summary>Why it could not be read, or null.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether the file was deleted.</summary>
    public bool IsDeletion => Node is null;
}

/// <summary>The versions of one file in the snapshots of one project, the oldest first.</summary>
/// <param name="Hostname">Host of the snapshots.</param>
/// <param name="Paths">What they saved.</param>
/// <param name="Snapshots">How many snapshots of the project there are.</param>
/// <param name="Versions">The versions, from the first snapshot that has it; never empty.</param>
public sealed record AssetHistory(string Hostname, IReadOnlyList<string> Paths, int Snapshots, IReadOnlyList<HistoryVersion> Versions)
{
    /// <summary>Where it is, or was last.</summary>
    public string Path => Versions[^1].Path;

    /// <summary>The newest version that is there.</summary>
    public HistoryVersion Newest => Versions.Last(static version => !version.IsDeletion);

    /// <summary>The newest version that is there and healthy as far as known, or null.</summary>
    public HistoryVersion? NewestHealthy => Versions.LastOrDefault(static version => !version.IsDeletion && version.Problem is null && version.Details is not { IsDamaged: true });
}
