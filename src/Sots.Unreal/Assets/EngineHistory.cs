using Sots.Backup;
using Sots.Backup.Comparing;
using Sots.Backup.Operations;
using Sots.Backup.Restoring;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Unreal.Health;
using Sots.Unreal.Packages;

namespace Sots.Unreal.Assets;

/// <summary>What a snapshot knows of the engine that its project belonged to. Not thread safe.</summary>
/// <param name="repository">The repository.</param>
/// <param name="part">The snapshot, and where in it the project is.</param>
public sealed class EngineHistory(IndexedRepository repository, SnapshotPart part)
{
    /// <summary>
    /// Packages that are looked at, to find one of some version. Where one of a thousand was saved by it already, one is found nearly always.
    /// </summary>
    public const int MostLookedAt = 2_000;

    private const ulong LongestLookedAt = 4 << 20;

    private readonly SnapshotPackages _packages = new(repository, new AssetFactsCache());

    /// <summary>The value of EngineAssociation in the project's file; null where it does not say, or there is none.</summary>
    /// <exception cref="RepositoryException">It cannot be read.</exception>
    public async Task<string?> FindAssociationAsync(CancellationToken cancellationToken)
    {
        TreeLookup lookup = new(repository);
        TreeId root = part.Saved.Snapshot.Tree;
        TreeId? folder = part.Subpath.Trim('/').Length == 0 ? root : (await lookup.FindAsync(root, part.Subpath, cancellationToken).ConfigureAwait(false))?.Subtree;
        IReadOnlyList<Node> entries = folder is { } tree ? await lookup.ListAsync(tree, cancellationToken).ConfigureAwait(false) : [];
        if (entries.FirstOrDefault(static node => node.Type == NodeType.File && UnrealFiles.Is(PathText.ToText(node.Name), UnrealFiles.Project)) is not { Size: <= UnrealProject.MaxFileBytes } file)
        {
            return null;
        }

        List<byte> text = [];
        foreach (BlobId blob in file.Content ?? [])
        {
            text.AddRange(await repository.LoadBlobAsync(new BlobHandle(blob), cancellationToken).ConfigureAwait(false));
        }

        using StreamReader reader = new(new MemoryStream([.. text]), detectEncodingFromByteOrderMarks: true);
        return UnrealProject.ReadEngineAssociation(await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The newest engine among the snapshot's packages, as far as it was looked: it ends where one is found that is not older.</summary>
    /// <param name="version">The version that is looked for.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">The snapshot cannot be read.</exception>
    public async Task<SavingEngine> FindNewestAsync(int version, CancellationToken cancellationToken)
    {
        List<Node> candidates = [];
        await ListOperation.RunAsync(
            repository, part.Saved.Snapshot, new ListOptions { Subpath = part.Subpath },
            (_, node) =>
            {
                if (node.Type == NodeType.File && node.Size is > 0 and <= LongestLookedAt && AssetFacts.IsPackage(node.Name))
                {
                    candidates.Add(node);
                }
            },
            cancellationToken).ConfigureAwait(false);

        SavingEngine newest = SavingEngine.None;
        double step = Math.Max(1, candidates.Count / (double)MostLookedAt);
        for (double at = 0; at < candidates.Count && newest.Version < version; at += step)
        {
            AssetFacts facts = await FactsOfAsync(candidates[(int)at], cancellationToken).ConfigureAwait(false);
            newest = facts.Version > newest.Version ? new SavingEngine(facts.Version, facts.Engine) : newest;
        }

        return newest;
    }

    /// <summary>The packages that were there before and were saved anew by a newer engine.</summary>
    /// <param name="changed">Packages that changed since the snapshot.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<string>> FindResavedAsync(IEnumerable<ChangedPackage> changed, CancellationToken cancellationToken)
    {
        List<string> resaved = [];
        foreach (ChangedPackage package in changed)
        {
            AssetFacts before = await FactsOfAsync(package.Before, cancellationToken).ConfigureAwait(false);
            if (before.Fault is null && before.Version < package.Version)
            {
                resaved.Add(package.Path);
            }
        }

        return resaved;
    }

    private async ValueTask<AssetFacts> FactsOfAsync(Node node, CancellationToken cancellationToken)
    {
        try
        {
            return await _packages.FactsOfAsync(node, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException)
        {
            return new AssetFacts { Fault = PackageFault.Damaged };
        }
    }
}
