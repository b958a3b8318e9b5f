using Sots.Backup.Comparing;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Unreal.Assets;

/// <summary>Collects the files of snapshots whose facts will be asked for, each content once.</summary>
/// <param name="mayFindBelow">Which folders are of interest.</param>
/// <param name="isWanted">Which files.</param>
public sealed class WantedFiles(Func<string, bool> mayFindBelow, Func<string, Node, bool> isWanted) : IEntryFinder<Node>
{
    private readonly HashSet<ContentId> _met = [];

    /// <inheritdoc/>
    public bool MayFindBelow(string folder) => mayFindBelow(folder);

    /// <summary>Adds nothing to what is found: the files are kept here, for all snapshots together.</summary>
    public ValueTask FindAsync(ScannedEntry entry, List<Node> found, CancellationToken cancellationToken)
    {
        if (isWanted(entry.Path, entry.Node) && _met.Add(SnapshotPackages.ContentOf(entry.Node)))
        {
            Files.Add(entry.Node);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The files, one for each content.</summary>
    public List<Node> Files { get; } = [];
}

/// <summary>Reads the facts of many packages into the cache, several at a time and in the order in which they lie in the repository.</summary>
public static class FactsReading
{
    private const int Readers = 4;

    /// <summary>Reads what the cache does not know yet.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="packages">Reads and remembers.</param>
    /// <param name="cache">What is known.</param>
    /// <param name="files">The packages.</param>
    /// <param name="counters">Counts files.</param>
    /// <param name="problem">Told of what cannot be read.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>How many packages were read.</returns>
    public static async Task<int> RunAsync(
        IndexedRepository repository, SnapshotPackages packages, AssetFactsCache cache, IReadOnlyList<Node> files, OperationCounters counters,
        Action<string, RepositoryException> problem, CancellationToken cancellationToken)
    {
        Node[] unknown = [.. files.Where(file => !cache.Knows(SnapshotPackages.ContentOf(file))).OrderBy(PlaceOf)];
        counters.TotalFiles = unknown.Length;
        counters.TotalsKnown = 1;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Readers, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(unknown, parallel, async (file, token) =>
        {
            try
            {
                await packages.FactsOfAsync(file, token).ConfigureAwait(false);
            }
            catch (RepositoryException e)
            {
                Interlocked.Increment(ref counters.Errors);
                problem(Backup.PathText.ToText(file.Name), e);
            }

            Interlocked.Increment(ref counters.FilesDone);
        }).ConfigureAwait(false);
        return unknown.Length;

        (PackId Pack, uint Offset) PlaceOf(Node file) =>
            file.Content is [BlobId first, ..] && repository.Index.TryFind(new BlobHandle(first), out BlobLocation place) ? (place.Pack, place.Offset) : default;
    }
}
