using Sots.Restic;
using Sots.Restic.Index;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>A directory that the restore makes or passes through.</summary>
/// <param name="above">The directory it lies in; null for the target itself.</param>
/// <param name="node">Its node; null for the target itself.</param>
/// <param name="nameOnDisk">The name it gets where that is not its own; null where it is.</param>
internal sealed class PlannedDirectory(PlannedDirectory? above, Node? node, byte[]? nameOnDisk = null)
{
    /// <summary>The directory it lies in.</summary>
    public PlannedDirectory? Above { get; } = above;

    /// <summary>Its node.</summary>
    public Node? Node { get; } = node;

    /// <summary>The name it gets; not for the target itself.</summary>
    public byte[] NameOnDisk => nameOnDisk ?? Node!.Name;

    /// <summary>Bytes of its path.</summary>
    public int PathLength { get; } = above is null ? 0 : above.PathLength + 1 + node!.Name.Length;

    /// <summary>Whether it is selected itself or holds something that is.</summary>
    public bool IsNeeded { get; set; }

    /// <summary>Whether its tree was read whole and every name in it could be kept. Otherwise nothing in it is ever deleted.</summary>
    public bool IsExact { get; set; } = true;

    /// <summary>Whether the snapshot itself has a name in it that looks like one of our temporary files.</summary>
    public bool HasTemporaryNames { get; set; }

    /// <summary>All names that the snapshot has in it, selected or not; only kept where entries may have to be deleted.</summary>
    public NameSet? Names { get; set; }

    /// <summary>Whether this restore made it, so that nothing can be in it that the restore did not put there.</summary>
    public bool WasCreated { get; set; }

    /// <summary>Its handle while it is open; belongs to <see cref="DirectoryHandles"/>.</summary>
    public DirectoryHandles.Handle? Handle { get; set; }

    /// <summary>
    /// Path below the restored part, with a leading "/"; empty for the target itself. Put together on demand: paths of a deep chain of
    /// directories would together be far longer than their names.
    /// </summary>
    public byte[] Path() => Joined(PathLength, static level => level.Node!.Name);

    /// <summary>The same with the names that are on the disk.</summary>
    public byte[] PathOnDisk()
    {
        int length = 0;
        for (PlannedDirectory level = this; level.Above is not null; level = level.Above)
        {
            length += 1 + level.NameOnDisk.Length;
        }

        return Joined(length, static level => level.NameOnDisk);
    }

    /// <summary>Path of an entry.</summary>
    public byte[] PathOf(ReadOnlySpan<byte> name) => [.. Path(), (byte)'/', .. name];

    /// <summary>Path of an entry, for people.</summary>
    public string TextOf(ReadOnlySpan<byte> name) => PathBudget.Shorten(PathText.ToText(PathOf(name)));

    /// <summary>Its path, for people.</summary>
    public override string ToString() => PathBudget.Shorten(PathText.ToText(Path()));

    private byte[] Joined(int length, Func<PlannedDirectory, byte[]> nameOf)
    {
        byte[] path = new byte[length];
        for (PlannedDirectory level = this; level.Above is not null; level = level.Above)
        {
            byte[] name = nameOf(level);
            length -= name.Length;
            name.CopyTo(path, length);
            path[--length] = (byte)'/';
        }

        return path;
    }
}

/// <summary>How a file ended up.</summary>
internal enum FileOutcome : byte
{
    /// <summary>Not handled yet, or not restorable.</summary>
    Open,

    /// <summary>The overwrite policy left what was there; its content is not known.</summary>
    LeftAlone,

    /// <summary>Its content is that of the snapshot.</summary>
    Exact,
}

/// <summary>A file to restore. All its blobs are in the index and add up to its size.</summary>
/// <param name="directory">Where it goes.</param>
/// <param name="node">Its node.</param>
internal sealed class PlannedFile(PlannedDirectory directory, Node node)
{
    /// <summary>Where it goes.</summary>
    public PlannedDirectory Directory { get; } = directory;

    /// <summary>Its node.</summary>
    public Node Node { get; } = node;

    /// <summary>Its length in bytes.</summary>
    public long SizeBytes => (long)Node.Size;

    /// <summary>Number of its blobs.</summary>
    public int BlobCount => Node.Content!.Count;

    /// <summary>Set once by whoever finishes it, read in later phases.</summary>
    public FileOutcome Outcome { get; set; }

    /// <summary>Its blobs in order.</summary>
    public IEnumerable<FileBlob> Blobs(MasterIndex index)
    {
        long offset = 0;
        foreach (BlobId id in Node.Content!)
        {
            index.TryFind(new BlobHandle(id), out BlobLocation location);
            yield return new FileBlob(id, offset, location);
            offset += location.PlainLength;
        }
    }

    /// <summary>Its path, for people.</summary>
    public override string ToString() => Directory.TextOf(Node.Name);
}

/// <summary>A piece of a file.</summary>
/// <param name="Id">The blob.</param>
/// <param name="Offset">Where it goes in the file, in bytes.</param>
/// <param name="Location">Where it lies.</param>
internal readonly record struct FileBlob(BlobId Id, long Offset, BlobLocation Location);

/// <summary>Another name of a file.</summary>
/// <param name="First">The file whose content it shares.</param>
/// <param name="Link">The name, as a file of its own in case the first cannot be had.</param>
internal sealed record PlannedLink(PlannedFile First, PlannedFile Link);

/// <summary>A symbolic link, pipe or device.</summary>
/// <param name="Directory">Where it goes.</param>
/// <param name="Node">Its node.</param>
internal sealed record PlannedSpecial(PlannedDirectory Directory, Node Node)
{
    /// <summary>Its path, for people.</summary>
    public override string ToString() => Directory.TextOf(Node.Name);
}

/// <summary>What a restore will do. Made without touching the target.</summary>
internal sealed class RestorePlan
{
    /// <summary>Whether there is nothing to restore: no entry but the target itself.</summary>
    public bool IsEmpty => Files.Count == 0 && Links.Count == 0 && Specials.Count == 0
        && !Directories.Any(directory => directory is { IsNeeded: true, Node: not null });

    /// <summary>Directories, each after the one it lies in; the first is the target itself.</summary>
    public List<PlannedDirectory> Directories { get; } = [];

    /// <summary>Files, in the order of the walk.</summary>
    public List<PlannedFile> Files { get; } = [];

    /// <summary>Further names of files.</summary>
    public List<PlannedLink> Links { get; } = [];

    /// <summary>Links, pipes and devices.</summary>
    public List<PlannedSpecial> Specials { get; } = [];
}
