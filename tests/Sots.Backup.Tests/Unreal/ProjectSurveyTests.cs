using Sots.Backup.Sources;
using Sots.Testing;
using Sots.Unreal;

namespace Sots.Backup.Tests.Unreal;

/// <summary>What a project holds, and what wins over the preset.</summary>
public sealed class ProjectSurveyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public ProjectSurveyTests()
    {
        Write("Game.uproject", 10);
        Write("Content/A.uasset", 1000);
        Write("Content/Intermediate/Mine.uasset", 200);
        Write("Mods/x.bin", 50);
        Write("Intermediate/Build/a.obj", 400);
        Write("Intermediate/Build/a.pdb", 30);
        Write("DerivedDataCache/x.ddc", 5000);
        Write("Saved/Logs/Keep/l.log", 3);
        Write("Saved/Logs/m.log", 4);
        Write("Plugins/P/P.uplugin", 1);
        Write("Plugins/P/Intermediate/p.obj", 600);
    }

    private string Root => _folder["Game"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_file_is_counted_once_by_what_it_is_the_largest_first()
    {
        ProjectSurvey survey = Of([], ExcludeRules.None);
        Assert.Equal([("Content", 2L, 1200L), ("Mods", 1, 50), ("files beside them", 1, 10), ("Plugins", 1, 1)], survey.Saved.Select(line => (line.Name, line.Files, line.Bytes)));
        Assert.Equal(
            [("DerivedDataCache", 1L, 5000L), ("Intermediate", 3, 1030), ("logs, crashes, profiles", 2, 7)],
            survey.LeftOut.Select(line => (line.Name, line.Files, line.Bytes)));
        Assert.Equal((5L, 1261L, 6L, 6037L, 0L), (survey.SavedFiles, survey.SavedBytes, survey.LeftOutFiles, survey.LeftOutBytes, survey.Unreadable));
        Assert.All(survey.Saved.Concat(survey.LeftOut), line => Assert.NotEqual("", line.Reason));
    }

    [Theory]
    [InlineData("Saved/Logs/Keep", 3)]
    [InlineData("/saved/logs/keep/l.LOG", 3)]
    [InlineData("Saved/Logs", 7)]
    [InlineData("**/*.pdb", 30)]
    [InlineData("Intermediate", 1030)]
    [InlineData("*.pdb", 0)]
    [InlineData("Nothing/There", 0)]
    public void A_pattern_wins_over_the_preset_and_leads_into_folders_where_it_has_a_slash(string include, long more)
    {
        ProjectSurvey survey = Of([include], ExcludeRules.None);
        Assert.Equal((1261 + more, 6037 - more), (survey.SavedBytes, survey.LeftOutBytes));
    }

    [Fact]
    public void An_exclude_of_ones_own_wins_over_an_include()
    {
        ProjectSurvey survey = Of(["Saved/Logs"], new ResticExcludes(new ResticExcludeOptions { Patterns = ["*.log", "Mods"], LargerThanBytes = 999 }));
        Assert.Equal(("your own excludes", 4L, 1057L), Assert.Single(survey.LeftOut.Where(line => line.Name == "your own excludes").Select(line => (line.Name, line.Files, line.Bytes))));
    }

    [Fact]
    public void Without_a_preset_everything_is_saved()
    {
        PresetExcludes none = new(preset: null, Root, ["Saved/Logs"]);
        Assert.False(none.HasPreset);
        Assert.Empty(ProjectSurvey.Of(Root, none, ExcludeRules.None, CancellationToken.None).LeftOut);
    }

    private ProjectSurvey Of(string[] include, ExcludeRules own) =>
        ProjectSurvey.Of(Root, new PresetExcludes(UnrealExcludes.Discover(Root, null, CancellationToken.None), Root, include), own, CancellationToken.None);

    private void Write(string path, int length)
    {
        string full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, new byte[length]);
    }
}
