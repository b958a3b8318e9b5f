using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Unreal.Health;

namespace Sots.Cli.Assets;

/// <summary>A package that is not as the editor saved it, and what can be done about it.</summary>
/// <param name="Path">Below the project's folder where there is one, else as it was found; with forward slashes.</param>
/// <param name="Content">What stands for its bytes.</param>
/// <param name="Cause">What is wrong.</param>
/// <param name="Message">The same in a sentence.</param>
internal sealed record DamagedAsset(string Path, ContentId Content, PackageCause Cause, string Message)
{
    /// <summary>It was reported before, and has not changed since.</summary>
    public bool IsKnown { get; init; }

    /// <summary>Since when it is so; null where no snapshot has it like this.</summary>
    public SnapshotMark? Since { get; init; }

    /// <summary>The newest snapshot that has it whole, or null.</summary>
    public SnapshotMark? Good { get; init; }

    /// <summary>What brings that version back, to be typed as it is; null where there is none.</summary>
    public string? Command { get; init; }

    /// <summary>Of an examined package.</summary>
    public static DamagedAsset Of(NotedPackage noted, string path) => new(path, noted.Content, noted.Main.Cause, noted.Main.Message);
}

/// <summary>A snapshot, to be named.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Time">When it was made.</param>
internal readonly record struct SnapshotMark(SnapshotId Id, NodeTime Time)
{
    /// <summary>Of a snapshot; null of none.</summary>
    public static SnapshotMark? Of(SavedSnapshot? saved) => saved is null ? null : new SnapshotMark(saved.Id, saved.Snapshot.Time);
}
