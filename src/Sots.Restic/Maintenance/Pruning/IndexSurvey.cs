using Sots.Restic.Backends;
using Sots.Restic.Index;
using Sots.Restic.Packs;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>What one index file lists: packs by their number in the master index, with the number of blobs it gives each.</summary>
/// <param name="Id">The file.</param>
/// <param name="Blobs">Blobs in all.</param>
/// <param name="Packs">Packs; -1 for one without blobs.</param>
/// <param name="BlobsOfPacks">Blobs of each of them.</param>
internal sealed record SurveyedIndexFile(IndexId Id, int Blobs, int[] Packs, int[] BlobsOfPacks);

/// <summary>The whole index, and which file says what: about 8 bytes a pack beside the index itself. Immutable.</summary>
/// <param name="Index">Where every blob lies.</param>
/// <param name="Files">The files.</param>
internal sealed record IndexSurvey(MasterIndex Index, IReadOnlyList<SurveyedIndexFile> Files)
{
    /// <summary>Whether a pack stands in the index more than once, or without blobs: left over from something interrupted.</summary>
    public bool HasRepetitions()
    {
        bool[] listed = new bool[Index.PackCount];
        foreach (int pack in Files.SelectMany(file => file.Packs))
        {
            if (pack < 0 || listed[pack])
            {
                return true;
            }

            listed[pack] = true;
        }

        return false;
    }

    /// <summary>Reads all index files, several at a time.</summary>
    /// <exception cref="RepositoryException">A file cannot be read or is damaged: then nobody knows what may be removed.</exception>
    public static Task<IndexSurvey> LoadAsync(OpenRepository repository, CancellationToken cancellationToken) =>
        LoadAsync(
            repository,
            static (_, e) => throw (e.Kind is RepositoryErrorKind.Storage or RepositoryErrorKind.Unsupported ? e : new RepositoryException(
                e.Kind, $"{e.Message}. What it names is unknown, so nothing was removed.",
                "Rebuild the index (`repair index`), see that `check` finds no errors, then prune again.", e)),
            cancellationToken);

    /// <summary>
    /// Reads all index files, several at a time. A damaged one is not among <see cref="Files"/>; packs it gave before it broke off are in
    /// <see cref="Index"/>, since they are true.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="damaged">Told of each file that cannot be read, one at a time; may throw.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">The listing failed, or the storage denies a file.</exception>
    public static async Task<IndexSurvey> LoadAsync(
        OpenRepository repository, Action<IndexId, RepositoryException> damaged, CancellationToken cancellationToken)
    {
        MasterIndex master = new();
        List<SurveyedIndexFile> surveyed = [];
        List<StoredFile> files = await repository.Backend.ListAsync(FileType.Index, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        using IndexReader reader = new(repository);
        await Parallel.ForEachAsync(files, parallel, async (stored, token) =>
        {
            IndexId id = new(stored.Name);
            try
            {
                await reader.ReadAsync(stored, json =>
                {
                    lock (surveyed)
                    {
                        surveyed.Add(Take(master, id, json, repository.Config.Version));
                    }
                }, token).ConfigureAwait(false);
            }
            catch (RepositoryException e) when (MayBeDamage(e.Kind))
            {
                lock (surveyed)
                {
                    damaged(new IndexId(stored.Name), e);
                }
            }
        }).ConfigureAwait(false);

        // In an order that does not depend on which was read first.
        surveyed.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        return new IndexSurvey(master, surveyed);
    }

    private static bool MayBeDamage(RepositoryErrorKind kind) => kind is RepositoryErrorKind.Damaged or RepositoryErrorKind.LimitExceeded
        or RepositoryErrorKind.Missing or RepositoryErrorKind.Unsupported or RepositoryErrorKind.Storage;

    private static SurveyedIndexFile Take(MasterIndex master, IndexId id, ReadOnlySpan<byte> json, int version)
    {
        List<int> packs = [];
        List<int> counts = [];
        int total = 0;
        IndexFile.Read(json, version, FileHandle.Of(id).ToString(), (pack, blobs) =>
        {
            foreach (PackedBlob blob in blobs)
            {
                master.Add(pack, blob);
            }

            packs.Add(master.NumberOf(pack));
            counts.Add(blobs.Count);
            total += blobs.Count;
        });
        return new SurveyedIndexFile(id, total, [.. packs], [.. counts]);
    }
}
