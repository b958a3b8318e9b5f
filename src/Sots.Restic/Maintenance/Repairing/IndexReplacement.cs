using Sots.Restic.Backends;
using Sots.Restic.Index;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Packs;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>
/// Puts true index files in the place of wrong ones: those that are right stay as they are, everything else is written anew, read again,
/// and only then the old files go. Made from a survey; holds while the lock is held.
/// </summary>
internal sealed class IndexReplacement
{
    private readonly IndexSurvey _survey;
    private readonly EntriesByPack _entries;
    private readonly IReadOnlyDictionary<PackId, List<PackedBlob>> _headers;
    private readonly List<PackId> _packs = [];

    /// <summary>Decides which files stay.</summary>
    /// <param name="survey">What the readable files say.</param>
    /// <param name="entries">The same by pack; where files tell different parts of a pack, all of them.</param>
    /// <param name="damaged">Files that cannot be read.</param>
    /// <param name="headers">Packs with what the index must say of them in place of what it says.</param>
    /// <param name="dropped">Packs that no index may name.</param>
    public IndexReplacement(
        IndexSurvey survey, EntriesByPack entries, IEnumerable<IndexId> damaged, IReadOnlyDictionary<PackId, List<PackedBlob>> headers,
        HashSet<PackId> dropped)
    {
        _survey = survey;
        _entries = entries;
        _headers = headers;
        bool[] done = new bool[survey.Index.PackCount];
        for (int pack = 0; pack < done.Length; pack++)
        {
            PackId id = survey.Index.PackOf(pack);
            done[pack] = dropped.Contains(id) || headers.ContainsKey(id);
        }

        List<IndexId> old = [];
        foreach (SurveyedIndexFile file in survey.Files.OrderByDescending(file => file.Blobs))
        {
            if (MayStay(file, done))
            {
                Array.ForEach(file.Packs, pack => done[pack] = true);
            }
            else
            {
                old.Add(file.Id);
            }
        }

        Old = [.. old.Concat(damaged).Order()];
        _packs.AddRange(headers.Keys.Where(pack => !dropped.Contains(pack)));
        _packs.AddRange(Enumerable.Range(0, done.Length).Where(pack => !done[pack]).Select(survey.Index.PackOf));
        NewFiles = Files().Count();
    }

    /// <summary>Files that go.</summary>
    public IReadOnlyList<IndexId> Old { get; }

    /// <summary>Files that are written.</summary>
    public int NewFiles { get; }

    /// <summary>True where every file stays and none is written.</summary>
    public bool IsEmpty => Old.Count == 0 && _packs.Count == 0;

    /// <summary>Runs it. When this returns the index says of every pack what it must, once.</summary>
    /// <exception cref="RepositoryException">Writing, reading again or removing failed; whatever was true before still stands in some file.</exception>
    public async Task RunAsync(
        OpenRepository repository, Func<CancellationToken, ValueTask> ensureLocked, IMaintenanceEvents events, CancellationToken cancellationToken)
    {
        events.Step("rebuilding index");
        events.Begin("indexes processed", NewFiles, 0);
        foreach (List<PackId> packs in Files())
        {
            await WriteAsync(repository, ensureLocked, [.. packs.Select(pack => new IndexedPack(pack, BlobsOf(pack)))], cancellationToken).ConfigureAwait(false);
            events.Done(0);
        }

        events.End();
        if (Old.Count == 0)
        {
            return;
        }

        events.Begin("old indexes deleted", Old.Count, 0);
        foreach (IndexId id in Old)
        {
            await ensureLocked(cancellationToken).ConfigureAwait(false);
            await repository.Backend.RemoveIfThereAsync(FileHandle.Of(id), cancellationToken).ConfigureAwait(false);
            events.Removed($"index/{id}");
            events.Done(0);
        }

        events.End();
    }

    /// <summary>A file stays that says all there is to say of each of its packs, none of which goes or stands in another file that stays.</summary>
    private bool MayStay(SurveyedIndexFile file, bool[] done)
    {
        HashSet<int> own = [];
        for (int i = 0; i < file.Packs.Length; i++)
        {
            int pack = file.Packs[i];
            if (pack < 0 || done[pack] || !own.Add(pack) || _entries.CountOf(pack) != file.BlobsOfPacks[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The packs of each new file: a file is full at so many blobs, as restic's are.</summary>
    private IEnumerable<List<PackId>> Files()
    {
        List<PackId> packs = [];
        int blobs = 0;
        foreach (PackId pack in _packs)
        {
            packs.Add(pack);
            blobs += _headers.TryGetValue(pack, out List<PackedBlob>? header) ? header.Count : _entries.CountOf(_survey.Index.NumberOf(pack));
            if (blobs >= IndexFile.FullAtBlobs)
            {
                yield return packs;
                packs = [];
                blobs = 0;
            }
        }

        if (packs.Count > 0)
        {
            yield return packs;
        }
    }

    private List<PackedBlob> BlobsOf(PackId pack) =>
        _headers.TryGetValue(pack, out List<PackedBlob>? header) ? header : _entries.BlobsOf(_survey.Index.NumberOf(pack));

    /// <summary>Old files go only after the new ones were read again from where they are stored.</summary>
    private static async Task WriteAsync(
        OpenRepository repository, Func<CancellationToken, ValueTask> ensureLocked, List<IndexedPack> packs, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> json = IndexFile.Write(packs);
        FileHandle file = new(FileType.Index, await repository.SaveLockedAsync(FileType.Index, json, ensureLocked, cancellationToken).ConfigureAwait(false));
        byte[] stored = await repository.LoadUnpackedAsync(file, Limits.IndexLength, cancellationToken).ConfigureAwait(false);
        if (!json.Span.SequenceEqual(stored))
        {
            throw RepositoryException.Damage(file.ToString(), "it does not read as it was written; the old index files were left alone");
        }
    }
}
