using Sots.Backup.Restoring;
using Sots.Cli.Commands;
using Sots.Restic;
using Sots.Unreal.Assets;
using Sots.Unreal.Content;
using Sots.Unreal.References;

namespace Sots.Cli.Assets;

/// <summary>
/// Brings assets back: finds them, follows what they need, shows it, and restores exactly their files into the project or beside it.
/// </summary>
/// <param name="run">Surroundings and reporter.</param>
/// <param name="session">The open repository.</param>
/// <param name="listing">Its snapshots.</param>
/// <param name="project">The project; may be null where a folder is restored to.</param>
/// <param name="choice">What the flags say.</param>
internal sealed class RestoreAssetAction(CommandRun run, RepositorySession session, SnapshotListing listing, ProjectSettings? project, InPlaceChoice choice)
{
    private const string IsLikeThis =
        "the project has the newest saved version; for an older one put its snapshot behind the name, as in NAME@1a2b3c4d: `sots_backup history NAME` lists them";

    /// <summary>Runs to the end.</summary>
    public async Task<int> RunAsync(AssetRequest request, CancellationToken cancellationToken)
    {
        if (request.Folder is { } folder)
        {
            SideProject.Check(folder, project);
        }

        if (request.Snapshot is null && project is not null && request.Folder is null)
        {
            SafetySnapshots.RefuseDamaged(listing, "Say which snapshot is meant, as NAME@ID: `sots_backup snapshots` lists them.");
        }

        IndexedRepository indexed = await session.LoadIndexAsync(run, cancellationToken).ConfigureAwait(false);
        AssetCaches facts = AssetCaches.Open(run, session.Repository);
        AssetSearch search = new(run, indexed, listing, project, new SnapshotPackages(indexed, facts.Facts)) { LevelsOnly = request.LevelsOnly };
        FoundAssets found = request.Snapshot is { } word
            ? await search.FindInAsync(word, request.Assets, cancellationToken).ConfigureAwait(false)
            : await search.FindNewestAsync(request.Assets, cancellationToken).ConfigureAwait(false);
        DiskTree? today = project is not null && Directory.Exists(project.Root.Value) ? DiskTree.Load(project.Root.Value, cancellationToken) : null;
        DependencyClosure closure = await FollowAsync(found, cancellationToken).ConfigureAwait(false);
        HashSet<ContentPackage> missingToday = [.. closure.Packages.Skip(found.Packages.Count).Select(static known => known.Package).Where(package => today?.Content.FindFile(package.File.Path) is null)];
        AssetPlanReport report = new(found.Part.Saved, closure, run.Environment.Clock.LocalTimeZone)
        {
            Asked = found.Packages.Count,
            Files = [.. found.Packages.Select(package => AssetFiles.Of(found.Tree.Content, package))],
            WithDependencies = request.WithDependencies,
            OnlyMissing = request.OnlyMissing && today is not null,
            MissingToday = today is null ? null : missingToday,
        };
        facts.Save();
        run.Reporter.Report(report);
        List<ContentPackage> wanted = [.. found.Packages];
        if (request.WithDependencies)
        {
            wanted.AddRange(closure.Packages.Skip(wanted.Count).Select(static known => known.Package).Where(package => !report.OnlyMissing || missingToday.Contains(package)));
        }

        return request.Folder is { } side
            ? await new SideProject(run, indexed, listing, side)
                .RestoreAsync(found.Part, found.Tree.Content, [.. wanted.Select(package => (package, AssetFiles.Of(found.Tree.Content, package)))], closure.Packages[0].Facts.Engine, choice.DryRun, cancellationToken).ConfigureAwait(false)
            : await InPlaceAsync(indexed, request, found, wanted, today, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the assets need; of a level what its actors need too, which are a part of it.</summary>
    private static async Task<DependencyClosure> FollowAsync(FoundAssets found, CancellationToken cancellationToken)
    {
        ProjectContent content = found.Tree.Content;
        List<ContentPackage> actors = [.. found.Packages.Where(static package => package.IsLevel)
            .SelectMany(level => AssetFiles.Of(content, level)).Select(file => content.FindByPath(file.Path)).OfType<ContentPackage>()];
        DependencyClosure closure = await DependencyClosure.FollowAsync(found.Tree, found.Packages.Concat(actors).Distinct(), cancellationToken).ConfigureAwait(false);
        HashSet<ContentPackage> parts = [.. actors.Except(found.Packages)];
        return closure.Without(parts);
    }

    private async Task<int> InPlaceAsync(
        IndexedRepository indexed, AssetRequest request, FoundAssets found, List<ContentPackage> wanted, DiskTree? today, CancellationToken cancellationToken)
    {
        ProjectContent then = found.Tree.Content;
        List<string> paths = [];
        foreach (ContentPackage package in wanted)
        {
            // Files that neither the snapshot nor the disk has need not be named; those that only the disk has go, as the asset had none.
            paths.AddRange(AssetFiles.PathsOf(package).SelectMany(path => new[] { then.FindFile(path)?.Path, today?.Content.FindFile(path)?.Path }).OfType<string>());
            if (package.IsLevel)
            {
                paths.AddRange(today is null ? AssetFiles.ActorFoldersOf(package, then) : AssetFiles.ActorFoldersOf(package, then, today.Content));
            }
        }

        InPlaceOptions options = Commands.InPlaceAction.Options(run, project!, found.Part, choice, cancellationToken) with
        {
            Paths = [.. paths.Distinct(StringComparer.Ordinal)],
            Delete = true,
        };
        return await Commands.InPlaceAction.RunAsync(run, project!, session, indexed, listing, options, choice, cancellationToken, request.Snapshot is null ? IsLikeThis : null)
            .ConfigureAwait(false);
    }
}
