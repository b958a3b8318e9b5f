using Sots.Unreal.Content;

namespace Sots.Unreal.Tests.Content;

/// <summary>Which package a name means, in trees of all shapes.</summary>
public sealed class ProjectContentTests
{
    private static readonly ProjectContent Two = Of(
        "A/A.uproject", "A/Content/X.uasset", "A/Content/Maps/L.umap", "A/Plugins/P/P.uplugin", "A/Plugins/P/Content/Y.uasset",
        "B/B.uproject", "B/Content/X.uasset", "Shared/S.uplugin", "Shared/Content/Z.uasset", "Empty/E.uplugin", "B/Saved/Old.uproject");

    [Theory]
    [InlineData("A/Content/X.uasset", "/Game/maps/l", PackagePlace.Here)]
    [InlineData("A/Content/X.uasset", "/P/Y", PackagePlace.Here)]
    [InlineData("A/Content/X.uasset", "/S/Z", PackagePlace.Here)]
    [InlineData("A/Content/X.uasset", "/S/Y", PackagePlace.Missing)]
    [InlineData("A/Content/X.uasset", "/Game/Y", PackagePlace.Missing)]
    [InlineData("A/Content/X.uasset", "/Engine/X", PackagePlace.Outside)]
    [InlineData("A/Content/X.uasset", "/E/X", PackagePlace.Outside)]
    [InlineData("B/Content/X.uasset", "/Game/Maps/L", PackagePlace.Missing)]
    [InlineData("B/Content/X.uasset", "/P/Y", PackagePlace.Outside)]
    [InlineData("A/Plugins/P/Content/Y.uasset", "/Game/X", PackagePlace.Here)]
    [InlineData("Shared/Content/Z.uasset", "/Game/X", PackagePlace.Outside)]
    [InlineData("Shared/Content/Z.uasset", "/", PackagePlace.Outside)]
    [InlineData("Shared/Content/Z.uasset", "", PackagePlace.Outside)]
    public void A_name_is_looked_for_in_the_project_and_in_plugins_beside_it(string from, string name, PackagePlace place)
    {
        ContentPackage package = Two.FindByPath(from)!;
        Assert.Equal(place, Two.PlaceOf(name, package.Mount));
        Assert.Equal(place == PackagePlace.Here, Two.Find(name, package.Mount) is not null);
    }

    [Fact]
    public void Every_package_has_the_name_that_its_place_gives_it()
    {
        Assert.Equal(
            ["/Game/Maps/L", "/Game/X", "/P/Y", "/Game/X", "/S/Z"],
            Two.Packages.Select(static package => package.Name));
        Assert.Equal(2, Two.FindAll("/game/x").Count());
        Assert.Equal("A/A.uproject", Two.ProjectFileOf("a")?.Path);
        Assert.Null(Two.ProjectFileOf("Shared"));
    }

    [Fact]
    public void A_Content_folder_alone_is_that_of_a_project()
    {
        ProjectContent content = Of("home/me/Game/Content/A/B.uasset", "home/me/Game/Content/A/Content/C.uasset", "home/me/notes.txt");
        Assert.Equal(["/Game/A/B", "/Game/A/Content/C"], content.Packages.Select(static package => package.Name));
        Assert.Equal("home/me/Game", Assert.Single(content.Mounts).Project);
    }

    [Fact]
    public void A_tree_without_content_has_no_packages() => Assert.Empty(Of("a.txt", "Lost.uasset", "Content").Packages);

    [Theory]
    [InlineData("Lamp", "Things/Lamp.uasset")]
    [InlineData("lamp", "Things/Lamp.uasset")]
    [InlineData("Lamp.uasset", "Things/Lamp.uasset")]
    [InlineData("/Game/Things/Lamp", "Things/Lamp.uasset")]
    [InlineData("/game/things/lamp.Lamp", "Things/Lamp.uasset")]
    [InlineData("/Script/Engine.StaticMesh'/Game/Things/Lamp.Lamp'", "Things/Lamp.uasset")]
    [InlineData("Content/Things/Lamp.uasset", "Things/Lamp.uasset")]
    [InlineData(@"Content\Things\Lamp.uasset", "Things/Lamp.uasset")]
    [InlineData("Things/Lamp", "Things/Lamp.uasset")]
    [InlineData("/home/me/G/Content/Things/Lamp.uasset", "Things/Lamp.uasset")]
    [InlineData(@"D:\G\Content\Things\Lamp.uasset", "Things/Lamp.uasset")]
    [InlineData(" Arena ", "Maps/Arena.umap")]
    [InlineData("/Game/Maps/Arena", "Maps/Arena.umap")]
    [InlineData("hings/Lamp", null)]
    [InlineData("/Game/Lamp", null)]
    [InlineData("Lam", null)]
    [InlineData("", null)]
    [InlineData("'", null)]
    [InlineData("/", null)]
    public void An_asset_is_meant_by_any_of_its_names(string typed, string? path)
    {
        ProjectContent content = Of("G.uproject", "Content/Things/Lamp.uasset", "Content/Maps/Arena.umap", "Content/Things/Lamp_2.uasset");
        IReadOnlyList<ContentPackage> found = AssetWord.Of(typed).Find(content);
        Assert.Equal(path is null ? [] : ["Content/" + path], found.Select(static package => package.File.Path));
        Assert.All(found, package => Assert.True(AssetWord.Of(typed).MayBe(package.File.Name)));
    }

    [Fact]
    public void A_level_has_its_actors_and_not_those_of_a_level_in_a_folder_of_its_name()
    {
        const string actors = "Content/__ExternalActors__/Maps/Demo";
        ProjectContent plain = Of("G.uproject", "Content/Maps/Demo.umap", actors + "/1/2A/X.uasset", "Content/__externalobjects__/Maps/demo/0/AA/Y.uasset");
        ContentPackage level = plain.FindByPath("Content/Maps/Demo.umap")!;
        Assert.Equal([actors, "Content/__externalobjects__/Maps/demo"], AssetFiles.ActorFoldersOf(level, plain));
        Assert.Equal(3, AssetFiles.Of(plain, level).Count);

        // A level that only the disk has keeps its actors as well.
        ProjectContent disk = Of("G.uproject", actors + "/Sub/1/2A/Z.uasset", actors + "/Q/ZZ/New.uasset");
        Assert.Equal([actors + "/1", actors + "/Q"], AssetFiles.ActorFoldersOf(level, plain, disk).Take(2));
    }

    [Fact]
    public void An_asset_has_the_files_that_hold_a_part_of_it()
    {
        ProjectContent content = Of(
            "G.uproject", "Content/A.uasset", "Content/A.ubulk", "Content/A.uexp", "Content/A.txt", "Content/A_BuiltData.uasset", "Content/L.umap", "Content/L_BuiltData.uasset", "Content/L_BuiltData.ubulk");
        Assert.Equal(["Content/A.uasset", "Content/A.uexp", "Content/A.ubulk"], AssetFiles.Of(content, content.FindByPath("Content/A.uasset")!).Select(static file => file.Path));
        Assert.Equal(
            ["Content/L.umap", "Content/L_BuiltData.uasset", "Content/L_BuiltData.ubulk"], AssetFiles.Of(content, content.FindByPath("Content/L.umap")!).Select(static file => file.Path));
    }

    internal static ProjectContent Of(params string[] paths) => ProjectContent.Of(paths.Select(static path => new TreeFile(path, 1)));
}
