using System.Diagnostics.CodeAnalysis;
using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>An entry of a snapshot.</summary>
/// <param name="path">Below the folder, with a leading "/".</param>
/// <param name="node">Its node.</param>
internal sealed class SnapshotEntry(byte[] path, Node node)
{
    /// <summary>Path below the folder, with a leading "/".</summary>
    public byte[] Path { get; } = path;

    /// <summary>Its node.</summary>
    public Node Node { get; } = node;

    /// <summary>Whether something is there on the disk under its name.</summary>
    public bool IsOnDisk { get; set; }

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => Node.Type == NodeType.Directory;
}

/// <summary>
/// What a snapshot has of a folder, by path. Only what a restore would restore: names that lead elsewhere and files with missing parts are
/// not in it. About 300 bytes of memory an entry.
/// </summary>
internal sealed class SnapshotEntries
{
    /// <summary>Of all paths together. A million usual ones stay well below it.</summary>
    private const long MaxPathBytes = 256L << 20;

    private long _pathBytes;
    private readonly Dictionary<byte[], SnapshotEntry> _entries = new(NameComparer.Current);

    private SnapshotEntries()
    {
    }

    /// <summary>No entries.</summary>
    public static SnapshotEntries None { get; } = new();

    /// <summary>What could not be read of it. Where there is such, nothing is certain to be missing.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>All entries, each folder before what is in it.</summary>
    public IReadOnlyCollection<SnapshotEntry> All => _entries.Values;

    /// <summary>Loads the entries of a part of a snapshot.</summary>
    /// <exception cref="RepositoryException">The part is not there.</exception>
    public static async Task<SnapshotEntries> LoadAsync(
        IndexedRepository repository, SnapshotPart part, DiskPath root, CancellationToken cancellationToken)
    {
        SnapshotEntries entries = new();
        RestorePlanner planner = new(
            repository, new RestoreOptions { Target = root, Subpath = part.Subpath }, PathRules.Current, repositoryPath: null,
            (path, message) => entries.Problems.Add($"{path}: {message}"));
        RestorePlan plan = await planner.PlanAsync(part.Saved.Snapshot, cancellationToken).ConfigureAwait(false);
        foreach (PlannedDirectory directory in plan.Directories.Where(directory => directory.Node is not null))
        {
            entries.Add(directory.Path(), directory.Node!);
        }

        foreach (PlannedFile file in plan.Files.Concat(plan.Links.Select(link => link.Link)))
        {
            entries.Add(file.Directory.PathOf(file.Node.Name), file.Node);
        }

        foreach (PlannedSpecial special in plan.Specials)
        {
            entries.Add(special.Directory.PathOf(special.Node.Name), special.Node);
        }

        return entries;
    }

    /// <summary>Whether there is an entry of this path.</summary>
    public bool Contains(byte[] path) => _entries.ContainsKey(path);

    /// <summary>The entry of a path; false where there is none.</summary>
    public bool TryFind(byte[] path, [NotNullWhen(true)] out SnapshotEntry? entry) => _entries.TryGetValue(path, out entry);

    private void Add(byte[] path, Node node)
    {
        if ((_pathBytes += path.Length) > MaxPathBytes)
        {
            throw new RepositoryException(
                RepositoryErrorKind.LimitExceeded, $"The paths of the snapshot have more than {MaxPathBytes} bytes together.", "Restore a part of it to another folder with `restore`.");
        }

        _entries[path] = new SnapshotEntry(path, node);
    }
}
