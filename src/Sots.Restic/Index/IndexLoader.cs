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
        Lock gate = new();
        List<IndexId> files = [];
        await foreach (StoredFile file in repository.Backend.ListAsync(FileType.Index, cancellationToken).ConfigureAwait(false))
        {
            files.Add(new IndexId(file.Name));
        }

        if (allHeaders)
        {
            // First: what is found first counts, and a pack knows best what is in it.
            await PackHeaderSurvey.CompleteAsync(repository, master, all: true, damage, cancellationToken).ConfigureAwait(false);
        }

        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(files, parallel, async (id, token) =>
        {
            try
            {
                await ReadFileAsync(repository, id, master, gate, token).ConfigureAwait(false);
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
            await PackHeaderSurvey.CompleteAsync(repository, master, all: false, damage, cancellationToken).ConfigureAwait(false);
        }

        return new IndexedRepository(repository, master, damage) { Files = [.. files] };
    }

    /// <summary>Reads the files that a loaded index does not have.</summary>
    /// <exception cref="RepositoryException">The listing, or one of them, cannot be read.</exception>
    public static async Task LoadNewAsync(IndexedRepository indexed, CancellationToken cancellationToken)
    {
        List<IndexId> files = [];
        await foreach (StoredFile file in indexed.Repository.Backend.ListAsync(FileType.Index, cancellationToken).ConfigureAwait(false))
        {
            files.Add(new IndexId(file.Name));
        }

        foreach (IndexId id in files.Where(id => !indexed.Files.Contains(id)))
        {
            await ReadFileAsync(indexed.Repository, id, indexed.Index, new Lock(), cancellationToken).ConfigureAwait(false);
            indexed.Files.Add(id);
        }
    }

    private static ValueTask ReadFileAsync(OpenRepository repository, IndexId id, MasterIndex master, Lock gate, CancellationToken cancellationToken)
    {
        FileHandle file = FileHandle.Of(id);
        return repository.ReadIndexAsync(id, json => IndexFile.Read(json, repository.Config.Version, file.ToString(), (pack, blobs) =>
        {
            lock (gate)
            {
                foreach (PackedBlob blob in blobs)
                {
                    master.Add(pack, blob);
                }
            }
        }), cancellationToken);
    }
}
