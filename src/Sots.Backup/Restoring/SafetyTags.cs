using System.Diagnostics.CodeAnalysis;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Backup.Restoring;

/// <summary>What the tags of a safety snapshot say of the restore that it was made for. An undo needs nothing else.</summary>
/// <param name="Restored">The snapshot that was restored.</param>
/// <param name="Deleted">Whether files that it does not have were removed.</param>
/// <param name="IsUndo">Whether that restore was itself an undo.</param>
/// <param name="Paths">The part of the project that was restored; empty for all.</param>
public sealed record SafetyTags(SnapshotId Restored, bool Deleted, bool IsUndo, IReadOnlyList<string> Paths)
{
    /// <summary>The tag that all safety snapshots have.</summary>
    public const string Mark = "before-restore";

    private const string RestoredPrefix = "restores=", PathPrefix = "path=", DeletedTag = "with-delete", UndoTag = "by-undo";

    /// <summary>Whether a snapshot was made before a restore in place.</summary>
    public static bool IsSafety(Snapshot snapshot) => snapshot.Tags.Contains(Mark, StringComparer.Ordinal);

    /// <summary>Whether a tag is one of those that name a part of the project.</summary>
    public static bool IsPath(string tag) => tag.StartsWith(PathPrefix, StringComparison.Ordinal);

    /// <summary>The tags.</summary>
    public IReadOnlyList<string> ToTags() =>
        [Mark, RestoredPrefix + Restored, .. Deleted ? [DeletedTag] : Array.Empty<string>(), .. IsUndo ? [UndoTag] : Array.Empty<string>(), .. Paths.Select(path => PathPrefix + path)];

    /// <summary>Reads the tags of a snapshot; false where it is none, or its tags were changed.</summary>
    public static bool TryRead(Snapshot snapshot, [NotNullWhen(true)] out SafetyTags? tags)
    {
        string? restored = snapshot.Tags.FirstOrDefault(tag => tag.StartsWith(RestoredPrefix, StringComparison.Ordinal));
        tags = IsSafety(snapshot) && ContentId.TryParse(restored.AsSpan(restored is null ? 0 : RestoredPrefix.Length), out ContentId id)
            ? new SafetyTags(
                new SnapshotId(id), snapshot.Tags.Contains(DeletedTag), snapshot.Tags.Contains(UndoTag),
                [.. snapshot.Tags.Where(tag => tag.StartsWith(PathPrefix, StringComparison.Ordinal)).Select(tag => tag[PathPrefix.Length..])])
            : null;
        return tags is not null;
    }
}
