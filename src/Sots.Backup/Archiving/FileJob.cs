using Sots.Restic.Trees;

namespace Sots.Backup.Archiving;

/// <summary>A file whose content has to be read. Many wait at a time, so that it holds no path: that of its folder leads to it.</summary>
/// <param name="Name">Name of its node.</param>
/// <param name="Directory">The directory it belongs to.</param>
/// <param name="Slot">Its slot there.</param>
/// <param name="ParentNode">Its node in the parent snapshot, or null.</param>
internal readonly record struct FileJob(byte[] Name, DirectoryBuild Directory, int Slot, Node? ParentNode)
{
    /// <summary>Where it is, where it is a target itself; null for what was found in a folder.</summary>
    public DiskPath? Target { get; init; }

    /// <summary>Where it is. Made anew by every call.</summary>
    public DiskPath Path => Target ?? Directory.Location!.Value.Join(Name);

    /// <summary>Its path in the snapshot. Made anew by every call.</summary>
    public string SnapshotPath => Directory.PathOf(Name);
}
