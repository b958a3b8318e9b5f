using Sots.Backup.Restoring;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Unreal.Content;

namespace Sots.Cli.Assets;

/// <summary>A snapshot or a folder that a command looks into.</summary>
/// <param name="Name">For people.</param>
/// <param name="Tree">What is in it.</param>
/// <param name="Part">The snapshot; null for a folder.</param>
/// <param name="Folder">The folder; null for a snapshot.</param>
internal sealed record LookedAt(string Name, ContentTree Tree, SnapshotPart? Part, string? Folder);

/// <summary>
/// Finds what a command is to look into: a word is a snapshot (<c>latest</c>, the start of an id) or a folder; without one it is the project as
/// it is now.
/// </summary>
internal sealed class LookedAtChoice : IAsyncDisposable
{
    private readonly CommandRun _run;
    private readonly RepositorySession? _session;

    private LookedAtChoice(CommandRun run, ProjectSettings? project, RepositorySession? session)
    {
        _run = run;
        Project = project;
        _session = session;
    }

    /// <summary>The project; null where there is none.</summary>
    public ProjectSettings? Project { get; private set; }

    /// <summary>Finds assets in the snapshots; null where there is no repository.</summary>
    public AssetSearch? Search { get; private set; }

    /// <summary>The snapshots; null where there is no repository.</summary>
    public SnapshotListing? Listing { get; private set; }

    /// <summary>What is remembered of packages; null where there is no repository.</summary>
    public AssetCaches? Facts { get; private set; }

    /// <summary>Opens the repository where there is one: without a word for a snapshot it need not be there.</summary>
    public static async Task<LookedAtChoice> OpenAsync(CommandRun run, ProjectFlags flags, bool needsRepository, CancellationToken cancellationToken)
    {
        ProjectSettings? project = ProjectSettings.Find(run, flags);
        RepositorySession? session = null;
        try
        {
            RepositorySettings settings = project?.Repository ?? RepositorySettings.Resolve(run);
            session = await RepositorySession.OpenAsync(run, settings, RepositoryUse.Read, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.NoRepository && !needsRepository)
        {
            run.Reporter.Detail("there is no backup yet to compare with");
        }
        catch (UsageException) when (project is null && !needsRepository)
        {
            // Nothing names a repository: a folder can be looked at without one.
        }

        LookedAtChoice choice = new(run, project, session);
        if (session is not null)
        {
            try
            {
                await choice.LoadAsync(session, flags, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await session.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }

        return choice;
    }

    /// <summary>Whether a word is one for a snapshot.</summary>
    public static bool IsSnapshot(string word) => word == SnapshotSelection.Latest || (word.Length is > 0 and <= 64 && word.All(char.IsAsciiHexDigit));

    /// <summary>What a word means; null for the project as it is now, or the current folder.</summary>
    /// <exception cref="UsageException">There is no such folder.</exception>
    /// <exception cref="RepositoryException">There is no such snapshot.</exception>
    public async Task<LookedAt> GetAsync(string? word, CancellationToken cancellationToken)
    {
        if (word is not null && IsSnapshot(word))
        {
            SavedSnapshot saved = word == SnapshotSelection.Latest && Project is not null && Project.Root.Value.Length > 0
                ? Commands.SafetySnapshots.NewestBackup(Listing!, Project)
                : SnapshotSelection.Find(Listing!, word, new SnapshotFilter());
            SnapshotPart part = Project is null ? new SnapshotPart(saved, "")
                : await new ProjectInSnapshot(Search!.Memory, Project.Root.Value).FindAsync(saved, cancellationToken).ConfigureAwait(false) ?? new SnapshotPart(saved, "");
            return await OfAsync(part, cancellationToken).ConfigureAwait(false);
        }

        string folder = word is not null ? _run.Environment.FullPath(word) : Project?.Root.Value ?? _run.Environment.WorkingDirectory;
        return Directory.Exists(folder)
            ? new LookedAt(folder, DiskTree.Load(folder, cancellationToken), null, folder)
            : throw new UsageException($"there is no folder {folder}, and '{word}' is no snapshot", "Name a folder, the start of a snapshot's id, or latest.");
    }

    /// <summary>The newest snapshot that has the same as a folder, or the one before a snapshot; null where there is none.</summary>
    public async Task<LookedAt?> FindBeforeAsync(LookedAt after, CancellationToken cancellationToken)
    {
        if (Search is null || (after.Part is null && !IsProject(after.Folder!)) || Listing!.Snapshots.Count == 0)
        {
            return null;
        }

        // Safety snapshots are passed over: they are states in between.
        List<SnapshotPart> parts = [];
        try
        {
            parts = await Search.PartsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.InvalidRequest)
        {
            return null;
        }

        SnapshotPart? before = after.Part is not { } part ? parts.FirstOrDefault()
            : parts.FirstOrDefault(other => other.Subpath == part.Subpath && IsOfSame(other, part) && PlaceOf(other.Saved) < PlaceOf(part.Saved));
        return before is null ? null : await OfAsync(before, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
        {
            await _session.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task LoadAsync(RepositorySession session, ProjectFlags flags, CancellationToken cancellationToken)
    {
        Listing = await session.Repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
        Project ??= new RestorableProject(null, RepositorySettings.Resolve(_run)).FindFolder(_run, flags, Listing);
        IndexedRepository indexed = await session.LoadIndexAsync(_run, cancellationToken).ConfigureAwait(false);
        Facts = AssetCaches.Open(_run, session.Repository);
        Search = new AssetSearch(_run, indexed, Listing, Project, new Sots.Unreal.Assets.SnapshotPackages(indexed, Facts.Facts));
    }

    private async Task<LookedAt> OfAsync(SnapshotPart part, CancellationToken cancellationToken) =>
        new($"snapshot {AssetNames.Named(part.Saved, _run.Environment.Clock.LocalTimeZone)}", await Search!.LoadAsync(part, cancellationToken).ConfigureAwait(false), part, null);

    /// <summary>Snapshots are listed by their time.</summary>
    private int PlaceOf(SavedSnapshot saved) => Listing!.Snapshots.TakeWhile(other => other.Id != saved.Id).Count();

    private bool IsProject(string folder) => Project is not null && RepositorySetup.IsSame(folder, Project.Root.Value);

    private bool IsOfSame(SnapshotPart one, SnapshotPart other) =>
        Project is not null || (one.Saved.Snapshot.Paths ?? []).SequenceEqual(other.Saved.Snapshot.Paths ?? []);
}
