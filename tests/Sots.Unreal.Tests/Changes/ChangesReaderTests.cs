using Sots.Restic.Backends;
using Sots.Unreal.Changes;

namespace Sots.Unreal.Tests.Changes;

/// <summary>What changed in a project, told as somebody who works on it would.</summary>
public sealed class ChangesReaderTests : IDisposable
{
    private readonly ChangedProject _project = new();

    public void Dispose() => _project.Dispose();

    [Fact]
    public async Task Assets_are_counted_by_class_and_by_what_became_of_them()
    {
        _project.Asset("Content/Door.uasset");
        _project.Asset("Content/Gate.uasset");
        _project.Asset("Content/Rock.uasset", "/Script/Engine.Texture2D");
        _project.File("Source/Door.cpp", [1]);
        await _project.SaveAsync();
        _project.Asset("Content/Door.uasset", text: "with a lock");
        _project.Delete("Content/Gate.uasset");
        _project.Move("Content/Rock.uasset", "Content/Stones/Rock.uasset");
        _project.Asset("Content/Tree.uasset", "/Script/Engine.Texture2D", size: 5000);
        _project.File("Source/Door.cpp", [1, 2]);
        ProjectChanges changes = await _project.SaveAndCompareAsync();
        Assert.Equal(
            [("Blueprint", 0, 1, 1, 0), ("Texture2D", 1, 0, 0, 1)],
            changes.Classes.OrderBy(static change => change.Class).Select(static change => (change.Class, (int)change.Counts.Added, (int)change.Counts.Changed, (int)change.Counts.Removed, (int)change.Counts.Moved)));
        FileChange moved = Assert.Single(changes.Assets, static file => file.Kind == ChangeKind.Moved);
        Assert.Equal(("Content/Rock.uasset", "Content/Stones/Rock.uasset", false, 0), (moved.PathBefore, moved.Path, moved.LeftRedirector, moved.GrowthBytes));
        Assert.Equal((0, 1, 0, 0, 1), (changes.OtherFiles.Added, changes.OtherFiles.Changed, changes.OtherFiles.Removed, changes.OtherFiles.Moved, changes.OtherFiles.GrowthBytes));
        Assert.Equal(changes.Files.Sum(static file => file.GrowthBytes), changes.Total.GrowthBytes);
        Assert.Equal("Content/Tree.uasset", changes.FilesThatGrew(1)[0].Name);
        Assert.Equal("Texture2D", changes.ClassesThatGrew(1)[0].Name);
        Assert.Equal("Content", changes.FoldersThatGrew(1)[0].Name);
    }

    [Fact]
    public async Task A_file_that_only_has_another_time_did_not_change()
    {
        _project.Asset("Content/Door.uasset");
        await _project.SaveAsync();
        File.SetLastWriteTimeUtc(_project.PathOf("Content/Door.uasset"), new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        Assert.Empty((await _project.SaveAndCompareAsync()).Files);
    }

    [Fact]
    public async Task An_asset_that_the_editor_moved_is_one_that_moved()
    {
        _project.Asset("Content/Old/Door.uasset");
        await _project.SaveAsync();
        _project.Asset("Content/New/Door.uasset");
        _project.Asset("Content/Old/Door.uasset", "/Script/CoreUObject.ObjectRedirector", "", 10, "/Game/New/Door");
        FileChange moved = Assert.Single((await _project.SaveAndCompareAsync()).Files);
        Assert.Equal((ChangeKind.Moved, "Content/Old/Door.uasset", "Content/New/Door.uasset", true), (moved.Kind, moved.PathBefore, moved.Path, moved.LeftRedirector));
    }

    [Fact]
    public async Task A_redirector_to_something_of_another_class_moves_nothing()
    {
        _project.Asset("Content/Old/Door.uasset");
        await _project.SaveAsync();
        _project.Asset("Content/New/Door.uasset", "/Script/Engine.Texture2D");
        _project.Asset("Content/Old/Door.uasset", "/Script/CoreUObject.ObjectRedirector", "", 10, "/Game/New/Door");
        Assert.Equal([ChangeKind.Added, ChangeKind.Changed], (await _project.SaveAndCompareAsync()).Files.Select(static file => file.Kind));
    }

    [Fact]
    public async Task What_probably_moved_is_not_said_to_have_moved()
    {
        _project.Asset("Content/Old/Door.uasset");
        _project.Asset("Content/Old/Twin.uasset");
        _project.Asset("Content/Old/More/Twin.uasset");
        await _project.SaveAsync();
        _project.Delete("Content/Old/Door.uasset");
        _project.Delete("Content/Old/Twin.uasset");
        _project.Delete("Content/Old/More/Twin.uasset");
        _project.Asset("Content/New/Door.uasset");
        _project.Asset("Content/New/Twin.uasset", text: "other");
        ProjectChanges changes = await _project.SaveAndCompareAsync();
        Assert.DoesNotContain(changes.Files, static file => file.Kind == ChangeKind.Moved);
        Assert.Equal("Content/Old/Door.uasset", Assert.Single(changes.Files, static file => file.Path == "Content/New/Door.uasset").LikelyFrom);
        Assert.Null(Assert.Single(changes.Files, static file => file.Path == "Content/New/Twin.uasset").LikelyFrom);
    }

    [Fact]
    public async Task Actors_are_told_by_their_labels_and_the_level_they_belong_to()
    {
        _project.Asset("Content/Maps/Arena.umap", "/Script/Engine.World");
        _project.Actor("Maps/Arena", "A", "Tree1");
        _project.Actor("Maps/Arena", "B", "Tree2");
        _project.Actor("Maps/Arena", "C", "Rock");
        _project.Actor("Maps/Other", "D", "Elsewhere");
        await _project.SaveAsync();
        _project.Actor("Maps/Arena", "A", "Oak", "moved");
        _project.Delete("Content/__ExternalActors__/Maps/Arena/1/2X/B.uasset");
        _project.Actor("Maps/Arena", "E", "Bush");
        ProjectChanges changes = await _project.SaveAndCompareAsync();
        Assert.Empty(changes.Assets);
        LevelChange level = Assert.Single(changes.Levels);
        Assert.Equal(("Arena", "Content/Maps/Arena", null as FileChange), (level.Name, level.Path, level.Own));
        Assert.Equal(
            [(ChangeKind.Added, "Bush", "Bush", "StaticMeshActor"), (ChangeKind.Changed, "Oak", "Tree1", "StaticMeshActor"), (ChangeKind.Removed, "Tree2", "Tree2", "StaticMeshActor")],
            level.Actors.Select(static actor => (actor.Kind, actor.Label, actor.LabelBefore, actor.Class)));
    }

    [Fact]
    public async Task An_actor_is_moved_where_its_place_is_another_and_changed_where_that_is_not_known()
    {
        ActorPlace here = new(new ActorVector(1, 2, 3), null, null), there = new(new ActorVector(1, 2, 300), null, null);
        Place("Moved", here);
        Place("Repainted", here);
        Place("Unknown", null);
        await _project.SaveAsync();
        Place("Moved", there, "and repainted");
        Place("Repainted", here, "repainted");
        Place("Unknown", there);
        await _project.SaveAsync();
        Assert.Equal([ChangeKind.Changed, ChangeKind.Changed, ChangeKind.Moved], await Kinds(new ChangesOptions()));
        Assert.Equal([ChangeKind.Changed, ChangeKind.Changed, ChangeKind.Changed], await Kinds(new ChangesOptions { MostPlaces = 0 }));

        void Place(string name, ActorPlace? place, string text = "") =>
            _project.File($"Content/__ExternalActors__/Maps/Arena/1/2X/{name}.uasset", Testing.Unreal.ActorPackage.Write("Maps/Arena", name, name, place, text: text));

        async Task<ChangeKind[]> Kinds(ChangesOptions options) => [.. Assert.Single((await _project.ChangesAsync(options)).Levels).Actors.Select(static actor => actor.Kind)];
    }

    [Fact]
    public async Task A_level_that_moved_with_all_its_actors_is_one_move()
    {
        _project.Asset("Content/Maps/Arena.umap", "/Script/Engine.World");
        _project.Actor("Maps/Arena", "A", "Tree1");
        _project.Actor("Maps/Arena", "B", "Tree2");
        await _project.SaveAsync();
        _project.Move("Content/Maps/Arena.umap", "Content/Levels/Arena.umap");
        _project.Move("Content/__ExternalActors__/Maps/Arena", "Content/__ExternalActors__/Levels/Arena");
        ProjectChanges changes = await _project.SaveAndCompareAsync();
        LevelChange level = Assert.Single(changes.Levels);
        Assert.Equal(("Content/Levels/Arena", ChangeKind.Moved, 0), (level.Path, level.Own?.Kind, level.Actors.Count));
    }

    [Fact]
    public async Task Packages_saved_by_another_engine_are_counted()
    {
        _project.Asset("Content/Door.uasset");
        _project.File("Content/Gate.uasset", new Testing.Unreal.PackageWriter { PackageName = "/Game/Gate", Version5 = 1009, Engine = (5, 3, 2) }.Write());
        await _project.SaveAsync();
        _project.Asset("Content/Gate.uasset");
        EngineChange engine = Assert.Single((await _project.SaveAndCompareAsync()).Engines);
        Assert.Equal(("5.3", "5.7", 1), (engine.From, engine.To, engine.Packages));
    }

    [Fact]
    public async Task Copies_that_the_editor_makes_for_emergencies_are_no_assets()
    {
        _project.Asset("Content/Door.uasset");
        await _project.SaveAsync();
        _project.File("Saved/Autosaves/Game/Door_Auto1.uasset", new Testing.Unreal.PackageWriter().Write());
        _project.Asset("Content/Saved/Game.uasset");
        ProjectChanges changes = await _project.SaveAndCompareAsync();
        Assert.Equal("Content/Saved/Game.uasset", Assert.Single(changes.Assets).Path);
        Assert.Equal(1, changes.OtherFiles.Added);
    }

    [Fact]
    public async Task Of_a_baseline_no_package_is_read_a_second_time()
    {
        for (int i = 0; i < 5; i++)
        {
            _project.Asset($"Content/Door{i}.uasset", text: new string((char)('a' + i), 5000));
        }

        await _project.SaveAsync();
        ProjectChanges changes = await _project.ChangesAsync(new ChangesOptions { MostRead = 4 }, first: true);
        Assert.Equal((true, 5, 5, 0, 0), (changes.IsFirst, changes.Assets.Count, changes.NotLookedInto, changes.Classes.Count, _project.Facts.Count));
        ProjectChanges looked = await _project.ChangesAsync(new ChangesOptions { MostRead = 5 }, first: true);
        Assert.Equal((0, 5), (looked.NotLookedInto, looked.Classes[0].Counts.Added));
    }

    [Fact]
    public async Task Only_what_changed_is_read_and_only_once()
    {
        for (int i = 0; i < 20; i++)
        {
            _project.Asset($"Content/Folder{i}/Door.uasset", text: $"{i}");
        }

        await _project.SaveAsync();
        _project.Asset("Content/Folder7/Door.uasset", text: "changed");
        await _project.SaveAsync();
        await _project.ChangesAsync();
        Assert.Equal(2, _project.Facts.Count);
        int reads = Reads();
        await _project.ChangesAsync();
        int treesOnly = Reads() - reads;
        Assert.True(treesOnly < 20, $"{treesOnly} reads");
    }

    private int Reads() => _project.Backend.Calls.Count(static call => call.File.Type == FileType.Pack && call.Operation.ToString().StartsWith("Load", StringComparison.Ordinal));
}
