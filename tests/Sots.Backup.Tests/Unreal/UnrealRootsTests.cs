using Sots.Testing;
using Sots.Unreal;

namespace Sots.Backup.Tests.Unreal;

public class UnrealRootsTests
{
    [Fact]
    public void Roots_are_found_at_any_depth_and_not_in_what_is_made_again()
    {
        ListedFolders tree = new("/p",
        [
            "G.uproject", "Plugins/A/A.uplugin", "Plugins/V/W/B.uplugin", "Plugins/A/Plugins/C/C.UPLUGIN", "Mods/Deep/er/D.uplugin",
            "Intermediate/Z/Z.uplugin", "Saved/StagedBuilds/Y.uproject", "Content/Examples/E.uproject", "Content/__ExternalActors__/M/0/AB/x.uasset",
        ]);
        UnrealRoots roots = tree.Discover();
        Assert.Equal(
            ["/p", "/p/Content/Examples", "/p/Mods/Deep/er", "/p/Plugins/A", "/p/Plugins/A/Plugins/C", "/p/Plugins/V/W"],
            roots.All.Select(static root => root.Path).Order(StringComparer.Ordinal));
        Assert.Equal(UnrealRootKind.Project, roots.All[0].Kind);
        Assert.True(roots.IsComplete);
        Assert.DoesNotContain("/p/Content/__ExternalActors__", tree.Listed);
        Assert.DoesNotContain("/p/Intermediate", tree.Listed);
    }

    [Fact]
    public void A_build_script_counts_for_the_root_it_lies_in_and_only_below_Source()
    {
        UnrealRoots roots = new ListedFolders("/p",
        [
            "G.uproject", "Docs/Sample.Build.cs", "Source/ThirdParty/P/P.uplugin", "Source/ThirdParty/P/Source/P.Build.cs",
        ]).Discover();
        Assert.False(roots.All[0].HasBuildScript);
        Assert.True(roots.All[1].HasBuildScript);
    }

    [Fact]
    public void A_tree_without_end_is_left_at_the_limit()
    {
        UnrealRoots roots = UnrealRoots.Discover("/p", '/', new Endless(), CancellationToken.None);
        Assert.False(roots.IsComplete);
    }

    [Fact]
    public void On_the_disk_links_are_not_followed()
    {
        using TempFolder folder = new();
        using TempFolder elsewhere = new();
        Directory.CreateDirectory(folder["P", "Plugins", "A", "Source", "A"]);
        File.WriteAllText(folder["P", "G.uproject"], "{}");
        File.WriteAllText(folder["P", "Plugins", "A", "A.uplugin"], "{}");
        File.WriteAllText(folder["P", "Plugins", "A", "Source", "A", "A.Build.cs"], "class A { bUsePrecompiled = true; }");
        File.WriteAllText(elsewhere["L.uplugin"], "{}");
        try
        {
            Directory.CreateSymbolicLink(folder["P", "Plugins", "L"], elsewhere.Path);
            Directory.CreateSymbolicLink(folder["P", "Plugins", "Up"], folder.Path);
        }
        catch (IOException) when (OperatingSystem.IsWindows())
        {
            Assert.Skip("needs the privilege to make links");
        }

        UnrealRoots roots = UnrealRoots.Discover(folder.Path, CancellationToken.None);
        Assert.Equal([folder.Path, folder["P"], folder["P", "Plugins", "A"]], roots.All.Select(static root => root.Path));
        Assert.True(roots.All[2] is { HasBuildScript: true, IsPrecompiled: true, Kind: UnrealRootKind.Plugin });
    }

    private sealed class Endless : IFolderListing
    {
        public IEnumerable<FolderEntry> List(string folder) => [new FolderEntry("x", IsFolder: true)];

        public string? ReadText(string file, int maxBytes) => null;
    }
}
