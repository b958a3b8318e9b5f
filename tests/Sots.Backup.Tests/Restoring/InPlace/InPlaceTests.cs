using Sots.Backup.Operations;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Backup.Tests.Archiving;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Testing;

namespace Sots.Backup.Tests.Restoring.InPlace;

/// <summary>Restoring into the project itself, and back.</summary>
public sealed class InPlaceTests : IDisposable
{
    private readonly InPlaceScene _scene = new();

    public InPlaceTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "the paths of snapshots are those of Linux");

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task The_plan_names_what_is_added_replaced_and_deleted_and_changes_nothing()
    {
        SavedSnapshot first = await OlderStateAsync();
        string before = await _scene.CopyAsync("before");
        InPlacePlan plan = await _scene.PlanAsync(first, options => options with { Delete = true });
        Assert.Equal(["/Content/Lost.uasset"], plan.FilesOf(InPlaceAction.Add).Select(change => change.Path));
        Assert.Equal(["/Content/A.uasset"], plan.FilesOf(InPlaceAction.Replace).Select(change => change.Path));
        Assert.Equal(["/Content/New/N.uasset"], plan.FilesOf(InPlaceAction.Delete).Select(change => change.Path));
        Assert.Empty(TreeComparison.Differences(before, _scene.Project));
    }

    [Fact]
    public async Task Without_delete_new_files_stay_and_are_named()
    {
        SavedSnapshot first = await OlderStateAsync();
        InPlacePlan plan = await _scene.PlanAsync(first);
        Assert.Equal(["/Content/New/N.uasset"], plan.Surplus);
        await _scene.RestoreAsync(first);
        Assert.Equal(("old", "lost", "new", "kept"), (_scene.Read("Content/A.uasset"), _scene.Read("Content/Lost.uasset"), _scene.Read("Content/New/N.uasset"), _scene.Read("Content/Keep.uasset")));
    }

    [Fact]
    public async Task What_the_backup_leaves_out_is_never_deleted()
    {
        SavedSnapshot first = await OlderStateAsync();
        _scene.Write("Intermediate/x.obj", "x");
        _scene.Write("Content/New/Intermediate/y.obj", "y");
        await _scene.RestoreAsync(first, options => options with { Delete = true });
        Assert.Null(_scene.Read("Content/New/N.uasset"));
        Assert.Equal(("x", "y"), (_scene.Read("Intermediate/x.obj"), _scene.Read("Content/New/Intermediate/y.obj")));
    }

    [Fact]
    public async Task What_a_snapshot_has_beyond_the_rules_is_saved_before_it_is_replaced_and_not_removed_by_the_undo()
    {
        _scene.Write("Intermediate/x.obj", "x1");
        _scene.Write("Intermediate/same.obj", "same");
        _scene.Write("A", "a");
        SavedSnapshot all = await _scene.PushAsync(withExcludes: false);
        _scene.Write("Intermediate/x.obj", "x two");
        string before = await _scene.CopyAsync("before");
        await _scene.RestoreAsync(all, options => options with { Delete = true });
        Assert.Equal("x1", _scene.Read("Intermediate/x.obj"));
        await _scene.UndoAsync();
        Assert.Empty(TreeComparison.Differences(before, _scene.Project));
    }

    [Fact]
    public async Task What_goes_goes_also_from_folders_that_the_snapshot_does_not_have_and_that_stay()
    {
        SavedSnapshot first = await OlderStateAsync();
        _scene.Write("Later/Sub/Go/a", "a");
        _scene.Write("Later/Sub/Stay/b", "b");
        _scene.Write("Later/single", "c");
        string before = await _scene.CopyAsync("before");
        await _scene.RestoreAsync(first, options => options with { Paths = ["Later/Sub/Go", "Later/single"], Delete = true });
        Assert.Equal((null, "b", null), (_scene.Read("Later/Sub/Go/a"), _scene.Read("Later/Sub/Stay/b"), _scene.Read("Later/single")));
        Assert.Equal("new", _scene.Read("Content/New/N.uasset"));
        await _scene.UndoAsync();
        Assert.Empty(TreeComparison.Differences(before, _scene.Project));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_undo_is_the_state_before_and_can_be_undone(bool delete)
    {
        SavedSnapshot first = await OlderStateAsync();
        string before = await _scene.CopyAsync("before");
        await _scene.RestoreAsync(first, options => options with { Delete = delete });
        string after = await _scene.CopyAsync("after");
        Assert.NotEmpty(TreeComparison.Differences(before, after));
        await _scene.UndoAsync();
        Assert.Empty(TreeComparison.Differences(before, _scene.Project));
        await _scene.UndoAsync();
        Assert.Empty(TreeComparison.Differences(after, _scene.Project));
    }

    [Fact]
    public async Task Files_edited_after_the_restore_are_not_undone_unless_forced()
    {
        SavedSnapshot first = await OlderStateAsync();
        await _scene.RestoreAsync(first);
        _scene.Write("Content/A.uasset", "edited since");
        _scene.Write("Content/Lost.uasset", "edited too");
        _scene.Write("Content/Keep.uasset", "never touched by the restore");
        _scene.Write("Content/Later.uasset", "made since");
        InPlacePlan plan = await _scene.UndoAsync();
        Assert.Equal(["/Content/A.uasset", "/Content/Lost.uasset"], plan.FilesOf(InPlaceAction.LeaveEdited).Select(change => change.Path));
        Assert.Equal(("edited since", "edited too"), (_scene.Read("Content/A.uasset"), _scene.Read("Content/Lost.uasset")));
        SavedSnapshot safety = (await _scene.Repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots.First(saved => SafetyTags.IsSafety(saved.Snapshot));
        await _scene.RestoreAsync(safety, options => options with { Undone = new SnapshotPart(first, _scene.Project), Force = true });
        Assert.Equal(("edited", null), (_scene.Read("Content/A.uasset"), _scene.Read("Content/Lost.uasset")));
        Assert.Equal(("never touched by the restore", "made since"), (_scene.Read("Content/Keep.uasset"), _scene.Read("Content/Later.uasset")));
    }

    [Fact]
    public async Task What_cannot_be_read_is_left_by_an_undo_and_not_taken_for_edited_so_that_the_undo_can_go_on_later()
    {
        SavedSnapshot first = await OlderStateAsync();
        string before = await _scene.CopyAsync("before");
        await _scene.RestoreAsync(first);
        SavedSnapshot safety = (await _scene.FindSafetyAsync())!;
        FaultySource faltering = new()
        {
            BeforeOpen = static path =>
            {
                if (path.ToString().EndsWith("A.uasset", StringComparison.Ordinal))
                {
                    throw new SourceException(SourceErrorKind.Other, "read", path, "injected");
                }
            },
        };

        InPlacePlan plan = await _scene.PlanAsync(safety, options => options with { Undone = new SnapshotPart(first, _scene.Project), Disk = faltering });
        Assert.Equal(["/Content/A.uasset"], plan.FilesOf(InPlaceAction.LeaveUnreadable).Select(change => change.Path));
        Assert.Empty(plan.FilesOf(InPlaceAction.LeaveEdited));
        Assert.Equal(plan.FilesOf(InPlaceAction.LeaveUnreadable), plan.Left());

        await _scene.UndoAsync();
        Assert.Empty(TreeComparison.Differences(before, _scene.Project));
    }

    [Fact]
    public async Task Only_the_part_that_was_asked_for_changes()
    {
        _scene.Write("Content/Maps/A.umap", "old");
        _scene.Write("Content/Mapsi.umap", "old");
        SavedSnapshot first = await _scene.PushAsync();
        _scene.Write("Content/Maps/A.umap", "newer");
        _scene.Write("Content/Maps/B.umap", "newer");
        _scene.Write("Content/Mapsi.umap", "newer");
        string before = await _scene.CopyAsync("before");
        await _scene.RestoreAsync(first, options => options with { Paths = ["Content/Maps/"], Delete = true });
        Assert.Equal(("old", null, "newer"), (_scene.Read("Content/Maps/A.umap"), _scene.Read("Content/Maps/B.umap"), _scene.Read("Content/Mapsi.umap")));
        _scene.Write("Content/Mapsi.umap", "newest");
        await _scene.UndoAsync();
        Assert.Equal("newest", _scene.Read("Content/Mapsi.umap"));
        Assert.Equal("newer", File.ReadAllText(Path.Combine(before, "Content/Maps/B.umap")));
        Assert.Equal(("newer", "newer"), (_scene.Read("Content/Maps/A.umap"), _scene.Read("Content/Maps/B.umap")));
    }

    [Fact]
    public async Task Damage_that_left_size_and_time_as_they_were_is_repaired_and_saved_as_it_was()
    {
        _scene.Write("A", "right");
        DateTime time = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Path.Combine(_scene.Project, "A"), time);
        SavedSnapshot first = await _scene.PushAsync();
        _scene.Write("A", "wrong");
        File.SetLastWriteTimeUtc(Path.Combine(_scene.Project, "A"), time);
        Assert.True((await _scene.PlanAsync(first, options => options with { TrustTimes = true })).IsEmpty);
        await _scene.RestoreAsync(first);
        Assert.Equal("right", _scene.Read("A"));
        await _scene.UndoAsync();
        Assert.Equal("wrong", _scene.Read("A"));
    }

    [Fact]
    public async Task A_folder_in_the_way_of_a_file_goes_only_with_everything_in_it()
    {
        _scene.Write("A", "file");
        _scene.Write("B", "there");
        SavedSnapshot first = await _scene.PushAsync();
        File.Delete(Path.Combine(_scene.Project, "A"));
        _scene.Write("A/inside", "new work");
        string before = await _scene.CopyAsync("before");
        InPlacePlan kept = await _scene.PlanAsync(first);
        Assert.Equal(["/A"], kept.FilesOf(InPlaceAction.LeaveBlocked).Select(change => change.Path));
        _scene.Write("A/Intermediate/x", "left out");
        Assert.Single((await _scene.PlanAsync(first, options => options with { Delete = true })).FilesOf(InPlaceAction.LeaveBlocked));
        Directory.Delete(Path.Combine(_scene.Project, "A/Intermediate"), recursive: true);
        await _scene.RestoreAsync(first, options => options with { Delete = true });
        Assert.Equal("file", _scene.Read("A"));
        await _scene.UndoAsync();
        Assert.Empty(TreeComparison.Differences(before, _scene.Project, TreeAspects.All & ~TreeAspects.ModifiedTime));
    }

    [Fact]
    public async Task The_safety_snapshot_is_an_ordinary_snapshot_of_the_whole_project()
    {
        SavedSnapshot first = await OlderStateAsync();
        SavedSnapshot safety = await _scene.RestoreAsync(first, options => options with { Paths = ["Content/A.uasset"] });
        Assert.Equal([_scene.Project], safety.Snapshot.Paths);
        Assert.True(SafetyTags.TryRead(safety.Snapshot, out SafetyTags? tags));
        Assert.Equal((first.Id, false, false), (tags.Restored, tags.Deleted, tags.IsUndo));
        Assert.Equal(["Content/A.uasset"], tags.Paths);
        Assert.Equal(5ul, safety.Snapshot.Summary!.TotalFilesProcessed);
    }

    [Fact]
    public void Tags_of_other_snapshots_are_not_taken_for_those_of_a_safety_snapshot()
    {
        Snapshot snapshot = new() { Time = default, Tree = default };
        Assert.False(SafetyTags.TryRead(snapshot with { Tags = ["before-restore"] }, out _));
        Assert.False(SafetyTags.TryRead(snapshot with { Tags = ["before-restore", "restores=12"] }, out _));
        Assert.False(SafetyTags.TryRead(snapshot with { Tags = ["push", "restores=" + new string('a', 64)] }, out _));
    }

    [Fact]
    public async Task What_cannot_be_saved_is_not_touched()
    {
        SavedSnapshot first = await OlderStateAsync();
        FaultySource disk = new()
        {
            BeforeOpen = path =>
            {
                if (path.ToString().EndsWith("A.uasset", StringComparison.Ordinal))
                {
                    throw new SourceException(SourceErrorKind.Denied, "open", path, "permission denied");
                }
            },
        };
        RepositoryException refused = await Assert.ThrowsAsync<RepositoryException>(() => _scene.RestoreAsync(first, options => options with { Disk = disk }));
        Assert.Contains("could not be saved", refused.Message, StringComparison.Ordinal);
        Assert.Null(await _scene.FindSafetyAsync());
        Assert.Equal(("edited", null), (_scene.Read("Content/A.uasset"), _scene.Read("Content/Lost.uasset")));
    }

    [Fact]
    public async Task Hard_links_come_back_as_hard_links_and_go_again_with_the_undo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "hard links are compared by inode");
        _scene.Write("A", "linked");
        Link("A", "B");
        _scene.Write("C", "alone");
        SavedSnapshot first = await _scene.PushAsync();
        File.Delete(Path.Combine(_scene.Project, "B"));
        _scene.Write("B", "of its own");
        _scene.Write("A", "edited");
        File.Delete(Path.Combine(_scene.Project, "C"));
        Link("B", "C");
        string before = await _scene.CopyAsync("before");
        await _scene.RestoreAsync(first, options => options with { Delete = true });
        Assert.Equal(("linked", "linked", "alone"), (_scene.Read("A"), _scene.Read("B"), _scene.Read("C")));
        Assert.True(AreLinked("A", "B") && !AreLinked("B", "C"));
        await _scene.UndoAsync();
        Assert.Empty(TreeComparison.Differences(before, _scene.Project));
        Assert.True(AreLinked("B", "C") && !AreLinked("A", "B"));
    }

    [Fact]
    public async Task Writing_to_one_name_of_a_hard_link_that_is_restored_alone_leaves_the_other_as_it_is()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "hard links are compared by inode");
        _scene.Write("A", "old");
        SavedSnapshot first = await _scene.PushAsync();
        _scene.Write("A", "new");
        Link("A", "B");
        await _scene.RestoreAsync(first, options => options with { Paths = ["A"] });
        Assert.Equal(("old", "new"), (_scene.Read("A"), _scene.Read("B")));
        await _scene.UndoAsync();
        Assert.Equal(("new", "new"), (_scene.Read("A"), _scene.Read("B")));
    }

    private void Link(string existing, string name)
    {
        using TargetDirectory root = TargetFileSystem.Current.OpenRoot(_scene.Root, create: false);
        root.CreateHardLink(root, System.Text.Encoding.UTF8.GetBytes(existing), System.Text.Encoding.UTF8.GetBytes(name));
    }

    private bool AreLinked(string a, string b) => InodeOf(a) == InodeOf(b);

    private ulong InodeOf(string name) => SourceFileSystem.Current.GetStatus(DiskPath.FromText(Path.Combine(_scene.Project, name)), followLinks: false).Inode;

    /// <summary>A snapshot, and after it a file changed, one lost and one new.</summary>
    private async Task<SavedSnapshot> OlderStateAsync()
    {
        _scene.Write("Content/A.uasset", "old");
        _scene.Write("Content/Keep.uasset", "kept");
        _scene.Write("Content/Lost.uasset", "lost");
        _scene.Write("Content/Maps/M.umap", "map");
        _scene.Write("Game.uproject", "{}");
        SavedSnapshot first = await _scene.PushAsync();
        _scene.Write("Content/A.uasset", "edited");
        File.Delete(Path.Combine(_scene.Project, "Content/Lost.uasset"));
        _scene.Write("Content/New/N.uasset", "new");
        return first;
    }
}
