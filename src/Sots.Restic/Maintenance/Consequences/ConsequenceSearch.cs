using Sots.Restic.Backends;

namespace Sots.Restic.Maintenance.Consequences;

/// <summary>
/// After a check found damage: what does it mean in files, and what helps? Packs that look wrong and were not read are read, missing blobs
/// are looked for in the packs themselves, and all trees are read once more. Reports nothing anew; a healthy repository never comes here.
/// </summary>
/// <remarks>Memory: that of <see cref="LostContent"/>, <see cref="DamageSpread"/> and <see cref="DamagedPaths"/>, beside the index.</remarks>
internal sealed class ConsequenceSearch(OpenRepository repository, IndexedPacks indexed, CheckFindings findings, LostContent lost)
{
    private static readonly FindingKind[] WithoutFiles =
    [
        FindingKind.ConfigUnreadable, FindingKind.KeyUnreadable, FindingKind.LockUnreadable, FindingKind.IndexUnreadable, FindingKind.SnapshotUnreadable,
        FindingKind.PackIndexedTwice, FindingKind.MixedPack, FindingKind.OrphanPack,
    ];

    /// <summary>Searches.</summary>
    /// <param name="snapshots">The snapshots that were checked, newest first.</param>
    /// <param name="packs">The packs that there are.</param>
    /// <param name="content">The check of the packs' content, which has read some.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<DamageReport> RunAsync(
        IReadOnlyList<SavedSnapshot> snapshots, IReadOnlyList<StoredFile> packs, PackContentCheck content, CancellationToken cancellationToken)
    {
        await ReadSuspectsAsync(packs, content, cancellationToken).ConfigureAwait(false);
        IndexedRepository complete = new(repository, indexed.Index, []);
        if (findings.Has(FindingKind.TreeMissing) || findings.Has(FindingKind.BlobMissing) || findings.Has(FindingKind.NodeSize))
        {
            // The index may lack something, or be wrong about lengths. A restore asks the packs too.
            complete = await repository.LoadIndexFromPacksAsync(cancellationToken).ConfigureAwait(false);
        }

        NodeDamage nodes = new(complete.Index, lost);
        DamageSpread spread = new(complete, lost, nodes);
        DamagedPaths paths = new(complete, lost, nodes, spread, snapshots, DamagedPaths.MaxTrees);
        if (Enum.GetValues<FindingKind>().Except(WithoutFiles).Any(findings.Has))
        {
            await spread.MarkAsync(snapshots, cancellationToken).ConfigureAwait(false);
            await paths.RunAsync(cancellationToken).ConfigureAwait(false);
        }

        WholeVersionSearch whole = new(
            complete, snapshots, node => node.Subtree is { } tree ? !spread.Reaches(tree) : nodes.IsWhole(node));
        List<Consequence> items = [];
        foreach ((string name, IReadOnlySet<FindingKind> kinds) in findings.Culprits)
        {
            paths.Tolls.TryGetValue(name, out Toll? toll);
            items.Add(new Consequence
            {
                Item = name,
                Kinds = [.. kinds],
                Files = toll?.Files ?? 0,
                Folders = toll?.Folders ?? 0,
                Snapshots = toll?.Snapshots ?? 0,
                Examples = await ExamplesAsync(toll, whole, snapshots, cancellationToken).ConfigureAwait(false),
                Remedy = RemedyFor(name, kinds, toll is not null, content),
            });
        }

        return new DamageReport
        {
            Items = items,
            Files = paths.Total.Files,
            Folders = paths.Total.Folders,
            Snapshots = paths.Total.Snapshots,
            SnapshotsSearched = snapshots.Count,
            PacksWithoutIndex = complete.Index.PackCount - indexed.Count,
            IsAtLeast = paths.IsAtLeast,
        };
    }

    /// <summary>Of a pack with a wrong length or a tree that does not open, more may be lost, or nothing: only reading it tells.</summary>
    private async Task ReadSuspectsAsync(IReadOnlyList<StoredFile> packs, PackContentCheck content, CancellationToken cancellationToken)
    {
        HashSet<string> names = [.. findings.Broken.Select(pack => FileHandle.Of(pack).ToString())];
        names.UnionWith(findings.Culprits.Where(culprit => culprit.Kinds.Contains(FindingKind.TreeDamaged)).Select(culprit => culprit.Name));
        List<StoredFile> suspects = [];
        foreach (StoredFile file in packs)
        {
            PackId pack = new(file.Name);
            if (content.IsIntact(pack) is null && names.Contains(FileHandle.Of(pack).ToString()))
            {
                suspects.Add(file);
            }
        }

        await content.ExamineAsync(suspects, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<LostPath>> ExamplesAsync(
        Toll? toll, WholeVersionSearch whole, IReadOnlyList<SavedSnapshot> snapshots, CancellationToken cancellationToken)
    {
        List<LostPath> examples = [];
        foreach (MetPath path in toll?.Examples ?? [])
        {
            List<byte[]> names = path.Place.Names();
            if (path.Name.Length > 0)
            {
                names.Add(path.Name);
            }

            examples.Add(new LostPath(
                path.Place.PathOf(path.Name), path.IsFolder, snapshots[path.Snapshots[0]], await whole.FindAsync(names, cancellationToken).ConfigureAwait(false)));
        }

        return examples;
    }

    private static Remedy RemedyFor(string name, IReadOnlySet<FindingKind> kinds, bool loses, PackContentCheck content)
    {
        bool? intact = ContentId.TryParse(name.AsSpan(name.LastIndexOf('/') + 1), out ContentId id) ? content.IsIntact(new PackId(id)) : null;
        return Has(FindingKind.ConfigUnreadable, FindingKind.KeyUnreadable) ? Remedy.PutBack
            : Has(FindingKind.LockUnreadable) ? Remedy.RemoveLocks
            : Has(FindingKind.SnapshotUnreadable) ? Remedy.Recover
            : Has(FindingKind.PackUnstable, FindingKind.PackUnreadable) ? Remedy.TestHardware
            : Has(FindingKind.IndexUnreadable, FindingKind.PackMissing) ? Remedy.RepairIndex
            : Has(FindingKind.PackDamaged, FindingKind.PackLength, FindingKind.PackLayout, FindingKind.PackIndexedDifferently)
                ? intact != true ? Remedy.RepairPacks : Has(FindingKind.PackLength) ? Remedy.RepairIndex : Remedy.RepairIndexFromAllPacks
            : Has(FindingKind.TreeDamaged) && intact is { } bytes ? bytes ? Remedy.TestHardware : Remedy.RepairPacks
            : Has(FindingKind.TreeMissing, FindingKind.BlobMissing) && !loses ? Remedy.RepairIndex
            : Has(FindingKind.NodeSize) && !loses ? Remedy.RepairIndexFromAllPacks
            : Has(FindingKind.TreeTooDeep) ? Remedy.None
            : Remedy.RepairSnapshots;

        bool Has(params ReadOnlySpan<FindingKind> wanted)
        {
            foreach (FindingKind kind in wanted)
            {
                if (kinds.Contains(kind))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
