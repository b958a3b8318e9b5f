using Sots.Restic.Trees;

namespace Sots.Backup.Archiving;

/// <summary>A file whose content has to be read.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">Name of its node.</param>
/// <param name="SizeBytes">Its length when it was listed.</param>
/// <param name="Directory">The directory it belongs to.</param>
/// <param name="Slot">Its slot there.</param>
/// <param name="ParentNode">Its node in the parent snapshot, or null.</param>
internal sealed record FileJob(DiskPath Path, byte[] Name, long SizeBytes, DirectoryBuild Directory, int Slot, Node? ParentNode)
{
    /// <summary>Its path in the snapshot.</summary>
    public string SnapshotPath => Directory.PathOf(Name);
}
