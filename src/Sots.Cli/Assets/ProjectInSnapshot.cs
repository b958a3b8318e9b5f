using Sots.Backup.Restoring;
using Sots.Cli.Commands;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Unreal;
using Sots.Unreal.Content;

namespace Sots.Cli.Assets;

/// <summary>
/// Finds a project's folder in snapshots of any kind: of the project itself, of a folder that holds it, of the project at another place or on
/// another computer, of restic called in the folder with a relative path.
/// </summary>
/// <param name="memory">Trees that were loaded.</param>
/// <param name="root">Folder of the project, absolute.</param>
internal sealed class ProjectInSnapshot(TreeMemory memory, string root)
{
    private const int MostFolders = 10_000;

    // Below these lie many files and no project that is saved as one.
    private static readonly HashSet<string> NotEntered = new(StringComparer.OrdinalIgnoreCase)
    {
        "Content", "Source", "Intermediate", "Saved", "Binaries", "DerivedDataCache", ".git",
    };

    private readonly string? _projectFile = ProjectFileOf(root);

    /// <summary>Where the project is; null where the snapshot is of something else.</summary>
    /// <exception cref="RepositoryException">A tree cannot be read.</exception>
    public async Task<SnapshotPart?> FindAsync(SavedSnapshot saved, CancellationToken cancellationToken)
    {
        Snapshot snapshot = saved.Snapshot;
        string wanted = SnapshotPath.OfTarget(root);
        IReadOnlyList<string> paths = snapshot.Paths ?? [];
        if (paths.Any(path => IsAtOrBelow(wanted, SnapshotPath.OfTarget(path)))
            && await memory.FindFolderAsync(snapshot.Tree, wanted, cancellationToken).ConfigureAwait(false) is not null)
        {
            return new SnapshotPart(saved, wanted);
        }

        // Elsewhere: the folder with the project's file, else, for a folder that is no project, one that was saved under its name.
        if (_projectFile is not null)
        {
            return await FindByFileAsync(snapshot.Tree, _projectFile, cancellationToken).ConfigureAwait(false) is { } found ? new SnapshotPart(saved, found) : null;
        }

        string name = SnapshotPath.NameOf(root);
        return paths is [var only] && SnapshotPath.NameOf(only).Equals(name, StringComparison.OrdinalIgnoreCase)
            ? new SnapshotPart(saved, await memory.FindFolderAsync(snapshot.Tree, SnapshotPath.OfTarget(only), cancellationToken).ConfigureAwait(false) is null ? "" : SnapshotPath.OfTarget(only))
            : null;
    }

    /// <summary>As <see cref="FindAsync"/> for a snapshot that somebody chose: one of a single folder is taken at its word.</summary>
    /// <exception cref="RepositoryException">It is not known where in the snapshot the project is.</exception>
    public async Task<SnapshotPart> GetAsync(SavedSnapshot saved, CancellationToken cancellationToken) =>
        await FindAsync(saved, cancellationToken).ConfigureAwait(false)
        ?? (saved.Snapshot.Paths is [_]
            ? Commands.InPlaceAction.Part(saved)
            : throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest, $"Snapshot {saved.Id.Value.ToShortString()} does not hold the project {root}.", "`sots_backup restore` puts any snapshot into another folder."));

    /// <summary>The one folder of a tree that holds a file of this name; null where there is none, or more than one.</summary>
    private async Task<string?> FindByFileAsync(TreeId tree, string file, CancellationToken cancellationToken)
    {
        string? found = null;
        Queue<(TreeId Tree, string Path)> open = new([(tree, "")]);
        for (int folders = 0; folders < MostFolders && open.TryDequeue(out (TreeId Tree, string Path) folder); folders++)
        {
            List<Node> nodes = await memory.LoadAsync(folder.Tree, cancellationToken).ConfigureAwait(false);
            if (nodes.Exists(node => node.Type == NodeType.File && Backup.PathText.ToText(node.Name).Equals(file, StringComparison.OrdinalIgnoreCase)))
            {
                if (found is not null)
                {
                    return null;
                }

                found = folder.Path;
                continue;
            }

            foreach (Node node in nodes)
            {
                string name = Backup.PathText.ToText(node.Name);
                if (node.Subtree is { } below && !NotEntered.Contains(name))
                {
                    open.Enqueue((below, $"{folder.Path}/{name}"));
                }
            }
        }

        return found;
    }

    private static string? ProjectFileOf(string root)
    {
        IReadOnlyList<string> files = Directory.Exists(root) ? UnrealProject.FilesOf(root) : [];
        return files is [var file] && string.Equals(Path.GetDirectoryName(file), root, StringComparison.OrdinalIgnoreCase) ? Path.GetFileName(file) : null;
    }

    private static bool IsAtOrBelow(string path, string folder) =>
        path.StartsWith(folder.TrimEnd('/'), StringComparison.OrdinalIgnoreCase) && (path.Length == folder.TrimEnd('/').Length || path[folder.TrimEnd('/').Length] == '/');
}
