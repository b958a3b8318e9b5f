using Sots.Restic.Backends;
using Sots.Restic.Index;

namespace Sots.Restic.Maintenance;

/// <summary>Reads all index files and says what is wrong with them and between them.</summary>
internal sealed class IndexCheck(OpenRepository repository, CheckFindings findings)
{
    private readonly Lock _gate = new();
    private readonly IndexedPacks _packs = new();
    private bool _damaged;

    /// <summary>True where an index file could not be read.</summary>
    public bool FoundDamage => Volatile.Read(ref _damaged);

    /// <summary>Reads what can be read.</summary>
    /// <exception cref="RepositoryException">The listing failed.</exception>
    public async Task<IndexedPacks> RunAsync(CancellationToken cancellationToken)
    {
        List<StoredFile> files = await repository.Backend.ListAsync(FileType.Index, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        using IndexReader reader = new(repository);
        await Parallel.ForEachAsync(files, parallel, (file, token) => ReadAsync(reader, file, token)).ConfigureAwait(false);
        for (int number = 0; number < _packs.Count; number++)
        {
            Judge(_packs.IdOf(number), _packs[number]);
        }

        return _packs;
    }

    private async ValueTask ReadAsync(IndexReader reader, StoredFile file, CancellationToken cancellationToken)
    {
        string name = new FileHandle(FileType.Index, file.Name).ToString();
        try
        {
            await reader.ReadAsync(file, json => IndexFile.Read(json, repository.Config.Version, name, (pack, blobs) =>
            {
                lock (_gate)
                {
                    _packs.Add(pack, blobs);
                }
            }), cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e)
        {
            Volatile.Write(ref _damaged, true);
            findings.Add(FindingKind.IndexUnreadable, name, e.Message);
        }
    }

    private void Judge(PackId pack, in IndexedPackState state)
    {
        string name = FileHandle.Of(pack).ToString();
        if (state.ListedDifferently)
        {
            findings.Add(
                FindingKind.PackIndexedDifferently, name, $"{name}: the index lists it more than once, each time with other blobs", pack);
        }
        else if (state.LayoutFault is not null)
        {
            findings.Add(FindingKind.PackLayout, name, $"{name}: the index is wrong about it: {state.LayoutFault}", pack);
        }

        if (state.ListedAgain)
        {
            findings.Add(FindingKind.PackIndexedTwice, name, $"{name}: the index lists it more than once");
        }

        if (state.HasData && state.HasTrees)
        {
            findings.Add(FindingKind.MixedPack, name, $"{name} contains a mix of tree and data blobs");
        }
    }
}
