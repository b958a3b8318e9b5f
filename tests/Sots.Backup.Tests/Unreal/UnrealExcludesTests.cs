using Sots.Backup.Sources;
using Sots.Unreal;

namespace Sots.Backup.Tests.Unreal;

public class UnrealExcludesTests
{
    private static readonly string[] Tree =
    [
        "Game.uproject", "Source/Game/Game.Build.cs", "Source/Game/Game.cpp", "Content/Intermediate/x.uasset", ".git/config",
        "Plugins/Code/Code.uplugin", "Plugins/Code/Source/Code/Code.build.cs",
        "Plugins/Vendor/Bought/Bought.uplugin", "Plugins/Vendor/Bought/Binaries/Win64/b.dll",
        "Plugins/GameFeatures/A/A.uplugin", "Plugins/GameFeatures/A/Plugins/B/B.uplugin", "Plugins/GameFeatures/A/Plugins/B/Source/B.Build.cs",
        "Plugins/Pre/Pre.uplugin", "Plugins/Pre/Source/Pre/Pre.Build.cs", "Plugins/Store/Store.uplugin", "Plugins/Store/Source/Store/Store.Build.cs",
    ];

    [Theory]
    [InlineData("Intermediate", UnrealExcludeClass.Intermediate)]
    [InlineData("intermediate/Build/x.obj", UnrealExcludeClass.Intermediate)]
    [InlineData("DERIVEDDATACACHE", UnrealExcludeClass.DerivedData)]
    [InlineData("Binaries/Win64", UnrealExcludeClass.Binaries)]
    [InlineData("Plugins/Code/binaries/Win64", UnrealExcludeClass.Binaries)]
    [InlineData("Plugins/GameFeatures/A/Plugins/B/Binaries/Linux", UnrealExcludeClass.Binaries)]
    [InlineData("Plugins/GameFeatures/A/Plugins/B/Intermediate", UnrealExcludeClass.Intermediate)]
    [InlineData("Plugins/Vendor/Bought/Intermediate", UnrealExcludeClass.Intermediate)]
    [InlineData("Saved/Cooked", UnrealExcludeClass.Cooked)]
    [InlineData("saved/stagedbuilds", UnrealExcludeClass.Cooked)]
    [InlineData("Saved/Logs/Game.log", UnrealExcludeClass.Logs)]
    [InlineData("Saved/Crashes", UnrealExcludeClass.Logs)]
    [InlineData("Saved/Profiling", UnrealExcludeClass.Logs)]
    [InlineData("Saved/MemReports", UnrealExcludeClass.Logs)]
    [InlineData("Saved/ShaderDebugInfo", UnrealExcludeClass.SavedCaches)]
    [InlineData("Saved/Shaders", UnrealExcludeClass.SavedCaches)]
    [InlineData("Saved/webcache_4430", UnrealExcludeClass.SavedCaches)]
    [InlineData("Saved/swarm", UnrealExcludeClass.SavedCaches)]
    [InlineData("Saved/Temp", UnrealExcludeClass.SavedCaches)]
    [InlineData("Saved/Game123.TMP", UnrealExcludeClass.SavedCaches)]
    [InlineData("Build/Scripts/x.uatbuildrecord", UnrealExcludeClass.BuildReceipts)]
    [InlineData(".vs", UnrealExcludeClass.EditorCaches)]
    [InlineData("Game.vc.db", UnrealExcludeClass.EditorCaches)]
    [InlineData("Game.sdf", UnrealExcludeClass.EditorCaches)]
    [InlineData("Game.opensdf", UnrealExcludeClass.EditorCaches)]
    [InlineData("Game.suo", UnrealExcludeClass.EditorCaches)]
    [InlineData(".vscode/ipch", UnrealExcludeClass.EditorCaches)]
    [InlineData(".idea/workspace.xml", UnrealExcludeClass.EditorCaches)]
    [InlineData(".idea/.idea.Game/.idea/workspace.xml", UnrealExcludeClass.EditorCaches)]
    [InlineData(".git/lfs", UnrealExcludeClass.VersionControl)]
    public void What_the_engine_makes_again_is_left_out_with_its_reason(string path, UnrealExcludeClass expected)
    {
        UnrealExcludes excludes = Excludes(Tree);
        Assert.True(excludes.RejectsName(At(path)));
        UnrealExclusion? why = excludes.Explain(At(path));
        Assert.Equal(expected, why?.Class);
        Assert.Contains(why!.Pattern, excludes.WhyExcluded(At(path)), StringComparison.Ordinal);
        Assert.NotEmpty(why.Reason);
    }

    [Theory]
    [InlineData("Game.uproject")]
    [InlineData("Content/Intermediate/x.uasset")]
    [InlineData("Content/Saved/Logs/x.uasset")]
    [InlineData("Content/Binaries/Win64/x.uasset")]
    [InlineData("Content/Maps/Town_BuiltData.uasset")]
    [InlineData("Source/Game/Intermediate/x.cpp")]
    [InlineData("Source/ThirdParty/lib/x.dll")]
    [InlineData("Config/DefaultGame.ini")]
    [InlineData("Plugins")]
    [InlineData("Plugins/Code/Code.uplugin")]
    [InlineData("Binaries")]
    [InlineData("Binaries/ThirdParty/Steam/steam.dll")]
    [InlineData("Binaries/thirdparty/x")]
    [InlineData("Plugins/Vendor/Bought/Binaries/Win64/b.dll")]
    [InlineData("Plugins/GameFeatures/A/Binaries/Win64/a.dll")]
    [InlineData("Plugins/Pre/Binaries/Win64/p.dll")]
    [InlineData("Plugins/Pre/Intermediate/Build/p.precompiled")]
    [InlineData("Plugins/Store/Binaries/Win64/UnrealEditor-Store.dll")]
    [InlineData("Build/Android/release.keystore")]
    [InlineData("Build/Windows/Application.ico")]
    [InlineData("Build/Windows/FileOpenOrder/GameOpenOrder.log")]
    [InlineData("Saved/Autosaves/Game/Maps/a_Auto1.umap")]
    [InlineData("Saved/Backup/x.uasset")]
    [InlineData("Saved/Config/WindowsEditor/Editor.ini")]
    [InlineData("Saved/SaveGames/slot.sav")]
    [InlineData("Saved/Collections/mine.collection")]
    [InlineData("Saved/UnrealBuildTool/BuildConfiguration.xml")]
    [InlineData("Saved/Screenshots/x.png")]
    [InlineData("Saved/MovieRenders/x.mov")]
    [InlineData("Saved/VideoCaptures/x.avi")]
    [InlineData("Saved/SourceControl/x")]
    [InlineData("Saved/NeverHeardOf/x")]
    [InlineData(".git/config")]
    [InlineData(".vscode/tasks.json")]
    [InlineData(".idea/runConfigurations/x.xml")]
    [InlineData(".idea/.idea.Game/.idea/runConfigurations/x.xml")]
    [InlineData("Game.sln")]
    [InlineData(".vsconfig")]
    [InlineData("RawContent/Intermediate/x.psd")]
    [InlineData("Unknown/Folder/x.tmp")]
    public void Work_and_the_unknown_are_kept(string path)
    {
        UnrealExcludes excludes = Excludes(Tree);
        for (string at = path; at.Length > 0; at = at[..Math.Max(0, at.LastIndexOf('/'))])
        {
            Assert.Null(excludes.WhyExcluded(At(at)));
            Assert.False(excludes.RejectsName(At(at)));
        }
    }

    [Fact]
    public void Switches_change_the_preset()
    {
        UnrealPreset all = new()
        {
            KeepBinaries = true, KeepIntermediate = true, KeepDerivedData = true, KeepCooked = true, KeepLogs = true, KeepEditorCaches = true, KeepGitLfs = true,
        };
        foreach (string path in (string[])["Binaries/Win64", "Intermediate", "DerivedDataCache", "Saved/Cooked", "Saved/Logs", ".vs", ".git/lfs"])
        {
            Assert.False(Excludes(Tree, all).RejectsName(At(path)), path);
            Assert.True(Excludes(Tree).RejectsName(At(path)), path);
        }

        UnrealPreset less = new() { KeepAutosaves = false, KeepUserOutputs = false, KeepEditorSessions = false, KeepGit = false };
        foreach (string path in (string[])["Saved/Autosaves", "Saved/Backup", "Saved/Screenshots", "Saved/ConcertSession", "Saved/Diff", ".git"])
        {
            Assert.True(Excludes(Tree, less).RejectsName(At(path)), path);
            Assert.False(Excludes(Tree).RejectsName(At(path)), path);
        }
    }

    [Fact]
    public void The_absolute_patterns_leave_out_the_same_in_restic()
    {
        string root = "/p/[Odd] *?\\name";
        UnrealExcludes excludes = new(Listed(root, Tree).Discover().All, UnrealPreset.Default, PathStyle.Unix);
        ExcludePatternList restic = ExcludePatternList.Parse(excludes.AsAbsolutePatterns(), PathStyle.Unix, ignoreCase: true, "--iexclude");
        int left = 0;
        string[] below =
        [
            .. Tree, "Intermediate/x", "binaries/Win64/x", "Binaries/ThirdParty/x", "Saved/Logs/x", "Saved/Config/x", ".idea/a.xml", ".idea/.idea.G/.idea/runConfigurations/r",
            ".idea/.idea.G/.idea/w.xml", "Plugins/Code/Binaries/x", "Plugins/Pre/Binaries/x", "Plugins/Pre/Intermediate/x", "Build/W/x.uatbuildrecord", "Content/Intermediate/y", ".git/lfs/o",
        ];
        foreach (string path in below)
        {
            bool expected = excludes.RejectsName(DiskPath.FromText(root + "/" + path));
            Assert.Equal(expected, restic.Matches(PathText.ToBytes(root + "/" + path)));
            Assert.False(restic.Matches(PathText.ToBytes("/p/Odd xyname/" + path)));
            left += expected ? 1 : 0;
        }

        Assert.Equal(8, left);
    }

    [Fact]
    public void On_Windows_case_and_prefix_of_the_root_do_not_matter()
    {
        UnrealRoot root = new(@"C:\UE5\[x]", UnrealRootKind.Project) { HasBuildScript = true };
        UnrealExcludes excludes = new([root], UnrealPreset.Default, PathStyle.Windows);
        Assert.True(excludes.RejectsName(DiskPath.FromText(@"c:\ue5\[X]\INTERMEDIATE\y")));
        Assert.True(excludes.RejectsName(DiskPath.FromText(@"\\?\C:\UE5\[x]\Binaries\Win64")));
        Assert.False(excludes.RejectsName(DiskPath.FromText(@"C:\UE5\[x]\Content\Intermediate")));
        Assert.Contains(@"C:\UE5\[[]x]\Saved\Logs", excludes.AsAbsolutePatterns());
        Assert.Contains(@"!C:\UE5\[[]x]\Binaries\ThirdParty", excludes.AsAbsolutePatterns());
        ExcludePatternList restic = ExcludePatternList.Parse(excludes.AsAbsolutePatterns(), PathStyle.Windows, ignoreCase: true, "--iexclude");
        Assert.True(restic.Matches(@"C:\UE5\[x]\Intermediate\z"u8));
        Assert.False(restic.Matches(@"C:\UE5\[x]\Content\Intermediate"u8));
    }

    [Fact]
    public void A_folder_above_several_projects_has_rules_for_tools_only()
    {
        UnrealExcludes excludes = Excludes(["A/A.uproject", "B/Sub/B.UPROJECT", "B/Sub/Source/B.Build.cs", "README.md", ".git/config"]);
        Assert.True(excludes.RejectsName(At(".git/lfs")));
        Assert.True(excludes.RejectsName(At(".vs")));
        Assert.False(excludes.RejectsName(At("Intermediate")));
        Assert.True(excludes.RejectsName(At("A/Intermediate")));
        Assert.False(excludes.RejectsName(At("A/Binaries/Win64")));
        Assert.True(excludes.RejectsName(At("B/Sub/Binaries/Win64")));
        Assert.False(excludes.RejectsName(At("B/Intermediate")));
    }

    [Fact]
    public void Where_git_knows_no_server_its_large_files_are_kept()
    {
        string[] files = ["G.uproject", ".git/config", "Plugins/A/A.uplugin", "Plugins/A/.git/config"];
        ListedFolders disk = new ListedFolders("/p", files).WithText(".git/config", "[core]\n# [remote \"no\"]\n").WithText("Plugins/A/.git/config", "  [remote \"origin\"]");
        UnrealExcludes excludes = new(disk.Discover().All, UnrealPreset.Default, PathStyle.Unix);
        Assert.False(excludes.RejectsName(At(".git/lfs")));
        Assert.Equal(".git/config names no server that holds it", excludes.WhyKept(At(".git/lfs/objects/00")));
        Assert.DoesNotContain("/p/.git/lfs", excludes.AsAbsolutePatterns());
        Assert.True(excludes.RejectsName(At("Plugins/A/.git/lfs")));
    }

    [Fact]
    public void Plugins_that_may_not_be_compiled_again_keep_their_binaries_and_why_is_told()
    {
        string[] files =
        [
            "Maps/Maps.uproject", "Maps/Plugins/A/A.uplugin", "Maps/Plugins/A/Source/A.Build.cs", "Maps/Plugins/A/Plugins/C/C.uplugin", "Maps/Plugins/A/Plugins/C/Source/C.Build.cs",
            "Code/Code.uproject", "Code/Source/Code.Build.cs", "Code/Plugins/B/B.uplugin", "Code/Plugins/B/Source/B.Build.cs", "Shared/S.uplugin", "Shared/Source/S.Build.cs",
        ];
        UnrealExcludes excludes = Excludes(files);
        Assert.Equal("the project has no code of its own, so its plugins are saved compiled", excludes.WhyKept(At("Maps/Plugins/A/Binaries/Win64")));
        Assert.False(excludes.RejectsName(At("Maps/Plugins/A/Plugins/C/Binaries/Win64")));
        Assert.True(excludes.RejectsName(At("Maps/Plugins/A/Intermediate")));
        Assert.True(excludes.RejectsName(At("Code/Plugins/B/Binaries/Win64")));
        Assert.True(excludes.RejectsName(At("Shared/Binaries/Win64")));
        Assert.Contains("says that it came compiled", Excludes(Tree).WhyKept(At("Plugins/Store/Binaries/Win64")), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_project_nothing_is_left_out()
    {
        UnrealExcludes excludes = Excludes(["a/Intermediate/x", ".vs/y"]);
        Assert.Empty(excludes.AsAbsolutePatterns());
        Assert.False(excludes.RejectsName(At(".vs")));
    }

    private static UnrealExcludes Excludes(string[] tree, UnrealPreset? preset = null) =>
        new(Listed("/p", tree).Discover().All, preset ?? UnrealPreset.Default, PathStyle.Unix);

    private static ListedFolders Listed(string root, string[] tree) =>
        new ListedFolders(root, tree).WithText("Plugins/Pre/Source/Pre/Pre.Build.cs", "public Pre() { bUsePrecompiled\t=\ttrue; }")
            .WithText("Source/Game/Game.Build.cs", "bUsePrecompiled = false;")
            .WithText("Plugins/Code/Code.uplugin", "{ \"Installed\": false, \"EnabledByDefault\": true }")
            .WithText("Plugins/Store/Store.uplugin", "{ \"FileVersion\": 3, \"Installed\" : true }")
            .WithText(".git/config", "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = https://example.org/game.git\n");

    private static DiskPath At(string path) => DiskPath.FromText("/p/" + path);
}
