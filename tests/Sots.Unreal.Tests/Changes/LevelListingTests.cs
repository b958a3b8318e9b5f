using Sots.Unreal.Changes;

namespace Sots.Unreal.Tests.Changes;

/// <summary>Levels with what belongs to them.</summary>
public sealed class LevelListingTests : IDisposable
{
    private readonly ChangedProject _project = new();

    public void Dispose() => _project.Dispose();

    [Theory]
    [InlineData("Content/__ExternalActors__/Maps/Arena/3/LU/SWHN.uasset", "Content/Maps/Arena", true)]
    [InlineData("a/Game/Content/__externalobjects__/Arena/3/LU/SWHN.uasset", "a/Game/Content/Arena", false)]
    [InlineData("Content/Old/Content/__ExternalActors__/Arena/3/LU/SWHN.uasset", "Content/Old/Content/Arena", true)]
    [InlineData("Content/__ExternalActors__/LU/SWHN.uasset", null, true)]
    [InlineData("__ExternalActors__/Maps/Arena/3/LU/SWHN.uasset", null, true)]
    [InlineData("Content/Maps/Arena.umap", null, true)]
    public void The_path_of_an_actor_names_its_level(string path, string? level, bool isActor) =>
        Assert.Equal(level is null ? null : new LevelPart(level, isActor), UnrealLevels.PartOf(path));

    [Theory]
    [InlineData("Arena", true)]
    [InlineData("arena.umap", true)]
    [InlineData("Maps/Arena", true)]
    [InlineData("Content/Maps/Arena.umap", true)]
    [InlineData("/Game/Maps/Arena", true)]
    [InlineData("/Plugin/Maps/Arena", true)]
    [InlineData("na", false)]
    [InlineData("/Game/Arena", false)]
    [InlineData("Other/Arena", false)]
    public void A_level_is_found_by_its_name_its_path_and_its_long_name(string word, bool isMeant) =>
        Assert.Equal(isMeant, LevelEntry.IsMeant("Game/Content/Maps/Arena", word));

    [Fact]
    public async Task A_snapshot_and_a_folder_have_the_same_levels()
    {
        Fill();
        await _project.SaveAsync();
        IReadOnlyList<LevelEntry> saved = await _project.LevelsAsync();
        IReadOnlyList<LevelEntry> onDisk = await LevelListing.OfFolderAsync(_project.Root, CancellationToken.None);
        Assert.Equal([("Content/Flat", 0, 0, false), ("Content/Maps/Arena", 2, 1, false)], saved.Select(Told));
        Assert.Equal(saved.Select(static level => (Told(level), level.SizeBytes)), onDisk.Select(static level => (Told(level), level.SizeBytes)));
    }

    [Fact]
    public async Task Actors_whose_level_is_gone_are_orphans()
    {
        Fill();
        _project.Move("Content/Maps/Arena.umap", "Content/Arena.umap");
        await _project.SaveAsync();
        LevelEntry orphan = Assert.Single(await _project.LevelsAsync(), static level => level.IsOrphan);
        Assert.Equal(("Content/Maps/Arena", 2, 1, true), Told(orphan));
        Assert.Equal(Told(orphan), Told(Assert.Single(await LevelListing.OfFolderAsync(_project.Root, CancellationToken.None), static level => level.IsOrphan)));
    }

    [Fact]
    public async Task Actors_that_a_plugin_adds_to_a_level_of_the_project_are_no_orphans()
    {
        Fill();
        _project.Actor("ContentBundle/AB12/Maps/Arena", "Z", "Extra", content: "Plugins/More/Content", owner: "/Game/Maps/Arena");
        await _project.SaveAsync();
        IReadOnlyList<LevelEntry> levels = await _project.LevelsAsync();
        Assert.DoesNotContain(levels, static level => level.IsOrphan);
        Assert.Equal(("Content/Maps/Arena", 3, 1, false), Told(levels[1]));
    }

    private static (string, int, int, bool) Told(LevelEntry level) => (level.Path, level.Actors.Count, level.Objects.Count, level.IsOrphan);

    private void Fill()
    {
        _project.Asset("Content/Maps/Arena.umap", "/Script/Engine.World");
        _project.Asset("Content/Flat.umap", "/Script/Engine.World");
        _project.Actor("Maps/Arena", "A", "Tree1");
        _project.Actor("Maps/Arena", "B", "Tree2");
        _project.File("Content/__ExternalObjects__/Maps/Arena/1/2X/F.uasset", new Testing.Unreal.PackageWriter { Class = "/Script/Engine.ActorFolder" }.Write());
    }
}
