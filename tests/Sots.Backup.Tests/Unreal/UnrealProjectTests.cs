using Sots.Restic;
using Sots.Testing;
using Sots.Unreal;

namespace Sots.Backup.Tests.Unreal;

public class UnrealProjectTests
{
    [Fact]
    public void A_project_is_found_from_any_folder_in_it()
    {
        using TempFolder folder = new();
        Directory.CreateDirectory(folder["SOTS", "Content", "Maps"]);
        File.WriteAllText(folder["SOTS", "Sots.UProject"], "{ \"FileVersion\": 3, \"EngineAssociation\": \"5.4\", }");
        UnrealProject? project = UnrealProject.Find(folder["SOTS", "Content", "Maps"]);
        Assert.Equal((folder["SOTS"], "Sots", "5.4"), (project!.Root, project.Name, project.EngineAssociation));
        Assert.Null(UnrealProject.Find(folder.Path));
    }

    [Fact]
    public void Several_projects_in_a_folder_are_an_error_that_names_them()
    {
        using TempFolder folder = new();
        File.WriteAllText(folder["A.uproject"], "{}");
        File.WriteAllText(folder["B.uproject"], "{}");
        RepositoryException error = Assert.Throws<RepositoryException>(() => UnrealProject.Find(folder.Path));
        Assert.Equal(RepositoryErrorKind.InvalidRequest, error.Kind);
        Assert.Contains("A.uproject, B.uproject", error.Message, StringComparison.Ordinal);
        Assert.Equal("B", UnrealProject.Open(folder["B.uproject"]).Name);
    }

    [Fact]
    public void A_list_of_project_folders_leads_to_the_projects_below_them()
    {
        using TempFolder folder = new();
        Directory.CreateDirectory(folder["Games", "One"]);
        Directory.CreateDirectory(folder["Engine"]);
        File.WriteAllText(folder["Games", "One", "One.uproject"], "{}");
        File.WriteAllText(folder["Default.uprojectdirs"], "; comment\r\n./\r\nGames\\\r\n../\r\nabsent/\r\n");
        Assert.Equal("One", UnrealProject.Find(folder["Engine"])!.Name);
    }

    [Fact]
    public void A_file_that_is_not_there_is_no_project()
    {
        using TempFolder folder = new();
        File.WriteAllText(folder["readme.txt"], "");
        Assert.Throws<RepositoryException>(() => UnrealProject.Open(folder["absent.uproject"]));
        Assert.Throws<RepositoryException>(() => UnrealProject.Open(folder["readme.txt"]));
    }

    [Theory]
    [InlineData("{\"EngineAssociation\":\"{8C1D}\"}", "{8C1D}")]
    [InlineData("// by hand\n{ /* x */ \"engineassociation\": \"5.7\", }", "5.7")]
    [InlineData("{\"Modules\":[{\"EngineAssociation\":\"no\"}],\"EngineAssociation\":\"yes\"}", "yes")]
    [InlineData("{\"EngineAssociation\":\"\"}", "")]
    [InlineData("{\"EngineAssociation\":5.4}", null)]
    [InlineData("{\"EngineAssociation\":\"\\uD800\"}", null)]
    [InlineData("{\"a\":1", null)]
    [InlineData("version https://git-lfs.github.com/spec/v1", null)]
    [InlineData("", null)]
    public void The_engine_is_read_with_patience(string text, string? expected) =>
        Assert.Equal(expected, UnrealProject.ReadEngineAssociation(text));

    [Fact]
    public void Deep_nesting_is_no_danger() =>
        Assert.Null(UnrealProject.ReadEngineAssociation(string.Concat(Enumerable.Repeat("{\"a\":", 100_000))));
}
