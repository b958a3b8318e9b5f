using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Unreal;
using Sots.Unreal.Assets;
using Sots.Unreal.Content;
using Sots.Unreal.Health;

namespace Sots.Cli.Assets;

/// <summary>Assets that were found, all in one snapshot.</summary>
/// <param name="Part">The snapshot, and where in it the project is.</param>
/// <param name="Tree">What the project has there.</param>
/// <param name="Packages">The assets.</param>
internal sealed record FoundAssets(SnapshotPart Part, SnapshotTree Tree, IReadOnlyList<ContentPackage> Packages);

/// <summary>Finds assets by what a person types, in the snapshot that is named or in the newest that has them whole.</summary>
/// <param name="run">Surroundings.</param>
/// <param name="indexed">The repository.</param>
/// <param name="listing">Its snapshots.</param>
/// <param name="project">The project; null to look at all of every snapshot.</param>
/// <param name="packages">Reads packages.</param>
internal sealed class AssetSearch(CommandRun run, IndexedRepository indexed, SnapshotListing listing, ProjectSettings? project, SnapshotPackages packages)
{
    private const int CandidatesShown = 20;

    private readonly TreeMemory _memory = new(indexed);
    private readonly HashSet<TreeId> _searched = [];

    /// <summary>Whether only levels are meant.</summary>
    public bool LevelsOnly { get; init; }

    /// <summary>Trees that were loaded.</summary>
    public TreeMemory Memory => _memory;

    private ProjectInSnapshot? Places => project is null ? null : new ProjectInSnapshot(_memory, project.Root.Value);

    private string Kind => LevelsOnly ? "level" : "asset";

    /// <summary>Finds assets in the snapshot of a word.</summary>
    /// <exception cref="RepositoryException">There is no such snapshot, or the assets are not in it.</exception>
    /// <exception cref="UsageException">More than one asset is meant by a name; the message lists them.</exception>
    public async Task<FoundAssets> FindInAsync(string word, IReadOnlyList<AssetWord> queries, CancellationToken cancellationToken)
    {
        SavedSnapshot saved = word != SnapshotSelection.Latest ? SnapshotSelection.Find(listing, word, new SnapshotFilter())
            : project is not null ? Commands.SafetySnapshots.NewestBackup(listing, project)
            : SnapshotSelection.Find(listing, word, new SnapshotFilter());
        SnapshotPart part = Places is { } places ? await places.GetAsync(saved, cancellationToken).ConfigureAwait(false) : new SnapshotPart(saved, "");
        SnapshotTree tree = await LoadAsync(part, cancellationToken).ConfigureAwait(false);
        List<ContentPackage> found = [];
        foreach (AssetWord query in queries)
        {
            ContentPackage? package = await FindOneAsync(part, tree, query, withLabels: true, cancellationToken).ConfigureAwait(false);
            found.Add(package ?? throw NotFound($"snapshot {saved.Id.Value.ToShortString()} has no {Kind} '{query.Text}'", query, tree));
        }

        foreach (ContentPackage package in found)
        {
            if (await DamageOfAsync(tree, package, cancellationToken).ConfigureAwait(false) is { } damage)
            {
                run.Reporter.Warning($"warning: {package.Name} is damaged in snapshot {saved.Id.Value.ToShortString()} already: {damage}\n  without @{word}, the newest whole version is taken");
            }
        }

        return new FoundAssets(part, tree, found);
    }

    /// <summary>Finds assets in the newest snapshot that has all of them, whole if there is one.</summary>
    /// <exception cref="RepositoryException">No snapshot has them.</exception>
    /// <exception cref="UsageException">More than one asset is meant by a name.</exception>
    public async Task<FoundAssets> FindNewestAsync(IReadOnlyList<AssetWord> queries, CancellationToken cancellationToken)
    {
        List<SnapshotPart> parts = await PartsAsync(cancellationToken).ConfigureAwait(false);
        FoundAssets? damaged = null;
        SnapshotTree? newest = null;
        bool mayBeLabel = queries.Any(static query => !query.IsPath);
        foreach (bool withLabels in mayBeLabel ? new[] { false, true } : [false])
        {
            _searched.Clear();
            foreach (SnapshotPart part in parts)
            {
                if (!withLabels && newest is not null && !await MayHoldAsync(part, queries, cancellationToken).ConfigureAwait(false))
                {
                    continue;
                }

                SnapshotTree tree = await LoadAsync(part, cancellationToken).ConfigureAwait(false);
                newest ??= tree;
                if (await FindAllAsync(part, tree, queries, withLabels, cancellationToken).ConfigureAwait(false) is not { } found)
                {
                    continue;
                }

                if (await WholeOrToldAsync(part, tree, found, damaged is null, cancellationToken).ConfigureAwait(false))
                {
                    return new FoundAssets(part, tree, found);
                }

                damaged ??= new FoundAssets(part, tree, found);
            }

            if (damaged is not null)
            {
                run.Reporter.Warning("warning: no snapshot has a whole version; the newest is taken, damaged as it is");
                return damaged;
            }
        }

        string names = string.Join(", ", queries.Select(static query => $"'{query.Text}'"));
        throw NotFound(queries.Count == 1 ? $"no snapshot has the {Kind} {names}" : $"no snapshot has all of {names}", queries[0], newest);
    }

    /// <summary>The snapshots that hold the project, the newest first; those of this folder before those of another place. No safety snapshots.</summary>
    /// <exception cref="RepositoryException">There are none.</exception>
    public async Task<List<SnapshotPart>> PartsAsync(CancellationToken cancellationToken)
    {
        List<SnapshotPart> parts = [];
        foreach (SavedSnapshot saved in listing.Snapshots.Reverse().Where(static saved => !SafetyTags.IsSafety(saved.Snapshot)))
        {
            if (Places is not { } places)
            {
                parts.Add(new SnapshotPart(saved, ""));
            }
            else if (await places.FindAsync(saved, cancellationToken).ConfigureAwait(false) is { } part)
            {
                parts.Add(part);
            }
        }

        string here = project is null ? "" : Commands.SnapshotPath.OfTarget(project.Root.Value);
        return parts.Count > 0 ? [.. parts.OrderBy(part => part.Subpath == here ? 0 : 1)] : throw new RepositoryException(
            RepositoryErrorKind.InvalidRequest, project is null ? "There is no snapshot in this repository yet." : $"There is no snapshot of {project.Root.Value} in {project.Repository.Location.Value}.",
            "`sots_backup snapshots` lists what there is.");
    }

    /// <summary>What the project has in a snapshot.</summary>
    /// <exception cref="RepositoryException">A tree cannot be read.</exception>
    public async Task<SnapshotTree> LoadAsync(SnapshotPart part, CancellationToken cancellationToken)
    {
        TreeId? tree = await _memory.FindFolderAsync(part.Saved.Snapshot.Tree, part.Subpath, cancellationToken).ConfigureAwait(false)
            ?? throw new RepositoryException(RepositoryErrorKind.InvalidRequest, $"There is no folder {part.Subpath} in snapshot {part.Saved.Id.Value.ToShortString()}.", "`sots_backup ls` shows its paths.");
        return await SnapshotTree.LoadAsync(indexed, packages, tree, _memory, cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<ContentPackage>?> FindAllAsync(
        SnapshotPart part, SnapshotTree tree, IReadOnlyList<AssetWord> queries, bool withLabels, CancellationToken cancellationToken)
    {
        List<ContentPackage> found = [];
        foreach (AssetWord query in queries)
        {
            if (await FindOneAsync(part, tree, query, withLabels, cancellationToken).ConfigureAwait(false) is not { } package)
            {
                return null;
            }

            found.Add(package);
        }

        return found;
    }

    private async Task<ContentPackage?> FindOneAsync(SnapshotPart part, SnapshotTree tree, AssetWord query, bool withLabels, CancellationToken cancellationToken)
    {
        IReadOnlyList<ContentPackage> found = [.. query.Find(tree.Content).Where(package => !LevelsOnly || package.IsLevel)];
        if (found.Count == 0 && withLabels && !LevelsOnly)
        {
            found = await FindByLabelAsync(tree, query, cancellationToken).ConfigureAwait(false);
        }

        return found.Count == 0 ? null : found.Count == 1 ? found[0] : throw await AmbiguousAsync(part, tree, query, found, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<ContentPackage>> FindByLabelAsync(SnapshotTree tree, AssetWord query, CancellationToken cancellationToken)
    {
        List<ContentPackage> actors = [.. tree.Content.Packages.Where(static package => package.IsExternal)];
        OperationCounters counters = new();
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Assets, counters);
        await using (display.ConfigureAwait(false))
        {
            KnownPackage[] known = await ContentFacts.LoadAsync(tree, actors, counters, cancellationToken).ConfigureAwait(false);
            return [.. known.Where(one => query.IsLabelOf(one.Facts)).Select(static one => one.Package)];
        }
    }

    /// <summary>Whether a snapshot has a file of such a name in a folder that no newer snapshot has like this.</summary>
    private async Task<bool> MayHoldAsync(SnapshotPart part, IReadOnlyList<AssetWord> queries, CancellationToken cancellationToken)
    {
        if (queries.Count > 1)
        {
            return true;
        }

        bool found = false;
        Stack<TreeId> open = new([part.Saved.Snapshot.Tree]);
        while (open.TryPop(out TreeId tree))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_searched.Add(tree))
            {
                continue;
            }

            foreach (Node node in await _memory.LoadAsync(tree, cancellationToken).ConfigureAwait(false))
            {
                if (node.Subtree is { } below)
                {
                    open.Push(below);
                }
                else
                {
                    found |= queries[0].MayBe(Backup.PathText.ToText(node.Name));
                }
            }
        }

        return found;
    }

    private async Task<bool> WholeOrToldAsync(SnapshotPart part, SnapshotTree tree, List<ContentPackage> found, bool tell, CancellationToken cancellationToken)
    {
        foreach (ContentPackage package in found)
        {
            if (await DamageOfAsync(tree, package, cancellationToken).ConfigureAwait(false) is { } damage)
            {
                if (tell)
                {
                    run.Reporter.Message($"{package.Name} is damaged in snapshot {Named(part.Saved)}: {damage}; looking for an older version that is whole");
                }

                return false;
            }
        }

        return true;
    }

    private static async Task<string?> DamageOfAsync(SnapshotTree tree, ContentPackage package, CancellationToken cancellationToken)
    {
        try
        {
            PackageHealth health = await tree.ExamineAsync(package.File, cancellationToken).ConfigureAwait(false);
            return health.Damage?.Message;
        }
        catch (RepositoryException e)
        {
            return e.Message;
        }
    }

    private async Task<UsageException> AmbiguousAsync(
        SnapshotPart part, SnapshotTree tree, AssetWord query, IReadOnlyList<ContentPackage> found, CancellationToken cancellationToken)
    {
        List<string> lines = [];
        foreach (ContentPackage package in found.Take(CandidatesShown))
        {
            AssetFacts facts = await tree.FactsOfAsync(package.File, cancellationToken).ConfigureAwait(false);
            lines.Add($"  {AssetNames.Describe(new KnownPackage(package, facts))}");
        }

        if (found.Count > CandidatesShown)
        {
            lines.Add($"  and {found.Count - CandidatesShown} more");
        }

        bool distinct = found.Select(static package => package.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() == found.Count;
        return new UsageException(
            $"'{query.Text}' may mean {found.Count} {Kind}s of snapshot {Named(part.Saved)}:\n{string.Join('\n', lines)}",
            distinct ? "Nothing was changed. Name one by its long name, as it stands in the list." : "Nothing was changed. Name one by the path of its file.");
    }

    private RepositoryException NotFound(string message, AssetWord query, SnapshotTree? tree)
    {
        string? near = tree is null ? null
            : NearestWord.Find(query.ShortName, tree.Content.Packages.Where(package => !package.IsExternal && (!LevelsOnly || package.IsLevel)).Select(static package => package.ShortName));
        bool isOther = near is not null && !near.Equals(query.ShortName, StringComparison.OrdinalIgnoreCase);
        return new RepositoryException(
            RepositoryErrorKind.InvalidRequest, message + ".",
            isOther ? $"Did you mean '{near}'?" : "Type its name, its long name such as /Game/Props/SM_Lamp, the path of its file or the label of an actor; `sots_backup ls` shows the files of a snapshot.");
    }

    private string Named(SavedSnapshot saved) => $"{saved.Id.Value.ToShortString()} of {Times.Local(saved.Snapshot.Time, run.Environment.Clock.LocalTimeZone)}";
}
