using Sots.Backup.Restoring;
using Sots.Restic;

namespace Sots.Backup.Tests.Restoring.InPlace;

/// <summary>What the plan of a restore into the project does not name is still there afterwards.</summary>
public sealed class InPlaceStaysTests : IDisposable
{
    private readonly InPlaceScene _scene = new();

    public InPlaceStaysTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "the paths of snapshots are those of Linux");

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_folder_that_stays_in_the_place_of_a_file_or_link_keeps_everything_in_it(bool isLink)
    {
        _scene.Write("B", "there");
        if (isLink)
        {
            Link("A", "B");
        }
        else
        {
            _scene.Write("A", "file");
        }

        SavedSnapshot first = await _scene.PushAsync();
        File.Delete(At("A"));
        _scene.Write("A/inside", "new work");
        _scene.Write("A/Intermediate/x", "left out");
        InPlacePlan plan = await _scene.PlanAsync(first, options => options with { Delete = true });
        Assert.Equal(["/A"], plan.Left().Select(change => change.Path));
        Assert.Equal(["/A/inside"], plan.Surplus);
        Assert.True(plan.IsEmpty);

        await _scene.RestoreAsync(first, options => options with { Delete = true });
        await _scene.RestoreAsync(first, options => options with { Delete = true, Paths = ["A/inside"] });
        Assert.Equal(("new work", "left out"), (_scene.Read("A/inside"), _scene.Read("A/Intermediate/x")));
    }

    [Fact]
    public async Task Where_a_link_of_the_snapshot_is_a_folder_now_a_part_in_it_is_kept_and_named()
    {
        _scene.Write("Elsewhere/e", "e");
        _scene.Write("Content/B", "b");
        Link("Content/S", "../Elsewhere");
        SavedSnapshot first = await _scene.PushAsync();
        File.Delete(At("Content/S"));
        _scene.Write("Content/S/Old.uasset", "old");
        _scene.Write("Content/S/Other.uasset", "other");
        InPlaceOptions Part(InPlaceOptions options) => options with { Delete = true, Paths = ["Content/S/Old.uasset"] };
        Assert.Equal(["/Content/S/Old.uasset"], (await _scene.PlanAsync(first, Part)).Surplus);
        await _scene.RestoreAsync(first, Part);
        Assert.Equal(("old", "other"), (_scene.Read("Content/S/Old.uasset"), _scene.Read("Content/S/Other.uasset")));
    }

    [Fact]
    public async Task An_undo_leaves_a_folder_that_has_got_other_files_since_with_everything_in_it()
    {
        _scene.Write("X/a", "a");
        SavedSnapshot first = await _scene.PushAsync();
        Directory.Delete(At("X"), recursive: true);
        _scene.Write("X", "file");
        await _scene.RestoreAsync(first);
        _scene.Write("X/new", "made since");
        InPlacePlan plan = await _scene.UndoAsync();
        Assert.Equal(["/X"], plan.FilesOf(InPlaceAction.LeaveBlocked).Select(change => change.Path));
        Assert.Equal(("a", "made since"), (_scene.Read("X/a"), _scene.Read("X/new")));
    }

    [Fact]
    public async Task A_link_on_the_way_to_a_part_that_is_restored_stays_and_the_plan_says_what_does_not_come_back()
    {
        _scene.Write("Content/Big/a.uasset", "a");
        SavedSnapshot first = await _scene.PushAsync();
        Directory.Move(At("Content/Big"), At("Moved"));
        File.Delete(At("Moved/a.uasset"));
        Link("Content/Big", "../Moved");
        InPlaceOptions Part(InPlaceOptions options) => options with { Paths = ["Content/Big/a.uasset"] };
        InPlacePlan plan = await _scene.PlanAsync(first, Part);
        Assert.Equal([(InPlaceAction.LeaveBlocked, "/Content/Big/a.uasset")], plan.Changes.Select(change => (change.Action, change.Path)));
        await _scene.RestoreAsync(first, Part);
        Assert.Equal("../Moved", new FileInfo(At("Content/Big")).LinkTarget);
        Assert.Empty(Directory.GetFileSystemEntries(At("Moved")));
    }

    [Fact]
    public async Task A_file_or_link_that_a_folder_takes_the_place_of_is_named_as_replaced_and_comes_back_with_the_undo()
    {
        _scene.Write("X/a", "a");
        _scene.Write("Y/b", "b");
        SavedSnapshot first = await _scene.PushAsync();
        Directory.Delete(At("X"), recursive: true);
        Directory.Move(At("Y"), At("Moved"));
        _scene.Write("X", "work");
        Link("Y", "Moved");
        InPlacePlan plan = await _scene.PlanAsync(first);
        Assert.Equal([("/X", 4L), ("/Y", 0L)], plan.FilesOf(InPlaceAction.Replace).Select(change => (change.Path, change.SizeBytes)));
        await _scene.RestoreAsync(first);
        Assert.Equal(("a", "b", "b"), (_scene.Read("X/a"), _scene.Read("Y/b"), _scene.Read("Moved/b")));
        await _scene.UndoAsync();
        Assert.Equal(("work", "Moved"), (_scene.Read("X"), new FileInfo(At("Y")).LinkTarget));
    }

    [Fact]
    public async Task An_undo_leaves_a_link_that_took_the_place_of_a_folder_it_has_nothing_to_do_with()
    {
        _scene.Write("Content/A.uasset", "old");
        _scene.Write("Content/D/Sub/d.uasset", "d");
        SavedSnapshot first = await _scene.PushAsync();
        _scene.Write("Content/A.uasset", "edited");
        await _scene.RestoreAsync(first);
        Directory.Move(At("Content/D"), At("Moved"));
        Link("Content/D", "../Moved");
        await _scene.UndoAsync();
        Assert.Equal(("../Moved", "d", "edited"), (new FileInfo(At("Content/D")).LinkTarget, _scene.Read("Moved/Sub/d.uasset"), _scene.Read("Content/A.uasset")));
    }

    [Fact]
    public async Task An_undo_leaves_an_edited_file_also_where_there_was_a_folder_before_the_restore()
    {
        _scene.Write("X", "file");
        SavedSnapshot first = await _scene.PushAsync();
        File.Delete(At("X"));
        _scene.Write("X/a", "a");
        await _scene.RestoreAsync(first, options => options with { Delete = true });
        _scene.Write("X", "edited since");
        InPlacePlan plan = await _scene.UndoAsync();
        Assert.Equal(
            [(InPlaceAction.LeaveEdited, "/X"), (InPlaceAction.LeaveBlocked, "/X/a")], plan.Left().Select(change => (change.Action, change.Path)));
        Assert.Equal("edited since", _scene.Read("X"));
    }

    [Fact]
    public async Task An_undo_does_not_bring_back_folders_that_were_renamed_since()
    {
        _scene.Write("Content/A.uasset", "old");
        _scene.Write("Content/Old/Sub/o.uasset", "o");
        _scene.Write("Content/Gone/Sub/g.uasset", "g");
        SavedSnapshot first = await _scene.PushAsync();
        _scene.Write("Content/A.uasset", "edited");
        _scene.Write("Content/Old/o.uasset", "of the folder with another time");
        File.Delete(At("Content/Old/o.uasset"));
        _scene.Write("Content/Gone/Sub/deleted.uasset", "by the restore");
        await _scene.RestoreAsync(first, options => options with { Delete = true });
        Directory.Move(At("Content/Old"), At("Content/New"));
        Directory.Delete(At("Content/Gone"), recursive: true);
        await _scene.UndoAsync();
        Assert.False(Directory.Exists(At("Content/Old")));
        Assert.Equal(("edited", "o"), (_scene.Read("Content/A.uasset"), _scene.Read("Content/New/Sub/o.uasset")));
        Assert.Equal(("by the restore", null), (_scene.Read("Content/Gone/Sub/deleted.uasset"), _scene.Read("Content/Gone/Sub/g.uasset")));
    }

    private string At(string path) => Path.Combine(_scene.Project, path);

    private void Link(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.CreateSymbolicLink(At(path), target);
    }
}
