using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Archiving;

/// <summary>Decides without opening a file whether its content is that of the parent's node. Source: docs/FORMAT.md, "Change detection".</summary>
/// <param name="ignoreChangeTime">Leave ctime out.</param>
/// <param name="ignoreInode">Leave the inode out, and with it ctime.</param>
internal readonly struct ChangeDetector(bool ignoreChangeTime, bool ignoreInode)
{
    /// <summary>Whether the file can be taken for unchanged.</summary>
    public bool IsUnchanged(Node? parent, in FileStatus status) =>
        parent is { Type: NodeType.File, Content: not null }
        && parent.Size == (ulong)status.SizeBytes
        && status.ModifiedTime.IsInstantOf(parent.ModifiedTime)
        && (ignoreChangeTime || ignoreInode || status.ChangeTime.IsInstantOf(parent.ChangeTime))
        && (ignoreInode || parent.Inode == status.Inode);
}
