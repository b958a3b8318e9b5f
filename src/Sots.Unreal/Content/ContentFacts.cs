using Sots.Backup.Progress;
using Sots.Unreal.Assets;

namespace Sots.Unreal.Content;

/// <summary>A package with what is in it.</summary>
/// <param name="Package">Where it is.</param>
/// <param name="Facts">What is in it.</param>
public readonly record struct KnownPackage(ContentPackage Package, AssetFacts Facts);

/// <summary>Reads the headers of many packages.</summary>
public static class ContentFacts
{
    /// <summary>The facts of packages, in their order; several are read at once.</summary>
    /// <param name="tree">Where they are.</param>
    /// <param name="packages">Which.</param>
    /// <param name="counters">Counts them.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<KnownPackage[]> LoadAsync(
        ContentTree tree, IReadOnlyList<ContentPackage> packages, OperationCounters counters, CancellationToken cancellationToken)
    {
        Interlocked.Add(ref counters.TotalFiles, packages.Count);
        Volatile.Write(ref counters.TotalsKnown, 1);
        KnownPackage[] known = new KnownPackage[packages.Count];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, packages.Count), parallel, async (i, token) =>
        {
            known[i] = new KnownPackage(packages[i], await tree.FactsOfAsync(packages[i].File, token).ConfigureAwait(false));
            Interlocked.Increment(ref counters.FilesDone);
        }).ConfigureAwait(false);
        return known;
    }
}
