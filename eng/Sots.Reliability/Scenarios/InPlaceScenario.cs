using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Testing;

namespace Sots.Reliability.Scenarios;

/// <summary>Restoring into the project itself, as the program does it: plan, safety snapshot, restore; and going back.</summary>
internal class InPlaceScenario : Scenario
{
    private readonly List<(string Path, byte[] Content)> _contents = [];
    private ProjectFiles? _before;

    public override string Name => "in-place";

    public override IReadOnlyList<Seam> OtherSeams => [Seam.Source, Seam.Target];

    /// <summary>The project before the restore, and as the snapshot has it.</summary>
    protected static string Before(World world) => Path.Combine(world.Work, "before");

    protected static string Wanted(World world) => Path.Combine(world.Work, "wanted");

    public override async Task PrepareAsync(World world)
    {
        await InitScenario.MakeAsync(world);
        await PushScenario.SaveAsync(world);
        world.Files.WriteTo(Wanted(world));
        _contents.AddRange(world.Files.All);
        world.ChangeProject();
        world.Files.WriteTo(Before(world));
        _contents.AddRange(world.Files.All);
        _before = world.Files;
    }

    public override async Task ResetAsync(World world)
    {
        _before!.WriteTo(world.ProjectFolder);
        await world.ExpectTreeAsync();
    }

    public override Task<bool> RunAsync(World world, SimulatedProcess process) => RestoreAsync(world, process, undo: false);

    public override async Task FinishedAsync(World world)
    {
        Compare(Wanted(world), world.ProjectFolder, "the project is not as the snapshot has it");
        await UndoWithoutFaultsAsync(world);
    }

    /// <summary>At every moment each file is the old one or the new one, and going back works.</summary>
    public override async Task InterruptedAsync(World world, bool goBack)
    {
        JudgeFiles(world);
        if (!goBack)
        {
            return;
        }

        if (await HasSafetyAsync(world))
        {
            await UndoWithoutFaultsAsync(world);
        }
        else
        {
            Compare(Before(world), world.ProjectFolder, "nothing was saved, and yet the project is not as it was");
        }
    }

    /// <summary>A safety snapshot may lack what could not be read and is not touched. What it has must be what was there.</summary>
    public override Task LearnAsync(World world) => LookAsync(world, async repository =>
    {
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        foreach (SavedSnapshot saved in (await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots)
        {
            SnapshotContent content = await SnapshotContent.LoadAsync(indexed, saved.Snapshot);
            Promise(content.Files.All(file => IsTemporary(file.Key) || _contents.Any(known => known.Path == file.Key && known.Content.AsSpan().SequenceEqual(file.Value))),
                $"snapshot {saved.Id} has a file that the project never had");
            world.KnownTrees.Add(content.Project);
        }

        return true;
    });

    protected void JudgeFiles(World world)
    {
        foreach (string path in Directory.EnumerateFiles(world.ProjectFolder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            string below = Path.GetRelativePath(world.ProjectFolder, path).Replace('\\', '/');
            byte[] content = File.ReadAllBytes(path);
            Promise(IsTemporary(below) || _contents.Any(file => file.Path == below && content.AsSpan().SequenceEqual(file.Content)), $"{below} is neither the old file nor the new one");
        }
    }

    /// <summary>Goes back with nothing in the way; then the project has to be as it was.</summary>
    protected static async Task UndoWithoutFaultsAsync(World world)
    {
        Promise(await RestoreAsync(world, new SimulatedProcess(world), undo: true), "an undo without faults was not complete");
        Compare(Before(world), world.ProjectFolder, "after the undo the project is not as it was");
    }

    protected static void Compare(string expected, string found, string otherwise)
    {
        IReadOnlyList<string> differences = TreeComparison.Differences(expected, found);
        Promise(differences.Count == 0, $"{otherwise}: {string.Join("; ", differences.Take(3))}");
    }

    /// <summary>What the program does; see the commands restore-latest and restore-undo.</summary>
    protected static async Task<bool> RestoreAsync(World world, SimulatedProcess process, bool undo)
    {
        await world.ExpectTreeAsync();
        bool complete = await process.WithRepositoryAsync(exclusive: false, async (repository, write) =>
        {
            SnapshotListing listing = await repository.LoadSnapshotsAsync(CancellationToken.None);
            InPlaceOptions options = undo ? UndoOf(world, process, listing) : new InPlaceOptions
            {
                Root = DiskPath.FromText(world.ProjectFolder),
                Target = Part(listing.Snapshots.FirstOrDefault(static saved => !SafetyTags.IsSafety(saved.Snapshot)) ?? throw Missing()),
                Delete = true,
                Disk = process.Source,
                Writer = process.Target,
            };
            IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
            InPlacePlan plan = await InPlaceOperation.PlanAsync(indexed, options, CancellationToken.None);
            if (plan.IsEmpty)
            {
                return plan.Changes.Count == 0 && plan.Problems.Count == 0;
            }

            if (undo)
            {
                world.UnfinishedUndo = options.Target.Saved.Id;
            }

            SavedSnapshot? newest = listing.Snapshots.LastOrDefault(static saved => SafetyTags.IsSafety(saved.Snapshot));
            bool isSaved = newest is not null && SafetyTags.TryRead(newest.Snapshot, out SafetyTags? tags) && tags.Restored == options.Target.Saved.Id
                && await InPlaceOperation.IsSavedAsync(indexed, plan, Part(newest), CancellationToken.None);
            SavedSnapshot safety = isSaved ? newest! : await InPlaceOperation.SaveAsync(
                repository, plan, process.Backup(write), static snapshot => snapshot.Paths![0], new OperationCounters(), process.Events, CancellationToken.None);
            world.Ledger = isSaved ? world.Ledger : world.Ledger.With(await LookAsync(world, async clear => new SavedState(
                await SnapshotContent.ProjectTreeAsync(await clear.LoadIndexAsync(CancellationToken.None), safety.Snapshot), safety.Snapshot.Time)));
            RestoreResult result = await InPlaceOperation.ApplyAsync(indexed, plan, new OperationCounters(), process.Events, CancellationToken.None);
            if (undo && result.Problems == 0 && plan.Problems.Count == 0 && !plan.Left().Any(static change => change.Action == InPlaceAction.LeaveUnreadable))
            {
                world.UnfinishedUndo = null;
            }

            bool all = result.Problems == 0 && plan.Problems.Count == 0 && !plan.Left().Any();
            world.UndoWasTold = undo && all;
            return all;
        });
        return complete;
    }

    private static InPlaceOptions UndoOf(World world, SimulatedProcess process, SnapshotListing listing)
    {
        SavedSnapshot before = listing.Snapshots.LastOrDefault(static saved => SafetyTags.IsSafety(saved.Snapshot)) ?? throw Missing();
        SafetyTags.TryRead(before.Snapshot, out SafetyTags? tags);
        if (tags!.IsUndo && world.UnfinishedUndo == tags.Restored)
        {
            before = listing.Snapshots.FirstOrDefault(saved => saved.Id == tags.Restored) ?? throw Missing();
            SafetyTags.TryRead(before.Snapshot, out tags);
        }

        return new InPlaceOptions
        {
            Root = DiskPath.FromText(world.ProjectFolder),
            Target = Part(before),
            Undone = Part(listing.Snapshots.FirstOrDefault(saved => saved.Id == tags!.Restored) ?? throw Missing()),
            UndoneDeleted = tags!.Deleted,
            Paths = tags.Paths,
            Disk = process.Source,
            Writer = process.Target,
        };
    }

    private static bool IsTemporary(string path) => TargetDirectory.IsTemporaryName(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(path)));

    private static RepositoryException Missing() => new(RepositoryErrorKind.InvalidRequest, "a snapshot that the undo needs cannot be had");

    private static Task<bool> HasSafetyAsync(World world) => LookAsync(world, async repository =>
        (await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots.Any(static saved => SafetyTags.IsSafety(saved.Snapshot)));

    private static SnapshotPart Part(SavedSnapshot saved) => new(saved, saved.Snapshot.Paths![0]);
}

/// <summary>Undoing a restore in place.</summary>
internal sealed class UndoScenario : InPlaceScenario
{
    public override string Name => "undo";

    /// <summary>The program tells of its success before it gives its lock back: whoever has read that does not undo once more.</summary>
    public override bool HasSaidDone(World world) => world.UndoWasTold;

    /// <summary>The restore that is undone is made anew each time, for the project is a real folder.</summary>
    public override async Task ResetAsync(World world)
    {
        await base.ResetAsync(world);
        world.UndoWasTold = false;
        Promise(await RestoreAsync(world, new SimulatedProcess(world), undo: false), "a restore in place without faults was not complete");
        await world.ExpectTreeAsync();
    }

    public override Task<bool> RunAsync(World world, SimulatedProcess process) => RestoreAsync(world, process, undo: true);

    public override Task FinishedAsync(World world)
    {
        Compare(Before(world), world.ProjectFolder, "after the undo the project is not as it was");
        return Task.CompletedTask;
    }

    public override Task InterruptedAsync(World world, bool goBack)
    {
        JudgeFiles(world);
        return Task.CompletedTask;
    }
}
