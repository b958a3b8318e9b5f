using Sots.Restic.Backends;
using Sots.Restic.Maintenance.Consequences;
using Sots.Restic.Packs;

namespace Sots.Restic.Maintenance;

/// <summary>Compares the packs there are with the packs the index names.</summary>
internal sealed class PackListCheck(OpenRepository repository, IndexedPacks indexed, CheckFindings findings, LostContent lost)
{
    /// <summary>
    /// Lists the packs and returns those the index names. Where index files could not be read, the headers of packs that no other names
    /// are taken in their place, so that one bad file does not make everything look lost.
    /// </summary>
    /// <param name="indexIsDamaged">Some index files could not be read.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">The listing failed.</exception>
    public async Task<List<StoredFile>> RunAsync(bool indexIsDamaged, CancellationToken cancellationToken)
    {
        List<StoredFile> found = [];
        await foreach (StoredFile file in repository.Backend.ListAsync(FileType.Pack, cancellationToken).ConfigureAwait(false))
        {
            int number = indexed.Find(new PackId(file.Name));
            if (number >= 0)
            {
                indexed[number].IsThere = true;
                CompareLength(new PackId(file.Name), file.Length, indexed[number].Length);
                found.Add(file);
            }
            else if (indexIsDamaged)
            {
                if (await TakeHeaderAsync(new PackId(file.Name), file.Length, cancellationToken).ConfigureAwait(false))
                {
                    found.Add(file);
                }
            }
            else
            {
                string name = FileHandle.Of(new PackId(file.Name)).ToString();
                findings.Add(FindingKind.OrphanPack, name, $"{name}: not referenced in any index ({file.Length} bytes)");
            }
        }

        for (int number = 0; number < indexed.Count; number++)
        {
            if (!indexed[number].IsThere)
            {
                string name = FileHandle.Of(indexed.IdOf(number)).ToString();
                lost.Add(indexed.IdOf(number));
                findings.Add(FindingKind.PackMissing, name, $"{name}: does not exist; {indexed[number].Blobs} blobs in it are lost");
            }
        }

        return found;
    }

    private void CompareLength(PackId pack, long length, long expected)
    {
        if (length != expected)
        {
            string name = FileHandle.Of(pack).ToString();
            findings.Add(FindingKind.PackLength, name, $"{name}: unexpected file size: got {length}, expected {expected}", pack);
        }
    }

    private async ValueTask<bool> TakeHeaderAsync(PackId pack, long length, CancellationToken cancellationToken)
    {
        try
        {
            List<PackedBlob> blobs = await PackReader.ReadHeaderAsync(repository, pack, length, cancellationToken).ConfigureAwait(false);
            indexed.Add(pack, blobs);
            indexed[indexed.Find(pack)].IsThere = true;
            return true;
        }
        catch (RepositoryException e)
        {
            findings.Add(
                FindingKind.PackDamaged, FileHandle.Of(pack).ToString(), $"{e.Message}; no readable index file names it either", pack);
            return false;
        }
    }
}
