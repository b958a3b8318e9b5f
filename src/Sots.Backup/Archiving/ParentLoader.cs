using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Backup.Archiving;

/// <summary>
/// Loads what the parent snapshot has of the folders of a walk. What cannot be loaded is a problem and no reason to stop: without it everything
/// in there is read. Thread safe.
/// </summary>
internal sealed class ParentLoader(IndexedRepository repository, ArchiveProblems problems)
{
    /// <summary>The folder of a node of the parent, or null where it is none.</summary>
    /// <param name="node">What the parent has of this name, or null.</param>
    /// <param name="path">The folder, for the message.</param>
    /// <param name="ahead">What is on its way already, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<ParentDirectory?> LoadOfAsync(Node? node, string path, Task<ParentDirectory>? ahead, CancellationToken cancellationToken) =>
        node is { Type: NodeType.Directory, Subtree: { } subtree }
            ? await LoadAsync(subtree, path, cancellationToken, ahead).ConfigureAwait(false)
            : null;

    /// <summary>A folder of the parent, or null where it cannot be had.</summary>
    /// <param name="tree">Its tree.</param>
    /// <param name="what">What it is, for the message.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="ahead">What is on its way already, or null.</param>
    public async ValueTask<ParentDirectory?> LoadAsync(
        TreeId tree, string what, CancellationToken cancellationToken, Task<ParentDirectory>? ahead = null)
    {
        try
        {
            return ahead is not null
                ? await ahead.ConfigureAwait(false)
                : await ParentDirectory.LoadAsync(repository, tree, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e)
        {
            problems.ReportRepository(what, $"cannot be compared with the parent snapshot and is read in full: {e.Message}");
            return null;
        }
    }
}
