using System.Globalization;
using Sots.Backup.Comparing;
using Sots.Backup.Operations;
using Sots.Backup.Restoring;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Unreal.Assets;
using Sots.Unreal.Health;

namespace Sots.Cli.Assets;

/// <summary>
/// Watches the packages of a backup: examines those that are read, remembers those that were found damaged before and have not changed since,
/// and says at the end what is wrong, since when, and how to get a whole version back.
/// </summary>
/// <param name="run">Surroundings and reporter.</param>
/// <param name="place">What is saved.</param>
internal sealed class AssetWatch(CommandRun run, AssetPlace place)
{
    /// <summary>The history of so many is looked up; beyond that it is no longer about single assets.</summary>
    private const int MostSearched = 500;

    /// <summary>Looks on while the backup reads.</summary>
    public PackageWatch Packages { get; } = new();

    private KnownDamage _known = KnownDamage.None;

    private IReadOnlyList<NotedPackage> Noted => Packages.Health.Noted;

    private int NewestVersion => Math.Max(Packages.Newest.Version, _known.Tree is not null ? _known.NewestVersion : 0);

    /// <summary>
    /// To be called right after the backup, before anything is told of it: what is damaged is remembered at once, with all that was known
    /// before. Whoever interrupts the telling must not make it forgotten, because the next backup does not read these files again.
    /// </summary>
    public void Remember(BackupResult result)
    {
        if (place.KnownDamageFile is not { } file)
        {
            return;
        }

        _known = KnownDamage.Load(file);
        if (result is { Snapshot: not null, Comparison.Root: var root })
        {
            DamagedAsset[] seen = [.. Noted.Select(noted => DamagedAsset.Of(noted, place.Shown(noted.Path)))];
            new KnownDamage(root, NewestVersion, [.. seen, .. _known.Assets.ExceptBy(seen.Select(static asset => asset.Path), static asset => asset.Path)]).Save(file);
        }
    }

    /// <summary>Reports; afterwards what <see cref="Remember"/> noted is replaced by what is so.</summary>
    /// <returns>How many damaged packages are news.</returns>
    /// <exception cref="RepositoryException">The repository cannot be read.</exception>
    public async Task<long> ConcludeAsync(RepositorySession session, BackupResult result, bool dryRun, EngineGuard? engine, CancellationToken cancellationToken)
    {
        Mention();
        KnownDamage known = _known;
        SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
        if (engine is not null)
        {
            await engine.CompareAsync(session.Repository, result, listing, Packages, known, cancellationToken).ConfigureAwait(false);
        }

        NotedPackage[] noted = [.. Noted];
        IReadOnlyList<SnapshotPart> parts = place.Parts(listing);
        SavedSnapshot? made = result.Snapshot is { } id ? parts.FirstOrDefault(part => part.Saved.Id == id)?.Saved : null;
        List<DamagedAsset> damaged = [];
        if (noted.Length > 0 || known.Assets.Count > 0)
        {
            IndexedRepository indexed = await IndexedAsync(session, result, cancellationToken).ConfigureAwait(false);
            damaged.AddRange(await StillAsync(indexed, parts, made, known, noted, cancellationToken).ConfigureAwait(false));
            damaged.AddRange(await FreshAsync(indexed, parts, known, noted, cancellationToken).ConfigureAwait(false));
        }

        if (damaged.Count > 0)
        {
            Report(damaged, dryRun);
        }

        if (!dryRun && made is not null && place.KnownDamageFile is { } path)
        {
            new KnownDamage(made.Snapshot.Tree, NewestVersion, damaged).Save(path);
        }

        return damaged.LongCount(static asset => !asset.IsKnown) + Math.Max(0, Packages.Health.Damaged - noted.Length);
    }

    /// <summary>The version that brings an asset back, and since when it is damaged.</summary>
    public static async Task<DamagedAsset> WithOriginAsync(DamageSearch search, AssetPlace place, DamagedAsset asset, CancellationToken cancellationToken)
    {
        DamageOrigin origin = await search.FindAsync(asset.Path, asset.Content, cancellationToken).ConfigureAwait(false);
        return asset with
        {
            Since = SnapshotMark.Of(origin.Since),
            Good = SnapshotMark.Of(origin.LastGood),
            Command = origin.LastGood is { } good ? place.Command(asset.Path, good) : null,
        };
    }

    /// <summary>The index that the backup has loaded, with what it added; a dry run gives none, and then it is loaded.</summary>
    private static async ValueTask<IndexedRepository> IndexedAsync(RepositorySession session, BackupResult result, CancellationToken cancellationToken)
    {
        if (result.Comparison is not { } comparison)
        {
            return await session.Repository.LoadIndexAsync(cancellationToken).ConfigureAwait(false);
        }

        await comparison.Repository.LoadNewIndexFilesAsync(cancellationToken).ConfigureAwait(false);
        return comparison.Repository;
    }

    /// <summary>Those that were known before, are not read again, and are in the new snapshot as they were.</summary>
    private static async Task<IReadOnlyList<DamagedAsset>> StillAsync(
        IndexedRepository indexed, IReadOnlyList<SnapshotPart> parts, SavedSnapshot? made, KnownDamage known, NotedPackage[] noted, CancellationToken cancellationToken)
    {
        SnapshotPart? newest = made is null ? (parts is [var first, ..] ? first : null) : parts.First(part => part.Saved == made);
        if (newest is null)
        {
            return [];
        }

        TreeLookup lookup = new(indexed);
        List<DamagedAsset> still = [];
        foreach (DamagedAsset asset in known.Assets)
        {
            Node? node = await lookup.FindAsync(newest.Saved.Snapshot.Tree, newest.Subpath + "/" + asset.Path, cancellationToken).ConfigureAwait(false);
            if (node is { Type: NodeType.File } && SnapshotPackages.ContentOf(node) == asset.Content)
            {
                still.Add(asset with { IsKnown = true });
            }
        }

        return still;
    }

    /// <summary>Those that were read and are not known.</summary>
    private async Task<IReadOnlyList<DamagedAsset>> FreshAsync(
        IndexedRepository indexed, IReadOnlyList<SnapshotPart> parts, KnownDamage known, NotedPackage[] noted, CancellationToken cancellationToken)
    {
        HashSet<(string, ContentId)> reported = [.. known.Assets.Select(static asset => (asset.Path, asset.Content))];
        DamageSearch search = new(indexed, parts);
        List<DamagedAsset> fresh = [];
        foreach (DamagedAsset asset in noted.Select(noted => DamagedAsset.Of(noted, place.Shown(noted.Path))))
        {
            if (!reported.Contains((asset.Path, asset.Content)))
            {
                fresh.Add(fresh.Count < MostSearched ? await WithOriginAsync(search, place, asset, cancellationToken).ConfigureAwait(false) : asset);
            }
        }

        return fresh;
    }

    private void Report(List<DamagedAsset> damaged, bool dryRun)
    {
        int fresh = damaged.Count(static asset => !asset.IsKnown);
        string saved = dryRun ? "would be saved" : fresh == 1 ? "was saved" : "were saved";
        string title = string.Create(
            CultureInfo.InvariantCulture, $"warning: {fresh:N0} {(fresh == 1 ? "asset is" : "assets are")} damaged, and {saved} as {(fresh == 1 ? "it is" : "they are")}:");
        string rest = run.Journal?.LogPath is { } log ? ", all in " + log : "";
        run.Reporter.DamagedAssets(new AssetDamageReport(
            [.. damaged.OrderBy(static asset => asset.Path, StringComparer.Ordinal)], title, Math.Max(0, Packages.Health.Damaged - HealthTally.MostKept), rest, run.Environment.Clock.LocalTimeZone));
    }

    /// <summary>What is no damage, but worth a line.</summary>
    private void Mention()
    {
        foreach (PackageCause cause in (PackageCause[])[PackageCause.Virtualized, PackageCause.NewerThanKnown])
        {
            if (Packages.Health.CountOf(cause) is > 0 and long count)
            {
                run.Reporter.Message($"assets: {AssetCauses.Summary(cause, count)}");
            }
        }

        if (Packages.Health.Packages > 0)
        {
            run.Reporter.Detail(string.Create(CultureInfo.InvariantCulture, $"{Packages.Health.Packages:N0} packages were examined while they were read, {Packages.Health.Damaged:N0} of them are damaged"));
        }
    }
}
