using Sots.Restic.Backends;
using Sots.Restic.Packs;

namespace Sots.Restic.Index;

/// <summary>
/// Loads all index files into a master index, several at a time. A damaged index file is reported and the headers of the packs that no
/// other index file names, or not all of, are read in its place, so that one bad file takes nothing with it.
/// </summary>
internal static class IndexLoader
{
    /// <summary>Loads what is there.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="allHeaders">Read the headers of all packs as well.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">A listing failed; damaged files are reported in the result instead.</exception>
    public static async Task<IndexedRepository> LoadAsync(OpenRepository repository, bool allHeaders, CancellationToken cancellationToken)
    {
        MasterIndex master = new();
        List<RepositoryException> damage = [];
        List<IndexedPack> unindexed = [];
        Lock gate = new();
        List<StoredFile> files = await repository.Backend.ListAsync(FileType.Index, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (allHeaders)
        {
            // First: what is found first counts, and a pack knows best what is in it.
            await PackHeaderSurvey.CompleteAsync(repository, master, all: true, damage, cancellationToken).ConfigureAwait(false);
        }

        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        using IndexReader reader = new(repository);
        await Parallel.ForEachAsync(files, parallel, async (file, token) =>
        {
            try
            {
                await ReadFileAsync(reader, repository.Config.Version, file, master, gate, token).ConfigureAwait(false);
            }
            catch (RepositoryException e)
            {
                lock (gate)
                {
                    damage.Add(e);
                }
            }
        }).ConfigureAwait(false);

        if (!allHeaders && damage.Count > 0)
        {
            await PackHeaderSurvey.CompleteAsync(repository, master, all: false, damage, cancellationToken, unindexed).ConfigureAwait(false);
        }

        return new IndexedRepository(repository, master, damage) { UnindexedPacks = unindexed, Files = [.. files.Select(static file => new IndexId(file.Name))] };
    }

    /// <summary>Reads the files that a loaded index does not have.</summary>
    /// <exception cref="RepositoryException">The listing, or one of them, cannot be read.</exception>
    public static async Task LoadNewAsync(IndexedRepository indexed, CancellationToken cancellationToken)
    {
        using IndexReader reader = new(indexed.Repository);
        foreach (StoredFile file in await indexed.Repository.Backend.ListAsync(FileType.Index, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            IndexId id = new(file.Name);
            if (!indexed.Files.Contains(id))
            {
                await ReadFileAsync(reader, indexed.Repository.Config.Version, file, indexed.Index, new Lock(), cancellationToken).ConfigureAwait(false);
                indexed.Files.Add(id);
            }
        }
    }

    /// <summary>Whole packs of a file that turns out damaged are true, and stay.</summary>
    private static ValueTask ReadFileAsync(IndexReader reader, int version, StoredFile file, MasterIndex master, Lock gate, CancellationToken cancellationToken)
    {
        string name = new FileHandle(FileType.Index, file.Name).ToString();
        return reader.ReadAsync(file, json =>
        {
            IndexBatch batch = new();
            try
            {
                IndexFile.Read(json, version, name, (pack, blobs) =>
                {
                    batch.Add(pack, blobs);
                    if (batch.IsFull)
                    {
                        HandOver(batch);
                    }
                });
            }
            finally
            {
                HandOver(batch);
            }
        }, cancellationToken);

        void HandOver(IndexBatch batch)
        {
            lock (gate)
            {
                master.Add(batch);
            }

            batch.Clear();
        }
    }
}
