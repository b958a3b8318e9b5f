using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Unreal.Assets;

namespace Sots.Unreal.Changes;

/// <summary>A file that belongs to a level.</summary>
/// <param name="Path">Its path, "/"-separated.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="Node">Its node in the snapshot; null on the disk.</param>
public sealed record LevelFile(string Path, long SizeBytes, Node? Node);

/// <summary>A level with all that belongs to it, or what is left of one.</summary>
/// <param name="Path">Its path without the ending.</param>
/// <param name="Own">Its own file; null where that is gone, and what belonged to it is still there.</param>
/// <param name="Actors">Its actors that have files of their own.</param>
/// <param name="Objects">Other objects of it that have.</param>
public sealed record LevelEntry(string Path, LevelFile? Own, IReadOnlyList<LevelFile> Actors, IReadOnlyList<LevelFile> Objects)
{
    /// <summary>Its name.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>All of its files together, bytes.</summary>
    public long SizeBytes => (Own?.SizeBytes ?? 0) + Actors.Concat(Objects).Sum(static file => file.SizeBytes);

    /// <summary>Whether the level itself is not there: the editor will never load what is left.</summary>
    public bool IsOrphan => Own is null;

    /// <summary>Whether a word means this level: its name, its path or the end of it, or its long name in the engine, in any case.</summary>
    public static bool IsMeant(string levelPath, string word)
    {
        string wanted = UnrealLevels.IsLevelFile(word) ? word[..^UnrealLevels.Extension.Length] : word;
        if (wanted.StartsWith('/'))
        {
            int mount = wanted.IndexOf('/', 1);
            return EndsWith(wanted) || (mount > 0 && EndsWith("Content" + wanted[mount..]));
        }

        return EndsWith(wanted);

        bool EndsWith(string end) => ("/" + levelPath).EndsWith("/" + end.TrimStart('/'), StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>Lists the levels of a snapshot or a folder, and finds actors whose level is gone.</summary>
public static class LevelListing
{
    private static readonly HashSet<string> NotEntered = new(StringComparer.OrdinalIgnoreCase)
    {
        "Intermediate", "DerivedDataCache", "Saved", "Binaries", ".git", ".svn", ".hg", ".vs", ".idea", "node_modules",
    };

    /// <summary>The levels of a snapshot. Loads its trees, and one package for each level whose own file is missing.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="folder">The snapshot, or a folder in it.</param>
    /// <param name="root">Folder that paths are told from; see <see cref="ChangesOptions.Root"/>.</param>
    /// <param name="above">What stands before each path; see <see cref="ChangesOptions.Above"/>.</param>
    /// <param name="packages">Reads packages of the repository.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">It cannot be read.</exception>
    public static async Task<IReadOnlyList<LevelEntry>> OfSnapshotAsync(
        IndexedRepository repository, SnapshotFolder folder, string root, string above, SnapshotPackages packages, CancellationToken cancellationToken)
    {
        List<LevelFile> files = [];
        string prefix = root + "/";
        await ListOperation.RunAsync(repository, folder.Snapshot, new ListOptions { Subpath = folder.Subpath, Recursive = true }, (path, node) =>
        {
            if (node.Type == NodeType.File && AssetFacts.IsPackage(node.Name))
            {
                files.Add(new LevelFile(above + (path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : path[1..]), (long)Math.Min(node.Size, long.MaxValue), node));
            }
        }, cancellationToken).ConfigureAwait(false);
        return await OfFilesAsync(files, (file, token) => packages.FactsOfAsync(file.Node!, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The levels of a folder of the disk. Links are not followed; what cannot be listed is passed over.</summary>
    public static Task<IReadOnlyList<LevelEntry>> OfFolderAsync(string folder, CancellationToken cancellationToken)
    {
        EnumerationOptions everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };
        List<LevelFile> files = [];
        Stack<(DirectoryInfo Folder, string Path)> open = new([(new DirectoryInfo(folder), "")]);
        while (open.TryPop(out (DirectoryInfo Folder, string Path) at))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (FileSystemInfo entry in at.Folder.EnumerateFileSystemInfos("*", everything))
            {
                string path = at.Path.Length == 0 ? entry.Name : $"{at.Path}/{entry.Name}";
                if (entry is FileInfo file)
                {
                    if (AssetFacts.IsPackage(file.Name))
                    {
                        files.Add(new LevelFile(path, file.Length, null));
                    }
                }
                else if (entry.LinkTarget is null && !NotEntered.Contains(entry.Name))
                {
                    open.Push(((DirectoryInfo)entry, path));
                }
            }
        }

        return OfFilesAsync(files, (file, _) => new ValueTask<AssetFacts>(AssetFacts.OfFile(Path.Combine(folder, file.Path))), cancellationToken);
    }

    private static async Task<IReadOnlyList<LevelEntry>> OfFilesAsync(
        List<LevelFile> files, Func<LevelFile, CancellationToken, ValueTask<AssetFacts>> factsOf, CancellationToken cancellationToken)
    {
        Dictionary<string, Gathered> levels = new(StringComparer.OrdinalIgnoreCase);
        foreach (LevelFile file in files)
        {
            if (UnrealLevels.PartOf(file.Path) is { } part)
            {
                Gathered level = LevelOf(part.Level);
                (part.IsActor ? level.Actors : level.Objects).Add(file);
            }
            else if (UnrealLevels.IsLevel(file.Path))
            {
                LevelOf(file.Path[..^UnrealLevels.Extension.Length]).Own = file;
            }
        }

        // Content bundles and data layers of plugins keep actors of levels that lie elsewhere: what the package itself says counts.
        foreach (Gathered left in levels.Values.Where(static level => level.Own is null).ToList())
        {
            AssetFacts facts = await factsOf(left.Actors.Concat(left.Objects).First(), cancellationToken).ConfigureAwait(false);
            string package = facts.ObjectPath.Split('.')[0];
            if (package.StartsWith('/') && levels.Values.FirstOrDefault(level => level.Own is not null && LevelEntry.IsMeant(level.Path, package)) is { } owner)
            {
                owner.Actors.AddRange(left.Actors);
                owner.Objects.AddRange(left.Objects);
                levels.Remove(left.Path);
            }
        }

        return [.. levels.Values.OrderBy(static level => level.Path, StringComparer.Ordinal).Select(static level => new LevelEntry(level.Path, level.Own, level.Actors, level.Objects))];

        Gathered LevelOf(string path) => levels.TryGetValue(path, out Gathered? level) ? level : levels[path] = new Gathered(path);
    }

    private sealed class Gathered(string path)
    {
        public string Path => path;

        public LevelFile? Own { get; set; }

        public List<LevelFile> Actors { get; } = [];

        public List<LevelFile> Objects { get; } = [];
    }
}
