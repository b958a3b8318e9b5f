using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Backup.Tests.Restoring.InPlace;

/// <summary>A project, its backups, and restores in place as the program does them.</summary>
internal sealed class InPlaceScene : IDisposable
{
    private readonly RestoreFixture _fixture = new();
    private readonly ExcludeRules _rules = new ResticExcludes(new ResticExcludeOptions { Patterns = ["Intermediate"] });
    private long _seconds = 1_700_000_000;

    public string Project => _fixture.Source;

    public string this[params string[] parts] => _fixture[parts];

    public DiskPath Root => DiskPath.FromText(Project);

    /// <summary>What the project is written through.</summary>
    public TargetFileSystem Writer { get; set; } = TargetFileSystem.Current;

    /// <summary>What the user does after the plan was made.</summary>
    public Action BeforeSaving { get; set; } = static () => { };

    /// <summary>What the user does after the safety snapshot was made.</summary>
    public Action BeforeRestoring { get; set; } = static () => { };

    /// <summary>How many entries cannot be restored.</summary>
    public int ExpectedProblems { get; set; }

    public RestoreFixture.Listener Events => _fixture.Events;

    public OpenRepository Repository => _fixture.Repository;

    /// <summary>Saves the project as `push` does.</summary>
    public async Task<SavedSnapshot> PushAsync(bool withExcludes = true)
    {
        BackupOptions options = Backup() with { Targets = [Root], Excludes = withExcludes ? _rules : ExcludeRules.None, Tags = ["push"] };
        BackupResult result = await BackupOperation.RunAsync(_fixture.Repository, options, new OperationCounters(), SilentEvents.Instance, CancellationToken.None);
        return await _fixture.Repository.LoadSnapshotAsync(result.Snapshot!.Value, CancellationToken.None);
    }

    public async Task<InPlacePlan> PlanAsync(SavedSnapshot target, Func<InPlaceOptions, InPlaceOptions>? change = null)
    {
        InPlaceOptions options = new() { Root = Root, Target = Part(target), Excludes = _rules, Writer = Writer };
        return await InPlaceOperation.PlanAsync(await IndexAsync(), change?.Invoke(options) ?? options, CancellationToken.None);
    }

    /// <summary>Plan, safety snapshot, restore; gives the safety snapshot.</summary>
    public async Task<SavedSnapshot> RestoreAsync(SavedSnapshot target, Func<InPlaceOptions, InPlaceOptions>? change = null)
    {
        InPlacePlan plan = await PlanAsync(target, change);
        BeforeSaving();
        SavedSnapshot? newest = await FindSafetyAsync();
        SavedSnapshot safety = newest is not null && SafetyTags.TryRead(newest.Snapshot, out SafetyTags? tags) && tags.Restored == target.Id
            && await InPlaceOperation.IsSavedAsync(await IndexAsync(), plan, Part(newest), CancellationToken.None)
            ? newest
            : await InPlaceOperation.SaveAsync(_fixture.Repository, plan, Backup(), SubpathOf, new OperationCounters(), _fixture.Events, CancellationToken.None);
        BeforeRestoring();
        RestoreResult result = await InPlaceOperation.ApplyAsync(await IndexAsync(), plan, new OperationCounters(), _fixture.Events, CancellationToken.None);
        Assert.True(result.Problems == ExpectedProblems, string.Join('\n', _fixture.Events.Problems));
        return safety;
    }

    /// <summary>Undoes the newest restore; or completes an undo that goes back to a snapshot.</summary>
    public async Task<InPlacePlan> UndoAsync(bool force = false, SavedSnapshot? unfinished = null)
    {
        SavedSnapshot before = unfinished ?? (await FindSafetyAsync())!;
        Assert.True(SafetyTags.TryRead(before.Snapshot, out SafetyTags? tags));
        SavedSnapshot undone = await _fixture.Repository.LoadSnapshotAsync(tags.Restored, CancellationToken.None);
        InPlaceOptions Undo(InPlaceOptions options) => options with { Undone = Part(undone), UndoneDeleted = tags.Deleted, Paths = tags.Paths, Force = force };
        InPlacePlan plan = await PlanAsync(before, Undo);
        await RestoreAsync(before, Undo);
        return plan;
    }

    public async Task<SavedSnapshot?> FindSafetyAsync() =>
        (await _fixture.Repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots.LastOrDefault(saved => SafetyTags.IsSafety(saved.Snapshot));

    public void Write(string path, string text)
    {
        string full = Path.Combine(Project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public string? Read(string path) => File.Exists(Path.Combine(Project, path)) ? File.ReadAllText(Path.Combine(Project, path)) : null;

    /// <summary>A copy of the project as it is, metadata too.</summary>
    public async Task<string> CopyAsync(string name)
    {
        using RestoreFixture own = new();
        BackupResult result = await BackupOperation.RunAsync(
            own.Repository, Backup() with { Targets = [DiskPath.FromText(".")] }, new OperationCounters(), SilentEvents.Instance, CancellationToken.None);
        SavedSnapshot saved = await own.Repository.LoadSnapshotAsync(result.Snapshot!.Value, CancellationToken.None);
        await own.RestoreAsync(saved.Snapshot, options => options with { Target = DiskPath.FromText(_fixture[name]) });
        return _fixture[name];
    }

    /// <summary>Empties the project.</summary>
    public void Clear()
    {
        using TargetDirectory root = TargetFileSystem.Current.OpenRoot(Root, create: false);
        foreach (byte[] name in root.Entries())
        {
            root.Remove(name, recursive: true);
        }
    }

    public void Dispose()
    {
        Clear();
        foreach (string copy in new[] { "before", "after" }.Select(name => _fixture[name]).Where(Directory.Exists))
        {
            using TargetDirectory root = TargetFileSystem.Current.OpenRoot(DiskPath.FromText(copy), create: false);
            foreach (byte[] name in root.Entries())
            {
                root.Remove(name, recursive: true);
            }
        }

        _fixture.Dispose();
    }

    private static SnapshotPart Part(SavedSnapshot saved) => new(saved, SubpathOf(saved.Snapshot));

    private static string SubpathOf(Snapshot snapshot) => snapshot.Paths![0];

    private Task<IndexedRepository> IndexAsync() => _fixture.Repository.LoadIndexAsync(CancellationToken.None);

    private BackupOptions Backup() => new()
    {
        Targets = [],
        WorkingDirectory = Root,
        Host = "here",
        Time = DateTimeOffset.FromUnixTimeSeconds(_seconds++),
        Write = new WriteOptions { Compression = CompressionMode.Off },
    };
}
