using Sots.Backup.Operations;
using Sots.Backup.Restoring;
using Sots.Restic;

namespace Sots.Backup.Tests.Restoring.InPlace;

/// <summary>What the user does between the plan of a restore into the project, its safety snapshot, and the end of it; and before the same again.</summary>
public sealed class InPlaceMeanwhileTests : IDisposable
{
    private readonly InPlaceScene _scene = new();

    public InPlaceMeanwhileTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "the paths of snapshots are those of Linux");

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("Replaced")]
    [InlineData("Deleted")]
    [InlineData("Added")]
    [InlineData("Touched")]
    [InlineData("ToFolder")]
    [InlineData("ToFile/more")]
    [InlineData("NewFolder")]
    public async Task What_is_edited_after_the_safety_snapshot_was_made_is_left_and_named(string edited)
    {
        SavedSnapshot first = await StatesAsync();
        _scene.BeforeRestoring = () => _scene.Write(edited, "edited meanwhile");
        _scene.ExpectedProblems = edited is "NewFolder" or "ToFolder" ? 4 : 1;
        await _scene.RestoreAsync(first, options => options with { Delete = true });
        Assert.Equal("edited meanwhile", _scene.Read(edited));
        Assert.Contains(_scene.Events.Problems, problem => problem.Item.Contains(edited.Split('/')[0], StringComparison.Ordinal));
        Assert.Equal(edited == "Replaced" ? "edited meanwhile" : "old", _scene.Read("Replaced"));

        // The same again sees it in its plan.
        _scene.BeforeRestoring = static () => { };
        _scene.ExpectedProblems = 0;
        await _scene.RestoreAsync(first, options => options with { Delete = true });
        Assert.Equal(
            ("old", null, "added", "touched", "a", "file", "n"),
            (_scene.Read("Replaced"), _scene.Read("Deleted"), _scene.Read("Added"), _scene.Read("Touched"), _scene.Read("ToFolder/a"), _scene.Read("ToFile"), _scene.Read("NewFolder/n")));
    }

    [Fact]
    public async Task A_link_that_was_changed_after_the_safety_snapshot_was_made_is_left_and_named()
    {
        File.CreateSymbolicLink(At("Link"), "old");
        SavedSnapshot first = await _scene.PushAsync();
        File.Delete(At("Link"));
        File.CreateSymbolicLink(At("Link"), "another");
        _scene.BeforeRestoring = () =>
        {
            File.Delete(At("Link"));
            File.CreateSymbolicLink(At("Link"), "changed meanwhile");
        };
        _scene.ExpectedProblems = 1;
        await _scene.RestoreAsync(first);
        Assert.Equal("changed meanwhile", new FileInfo(At("Link")).LinkTarget);
    }

    [Fact]
    public async Task What_came_after_the_plan_refuses_the_restore_whose_safety_snapshot_does_not_stay()
    {
        SavedSnapshot first = await StatesAsync();
        SavedSnapshot before = await _scene.RestoreAsync(first, options => options with { Delete = true, Paths = ["Replaced"] });
        _scene.BeforeSaving = () => _scene.Write("Added", "made meanwhile");
        await Assert.ThrowsAsync<RepositoryException>(() => _scene.RestoreAsync(first, options => options with { Delete = true }));
        Assert.Equal(("made meanwhile", "here", before.Id), (_scene.Read("Added"), _scene.Read("Deleted"), (await _scene.FindSafetyAsync())!.Id));

        // So an undo takes back the restore before.
        _scene.BeforeSaving = static () => { };
        await _scene.UndoAsync();
        Assert.Equal("new", _scene.Read("Replaced"));
    }

    [Fact]
    public async Task A_restore_that_is_cancelled_before_it_changes_anything_leaves_no_safety_snapshot()
    {
        SavedSnapshot first = await StatesAsync();
        InPlacePlan plan = await _scene.PlanAsync(first);
        using CancellationTokenSource stop = new();
        BackupOptions backup = new() { Targets = [], WorkingDirectory = _scene.Root, Host = "here" };
        string CancelAfterSaving(Sots.Restic.Snapshots.Snapshot snapshot)
        {
            stop.Cancel();
            return snapshot.Paths![0];
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => InPlaceOperation.SaveAsync(_scene.Repository, plan, backup, CancelAfterSaving, new Progress.OperationCounters(), _scene.Events, stop.Token));
        Assert.Null(await _scene.FindSafetyAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_same_restore_again_after_one_that_was_complete_has_a_safety_snapshot_of_its_own(bool isDeleted)
    {
        _scene.Write("A", "old");
        _scene.Write("B", "there");
        SavedSnapshot first = await _scene.PushAsync();
        _scene.Write("A", "edited");
        SavedSnapshot safety = await _scene.RestoreAsync(first);
        if (isDeleted)
        {
            File.Delete(At("B"));
        }
        else
        {
            File.SetLastWriteTimeUtc(At("B"), new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        }

        SavedSnapshot again = await _scene.RestoreAsync(first);
        Assert.NotEqual(safety.Id, again.Id);
        await _scene.UndoAsync();
        Assert.Equal(("old", !isDeleted), (_scene.Read("A"), File.Exists(At("B"))));
    }

    private string At(string path) => Path.Combine(_scene.Project, path);

    /// <summary>A snapshot, and a project in which something of each kind has to be done to come back to it.</summary>
    private async Task<SavedSnapshot> StatesAsync()
    {
        _scene.Write("Replaced", "old");
        _scene.Write("Added", "added");
        _scene.Write("Touched", "touched");
        _scene.Write("ToFolder/a", "a");
        _scene.Write("ToFile", "file");
        _scene.Write("NewFolder/n", "n");
        SavedSnapshot first = await _scene.PushAsync();
        _scene.Write("Replaced", "new");
        _scene.Write("Deleted", "here");
        File.Delete(At("Added"));
        File.SetLastWriteTimeUtc(At("Touched"), new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        Directory.Delete(At("ToFolder"), recursive: true);
        _scene.Write("ToFolder", "a file");
        File.Delete(At("ToFile"));
        _scene.Write("ToFile/inside", "inside");
        Directory.Delete(At("NewFolder"), recursive: true);
        return first;
    }
}
