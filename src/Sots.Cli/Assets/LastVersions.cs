using Sots.Backup.Restoring;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Unreal.Content;
using Sots.Unreal.References;

namespace Sots.Cli.Assets;

/// <summary>Finds the newest snapshots that have packages which are missing.</summary>
/// <param name="memory">Trees that were loaded.</param>
/// <param name="parts">The snapshots, the newest first.</param>
internal sealed class LastVersions(TreeMemory memory, IReadOnlyList<SnapshotPart> parts)
{
    private static readonly string[] Endings = [".uasset", ".umap"];

    /// <summary>The newest snapshot that has a package; null where none has.</summary>
    /// <exception cref="RepositoryException">A tree cannot be read.</exception>
    public async Task<SavedSnapshot?> FindAsync(MissingPackage missing, CancellationToken cancellationToken)
    {
        foreach (SnapshotPart part in parts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (string path in missing.Paths)
            {
                foreach (string ending in Endings)
                {
                    if (await memory.FindAsync(part.Saved.Snapshot.Tree, $"{part.Subpath}/{path}{ending}", cancellationToken).ConfigureAwait(false) is { Type: NodeType.File })
                    {
                        return part.Saved;
                    }
                }
            }
        }

        return null;
    }
}
