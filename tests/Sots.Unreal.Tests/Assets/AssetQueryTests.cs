using Sots.Unreal.Assets;

namespace Sots.Unreal.Tests.Assets;

/// <summary>Which words mean which assets.</summary>
public sealed class AssetQueryTests
{
    [Theory]
    [InlineData("/C/Game/Content/Things/Lamp.uasset", "/Game/Things/Lamp", true)]
    [InlineData("/C/Game/Content/Things/Lamp.umap", "/game/things/LAMP", true)]
    [InlineData("/C/Game/Content/Things/Lamp.uasset", "/Game/Things/Lamp.Lamp", true)]
    [InlineData("/C/Game/Content/Things/Lamp.uasset", "/Game/Lamp", false)]
    [InlineData("/C/Game/Content/Things/Lamp.uasset", "/Game/hings/Lamp", false)]
    [InlineData("/C/Game/Content/Things/Lamp.uasset", "/Other/Things/Lamp", false)]
    [InlineData("/C/Game/Plugins/Other/Content/Things/Lamp.uasset", "/Other/Things/Lamp", true)]
    [InlineData("/C/Game/Plugins/NotOther/Content/Things/Lamp.uasset", "/Other/Things/Lamp", false)]
    [InlineData("/Other/Content/Lamp.uasset", "/Other/Lamp", true)]
    [InlineData("/Content/Lamp.uasset", "/Game/Lamp", true)]
    [InlineData("/Game/Content/Lamp.txt", "/Game/Lamp", false)]
    [InlineData("/Game/Content/Lamp.uasset", "/", false)]
    [InlineData("/Game/Content/Lamp.uasset", "/Game", false)]
    [InlineData("/Game/Content/Lamp.uasset", "/Game/", false)]
    [InlineData("/Game/Content/Lamp.uasset", "", false)]
    public void Long_names_are_where_the_package_would_lie(string path, string name, bool fits) => Assert.Equal(fits, AssetPath.IsLongNameOf(path, name));

    [Theory]
    [InlineData("Maps/Arena.umap", true)]
    [InlineData("maps/arena", true)]
    [InlineData("/Game/Content/Maps/Arena.umap", true)]
    [InlineData("aps/Arena", false)]
    [InlineData("Maps", false)]
    [InlineData("/", false)]
    [InlineData("", false)]
    public void The_end_of_a_path_is_whole_names(string word, bool fits) => Assert.Equal(fits, AssetPath.IsEndOf("/Game/Content/Maps/Arena.umap", word));

    [Fact]
    public void Of_each_list_one_has_to_fit()
    {
        AssetFacts tree = new() { Class = "StaticMeshActor", Label = "Tree129" }, mesh = new() { Class = "StaticMesh" };
        AssetQuery query = new() { Names = ["SM_*", "/Game/Arena"], Classes = ["staticmesh*"], Labels = ["tree?2*", "rock"] };
        Assert.True(query.MatchesName("/Game/Content/sm_tree.uasset"));
        Assert.True(query.MatchesName("/Game/Content/Arena.umap"));
        Assert.False(query.MatchesName("/Game/Content/sm_tree.txt"));
        Assert.False(query.MatchesName("/Game/Content/Tree.uasset"));
        Assert.True(query.MatchesFacts(tree));
        Assert.False(query.MatchesFacts(mesh));
        Assert.False(query.MatchesFacts(tree with { Label = "Tree3" }));
        Assert.True(new AssetQuery { Classes = ["StaticMesh"] }.MatchesFacts(mesh));
        Assert.False(new AssetQuery { Classes = ["StaticMesh"] }.MatchesFacts(tree));
        Assert.True(new AssetQuery().MatchesFacts(new AssetFacts()));
        Assert.False(new AssetQuery { Labels = ["*"] }.MatchesFacts(mesh));
    }
}
