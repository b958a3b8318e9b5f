using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>A directory that the restore makes or passes through.</summary>
/// <param name="above">The directory it lies in; null for the target itself.</param>
/// <param name="node">Its node; null for the target itself where a whole snapshot is restored.</param>
/// <param name="path">Path below the restored part, with a leading "/"; empty for the target itself.</param>
internal sealed class PlannedDirectory(PlannedDirectory? above, Node? node, DiskPathText path)
{
    /// <summary>The directory it lies in.</summary>
    public PlannedDirectory? Above { get; } = above;

    /// <summary>Its node.</summary>
    public Node? Node { get; } = node;

    /// <summary>Path below the restored part.</summary>
    public DiskPathText Path { get; } = path;

    /// <summary>Whether it is selected itself or holds something that is.</summary>
    public bool IsNeeded { get; set; }

    /// <summary>Whether its tree was read whole and every name in it could be kept. Otherwise nothing in it is ever deleted.</summary>
    public bool IsExact { get; set; } = true;

    /// <summary>All names that the snapshot has in it, selected or not; only kept where entries may have to be deleted.</summary>
    public HashSet<string>? Names { get; set; }
}

/// <summary>A path as bytes, shown as text only when somebody wants to see it.</summary>
/// <param name="Bytes">The bytes.</param>
internal readonly record struct DiskPathText(byte[] Bytes)
{
    /// <summary>The path of an entry below.</summary>
    public DiskPathText Join(ReadOnlySpan<byte> name) => new([.. Bytes, (byte)'/', .. name]);

    /// <inheritdoc/>
    public override string ToString() => PathText.ToText(Bytes);
}

/// <summary>A file to restore.</summary>
/// <param name="Directory">Where it goes.</param>
/// <param name="Node">Its node.</param>
/// <param name="Blobs">Its blobs in order, with their plain lengths.</param>
internal sealed record PlannedFile(PlannedDirectory Directory, Node Node, PlannedBlob[] Blobs)
{
    /// <summary>Its length in bytes.</summary>
    public long SizeBytes => (long)Node.Size;

    /// <summary>Path below the restored part.</summary>
    public DiskPathText Path => Directory.Path.Join(Node.Name);
}

/// <summary>A piece of a file.</summary>
/// <param name="Id">The blob.</param>
/// <param name="Offset">Where it goes in the file, in bytes.</param>
/// <param name="Length">Its plain length in bytes.</param>
internal readonly record struct PlannedBlob(BlobId Id, long Offset, int Length);

/// <summary>Another name of a file.</summary>
/// <param name="First">The file whose content it shares.</param>
/// <param name="Link">The name, as a file of its own in case the first cannot be had.</param>
internal sealed record PlannedLink(PlannedFile First, PlannedFile Link);

/// <summary>A symbolic link, pipe or device.</summary>
/// <param name="Directory">Where it goes.</param>
/// <param name="Node">Its node.</param>
internal sealed record PlannedSpecial(PlannedDirectory Directory, Node Node);

/// <summary>What a restore will do. Made without touching the target.</summary>
internal sealed class RestorePlan
{
    /// <summary>Directories, each after the one it lies in; the first is the target itself.</summary>
    public List<PlannedDirectory> Directories { get; } = [];

    /// <summary>Files, in the order of the walk.</summary>
    public List<PlannedFile> Files { get; } = [];

    /// <summary>Further names of files.</summary>
    public List<PlannedLink> Links { get; } = [];

    /// <summary>Links, pipes and devices.</summary>
    public List<PlannedSpecial> Specials { get; } = [];
}
