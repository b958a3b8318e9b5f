using Sots.Backup.Operations;
using Sots.Backup.Restoring;
using Sots.Cli.Commands;
using Sots.Restic;
using Sots.Restic.Maintenance;
using Sots.Unreal;
using Sots.Unreal.Assets;
using Sots.Unreal.Health;

namespace Sots.Cli.Assets;

/// <summary>
/// Notices that a project goes to another engine: its file names another one, or the first package of a newer one is saved. There is no way
/// back from that but the last snapshot before, so that one is pinned.
/// </summary>
/// <param name="run">Surroundings and reporter.</param>
/// <param name="project">The project.</param>
/// <param name="flags">How it was named.</param>
internal sealed class EngineGuard(CommandRun run, ProjectSettings project, ProjectFlags flags)
{
    /// <summary>Says what the pin is for.</summary>
    public const string Tag = "before-upgrade";

    private EngineChange? _change;
    private SavedSnapshot? _before;

    /// <summary>The tags that pin: one that the project's policy never removes, and <see cref="Tag"/>.</summary>
    private string[] Tags
    {
        get
        {
            IReadOnlyList<string> pinning = project.Retention.PinnedTags.Value;
            return [pinning.Contains("pinned") || pinning.Count == 0 ? "pinned" : pinning[^1], Tag];
        }
    }

    /// <summary>Compares the backup with the snapshot before it.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="result">The backup.</param>
    /// <param name="listing">The snapshots, the new one among them.</param>
    /// <param name="packages">What it saw.</param>
    /// <param name="known">What is known of the snapshot before; only speeds things up.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">The snapshot before cannot be read.</exception>
    public async Task CompareAsync(
        OpenRepository repository, BackupResult result, SnapshotListing listing, PackageWatch packages, KnownDamage known, CancellationToken cancellationToken)
    {
        string? now = UnrealProject.Find(project.Root.Value)?.EngineAssociation;
        SavingEngine newest = packages.Newest;
        if (result.Parent is not { } id || (now is null && newest.Version == 0))
        {
            return;
        }

        if (listing.Snapshots.FirstOrDefault(saved => saved.Id == id) is not { Snapshot.Paths: [_] } before)
        {
            return;
        }

        // The backup has the index already, and the snapshot before is of what it knows.
        IndexedRepository indexed = result.Comparison?.Repository ?? await repository.LoadIndexAsync(cancellationToken).ConfigureAwait(false);
        EngineHistory history = new(indexed, Commands.InPlaceAction.Part(before));
        string? then = await history.FindAssociationAsync(cancellationToken).ConfigureAwait(false);
        bool other = now is not null && then is not null && now != then;
        SavingEngine was = other || (newest.Version > 0 && !(known.IsOf(before) && known.NewestVersion >= newest.Version))
            ? await history.FindNewestAsync(newest.Version > 0 ? newest.Version : int.MaxValue, cancellationToken).ConfigureAwait(false)
            : newest;
        bool newer = was.Version > 0 && newest.Version > was.Version;
        if (!other && !newer)
        {
            return;
        }

        ProjectPlace place = new(run, project, flags);
        IReadOnlyList<string> resaved = newer ? await history.FindResavedAsync(packages.Changed, cancellationToken).ConfigureAwait(false) : [];
        _before = before;
        _change = new EngineChange(then ?? "", now ?? "", was.Engine, newest.Version > was.Version ? newest.Engine : was.Engine, [.. resaved.Select(place.Shown)], before);
    }

    /// <summary>Pins the last snapshot before the change and reports. Nobody may hold a lock of this process now.</summary>
    public async Task ConcludeAsync(bool dryRun, CancellationToken cancellationToken)
    {
        if (_change is not { } change || _before is not { } before)
        {
            return;
        }

        string[] missing = [.. Tags.Except(before.Snapshot.Tags, StringComparer.Ordinal)];
        string command = ShellWords.Join(["sots_backup", "tag", "--add", string.Join(',', Tags), before.Id.Value.ToShortString(), .. ProjectPlace.RepositoryWords(run)]);
        if (dryRun || missing.Length == 0)
        {
            run.Reporter.Report(new EngineChangeReport(change, missing.Length == 0 ? before.Id : null, Tags, dryRun ? null : command, run.Environment.Clock.LocalTimeZone));
            return;
        }

        SnapshotId? pinned = null;
        try
        {
            RepositorySession session = await RepositorySession.OpenAsync(run, project.Repository, RepositoryUse.Remove, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                SnapshotRemoval files = new(session.Repository, session.WriteOptions(run).EnsureLocked);
                SnapshotId id = await session.RunAsync(token => files.ReplaceAsync(before, before.Snapshot with { Tags = [.. before.Snapshot.Tags, .. missing] }, token)).ConfigureAwait(false);
                run.Reporter.SnapshotChanged(before.Id, id);
                pinned = id;
            }
        }
        catch (RepositoryException e)
        {
            run.Reporter.Warning($"warning: the last snapshot before the change of engine could not be pinned: {e.Message}\n  Do it yourself: {command}");
        }

        run.Reporter.Report(new EngineChangeReport(change, pinned, Tags, command, run.Environment.Clock.LocalTimeZone));
    }
}

/// <summary>A project went to another engine.</summary>
/// <param name="AssociationBefore">What its file said; empty where it is not known.</param>
/// <param name="Association">What it says now.</param>
/// <param name="EngineBefore">The newest engine that had saved a package; empty where none is known.</param>
/// <param name="Engine">The same now.</param>
/// <param name="Resaved">Packages that were there before and were saved anew by the newer engine.</param>
/// <param name="Before">The last snapshot before.</param>
internal sealed record EngineChange(string AssociationBefore, string Association, string EngineBefore, string Engine, IReadOnlyList<string> Resaved, SavedSnapshot Before);
