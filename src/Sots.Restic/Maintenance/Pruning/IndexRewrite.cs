using Sots.Restic.Backends;
using Sots.Restic.Index;
using Sots.Restic.Packs;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>
/// Replaces the index files that name packs which go, and merges small ones. First everything new is durable, then the old files are
/// removed. Source of the rules: docs/FORMAT.md, "Prune".
/// </summary>
internal sealed class IndexRewrite(OpenRepository repository, PrunePlan plan, EntriesByPack entries, PruneOptions options, IMaintenanceEvents events)
{
    private readonly bool[] _goes = new bool[plan.Survey.Index.PackCount];
    private readonly bool[] _listed = new bool[plan.Survey.Index.PackCount];
    private readonly List<SurveyedIndexFile> _old = [];
    private List<IndexedPack> _pending = [];
    private int _pendingBlobs;

    /// <summary>Makes the new files durable.</summary>
    /// <exception cref="RepositoryException">Writing failed; whatever is there is true, perhaps twice.</exception>
    public async Task WriteNewAsync(CancellationToken cancellationToken)
    {
        events.Step("rebuilding index");
        foreach (PlannedPack pack in plan.Packs)
        {
            if (pack.Action is PackAction.Repack or PackAction.Remove or PackAction.Forget)
            {
                _goes[plan.Survey.Index.NumberOf(pack.Id)] = true;
            }
        }

        foreach (SurveyedIndexFile file in plan.Survey.Files)
        {
            if (MayStay(file))
            {
                Array.ForEach(file.Packs, pack => _listed[pack] = true);
            }
            else
            {
                _old.Add(file);
            }
        }

        events.Begin("indexes processed", _old.Count, 0);
        foreach (SurveyedIndexFile file in _old)
        {
            await AddAsync(file, cancellationToken).ConfigureAwait(false);
            events.Done(0);
        }

        await WriteAsync(cancellationToken).ConfigureAwait(false);
        events.End();
    }

    /// <summary>Removes the old files, after <see cref="WriteNewAsync"/>. When this returns no index file names a pack that goes.</summary>
    /// <exception cref="RepositoryException">Removing failed; whatever is there is true, perhaps twice.</exception>
    public async Task RemoveOldAsync(CancellationToken cancellationToken)
    {
        events.Begin("old indexes deleted", _old.Count, 0);
        foreach (SurveyedIndexFile file in _old)
        {
            await RemoveAsync(file.Id, cancellationToken).ConfigureAwait(false);
            events.Done(0);
        }

        events.End();
    }

    /// <summary>Only a full file that names no pack which goes, each completely and none that another file names, stays as it is.</summary>
    private bool MayStay(SurveyedIndexFile file)
    {
        if (file.Blobs is < IndexFile.FullAtBlobs or > IndexFile.FullAtBlobs + PackHeaderLayout.MaxEntries)
        {
            return false;
        }

        for (int i = 0; i < file.Packs.Length; i++)
        {
            int pack = file.Packs[i];
            if (pack < 0 || _goes[pack] || _listed[pack] || entries.CountOf(pack) != file.BlobsOfPacks[i])
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask AddAsync(SurveyedIndexFile file, CancellationToken cancellationToken)
    {
        foreach (int pack in file.Packs)
        {
            if (pack < 0 || _goes[pack] || _listed[pack])
            {
                continue;
            }

            _listed[pack] = true;
            List<PackedBlob> blobs = entries.BlobsOf(pack);
            _pending.Add(new IndexedPack(plan.Survey.Index.PackOf(pack), blobs));
            _pendingBlobs += blobs.Count;
            if (_pendingBlobs >= IndexFile.FullAtBlobs)
            {
                await WriteAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask WriteAsync(CancellationToken cancellationToken)
    {
        if (_pending.Count == 0)
        {
            return;
        }

        await repository.SaveLockedAsync(FileType.Index, IndexFile.Write(_pending), options.Write.EnsureLocked, cancellationToken).ConfigureAwait(false);
        _pending = [];
        _pendingBlobs = 0;
    }

    private async ValueTask RemoveAsync(IndexId id, CancellationToken cancellationToken)
    {
        await options.Write.EnsureLocked(cancellationToken).ConfigureAwait(false);
        await repository.Backend.RemoveIfThereAsync(FileHandle.Of(id), cancellationToken).ConfigureAwait(false);
        events.Removed($"index {id}");
    }
}
