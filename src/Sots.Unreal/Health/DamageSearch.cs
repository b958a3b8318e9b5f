using Sots.Backup.Comparing;
using Sots.Backup.Restoring;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Unreal.Assets;

namespace Sots.Unreal.Health;

/// <summary>What the snapshots know of a damaged package.</summary>
/// <param name="Since">The oldest of the snapshots without a gap in which it is damaged; null where it is in none.</param>
/// <param name="LastGood">The newest snapshot that has a whole version of it; null where none has.</param>
public sealed record DamageOrigin(SavedSnapshot? Since, SavedSnapshot? LastGood);

/// <summary>
/// Follows damaged packages back through the snapshots of a project. Reads no more than each version that comes up once; folders that many
/// snapshots share are loaded once. Not thread safe.
/// </summary>
/// <param name="repository">The repository.</param>
/// <param name="snapshots">Where to look, the newest first, and where in each the project is.</param>
public sealed class DamageSearch(IndexedRepository repository, IReadOnlyList<SnapshotPart> snapshots)
{
    /// <summary>Versions of one package that are read at most.</summary>
    public const int MostVersions = 64;

    private readonly TreeLookup _lookup = new(repository);
    private readonly Dictionary<ContentId, bool> _damaged = [];

    /// <summary>Where the damage came in, and what was there before.</summary>
    /// <param name="path">Path of the package below the project's folder.</param>
    /// <param name="content">Its damaged content.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<DamageOrigin> FindAsync(string path, ContentId content, CancellationToken cancellationToken)
    {
        _damaged[content] = true;
        SavedSnapshot? since = null;
        bool gap = false;
        int read = 0;
        foreach (SnapshotPart part in snapshots)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Node? node = await FindAsync(part, path, cancellationToken).ConfigureAwait(false);
            if (node is not { Type: NodeType.File })
            {
                gap |= since is not null;
                continue;
            }

            ContentId version = SnapshotPackages.ContentOf(node);
            if (!_damaged.TryGetValue(version, out bool damaged))
            {
                if (++read > MostVersions)
                {
                    break;
                }

                _damaged[version] = damaged = await IsDamagedAsync(node, cancellationToken).ConfigureAwait(false);
            }

            if (!damaged)
            {
                return new DamageOrigin(since, part.Saved);
            }

            since = gap ? since : part.Saved;
        }

        return new DamageOrigin(since, null);
    }

    private async ValueTask<Node?> FindAsync(SnapshotPart part, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await _lookup.FindAsync(part.Saved.Snapshot.Tree, part.Subpath + "/" + path, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException)
        {
            // What cannot be read offers nothing; `check` is there to say why.
            return null;
        }
    }

    private async ValueTask<bool> IsDamagedAsync(Node node, CancellationToken cancellationToken)
    {
        try
        {
            return (await SnapshotHealth.ExamineAsync(repository, node, read: null, cancellationToken).ConfigureAwait(false)).IsDamaged;
        }
        catch (RepositoryException)
        {
            return true;
        }
    }
}
