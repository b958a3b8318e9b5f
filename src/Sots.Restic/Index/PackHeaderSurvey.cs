using Sots.Restic.Backends;
using Sots.Restic.Packs;

namespace Sots.Restic.Index;

/// <summary>
/// Completes an index out of the headers of packs: each pack says itself what is in it. What is added is as good as an index file, because
/// every blob is verified when it is read.
/// </summary>
internal static class PackHeaderSurvey
{
    /// <summary>Reads the headers of packs that the index does not name, or not all of: those whose length is not that of their entries.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="index">Gets what they hold. Nobody may use it meanwhile.</param>
    /// <param name="all">Read the headers of all packs, where an index may be wrong in a way that lengths do not show.</param>
    /// <param name="damage">Gets an error for each pack that no index names and whose header cannot be read.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="completed">Gets the packs that hold what the index did not know, with all that is in them.</param>
    /// <returns>How many packs hold what the index did not know.</returns>
    /// <exception cref="RepositoryException">The listing failed.</exception>
    public static async Task<int> CompleteAsync(
        OpenRepository repository, MasterIndex index, bool all, ICollection<RepositoryException> damage, CancellationToken cancellationToken,
        ICollection<IndexedPack>? completed = null)
    {
        long[] lengths = index.PackLengths();
        List<(StoredFile File, bool Unknown)> wanted = [];
        await foreach (StoredFile file in repository.Backend.ListAsync(FileType.Pack, cancellationToken).ConfigureAwait(false))
        {
            int number = index.NumberOf(new PackId(file.Name));
            if (all || number < 0 || lengths[number] != file.Length)
            {
                wanted.Add((file, number < 0));
            }
        }

        int added = 0;
        Lock gate = new();
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = repository.Backend.Connections, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(wanted, parallel, async (pack, token) =>
        {
            PackId id = new(pack.File.Name);
            try
            {
                List<PackedBlob> blobs = await PackReader.ReadHeaderAsync(repository, id, pack.File.Length, token).ConfigureAwait(false);
                lock (gate)
                {
                    int before = index.Count;
                    foreach (PackedBlob blob in blobs)
                    {
                        index.Add(id, blob);
                    }

                    if (index.Count > before)
                    {
                        added++;
                        completed?.Add(new IndexedPack(id, blobs));
                    }
                }
            }
            catch (RepositoryException e)
            {
                if (pack.Unknown)
                {
                    lock (gate)
                    {
                        damage.Add(e);
                    }
                }
            }
        }).ConfigureAwait(false);
        return added;
    }
}
