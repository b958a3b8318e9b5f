using System.Text.Json;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests;

/// <summary>The commands for Unreal projects and their defaults.</summary>
public sealed class ProjectCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CliRunner _cli;

    public ProjectCommandTests()
    {
        Write("Game/Game.uproject", "{}");
        Write("Game/Content/Maps/A.umap", "map");
        Write("Game/Intermediate/x.obj", "regenerable");
        _cli = new CliRunner(_folder) { WorkingDirectory = _folder["Game"] };
        _cli.Variables.Clear();
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("full")]
    [InlineData("push")]
    public async Task The_first_run_makes_everything_beside_the_project(string verb)
    {
        CliResult result = await _cli.RunAsync(verb);
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.True(File.Exists(_folder["Game_Backup", "repo", "config"]));
        Assert.True(File.Exists(_folder["Game_Backup", ".restic_pass.txt"]));
        Assert.True(Directory.Exists(_folder["Game_Backup", "logs"]));
        using JsonDocument snapshots = JsonDocument.Parse((await _cli.RunAsync("snapshots", "--json")).Out);
        Assert.Equal(verb, snapshots.RootElement[0].GetProperty("tags")[0].GetString());
        Assert.Equal(_folder["Game"], snapshots.RootElement[0].GetProperty("paths")[0].GetString());
    }

    [Fact]
    public async Task Regenerable_files_are_left_out_unless_asked_for_and_the_project_comes_back()
    {
        await _cli.RunAsync("full");
        Assert.Equal(0, (await _cli.RunAsync("restore-latest", "--target", _folder["back"])).Code);
        Assert.Equal("map", TestPackage.ReadText(_folder["back", "Content", "Maps", "A.umap"]));
        Assert.False(Directory.Exists(_folder["back", "Intermediate"]));
        await _cli.RunAsync("push", "--no-preset");
        Assert.Equal(0, (await _cli.RunAsync("restore-latest", "--target", _folder["all"])).Code);
        Assert.Equal("regenerable", File.ReadAllText(_folder["all", "Intermediate", "x.obj"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_snapshot_that_was_made_in_the_folder_with_a_relative_path_comes_back_as_well(bool byRestic)
    {
        await _cli.RunAsync("full");
        Write("Game/Content/Maps/A.umap", "newer");
        string repository = _folder["Game_Backup", "repo"], password = _folder["Game_Backup", ".restic_pass.txt"];
        if (byRestic)
        {
            Assert.SkipWhen(ResticBinaries.Find("0.19.1") is null, ResticBinaries.Absent);
            new ResticProgram(ResticBinaries.Find("0.19.1")!, repository, _folder["Game"]).Succeed("-p", password, "backup", ".");
        }
        else
        {
            Assert.Equal(0, (await _cli.RunAsync("backup", ".", "-r", repository, "-p", password)).Code);
        }

        CliResult result = await _cli.RunAsync("restore-latest", "--target", _folder["back"], "--verify");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal("newer", TestPackage.ReadText(_folder["back", "Content", "Maps", "A.umap"]));
        Assert.True(File.Exists(_folder["back", "Game.uproject"]));
    }

    [Fact]
    public async Task The_project_is_found_from_a_folder_below_it_and_by_flag()
    {
        _cli.WorkingDirectory = _folder["Game", "Content", "Maps"];
        Assert.Equal(0, (await _cli.RunAsync("init", "--yes")).Code);
        _cli.WorkingDirectory = _folder.Path;
        Assert.Equal(0, (await _cli.RunAsync("push", "--project", "Game")).Code);
        CliResult nowhere = await _cli.RunAsync("push");
        Assert.Equal(1, nowhere.Code);
        Assert.StartsWith($"Fatal: there is no Unreal project (*.uproject) in {_folder.Path} or above it\n", nowhere.Error, StringComparison.Ordinal);
        Assert.Contains("sots_backup backup", nowhere.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("full", "--project", "link")]
    [InlineData("push", "--project", "link/Content")]
    [InlineData("push", "--config", "config.json")]
    public async Task A_project_whose_folder_is_a_link_is_saved_as_the_folder_it_leads_to(string verb, string flag, string value)
    {
        Directory.CreateSymbolicLink(_folder["link"], "Game");
        Write("config.json", """{ "project_root": "link" }""");
        _cli.WorkingDirectory = _folder.Path;
        CliResult result = await _cli.RunAsync(verb, flag, value);
        Assert.Equal((0, ""), (result.Code, result.Error));
        using JsonDocument snapshots = JsonDocument.Parse((await _cli.RunAsync("snapshots", "--json", flag == "--config" ? flag : "-r", flag == "--config" ? value : "Game_Backup/repo", "-p", "Game_Backup/.restic_pass.txt")).Out);
        Assert.Equal(_folder["Game"], snapshots.RootElement[0].GetProperty("paths")[0].GetString());
        Assert.Equal(2, snapshots.RootElement[0].GetProperty("summary").GetProperty("total_files_processed").GetInt64());
    }

    [Fact]
    public async Task A_folder_that_only_lies_behind_a_link_is_recorded_as_it_is_named()
    {
        Directory.CreateDirectory(_folder["Disk"]);
        Directory.Move(_folder["Game"], _folder["Disk", "Game"]);
        Directory.CreateSymbolicLink(_folder["Work"], "Disk");
        _cli.WorkingDirectory = _folder["Work", "Game"];
        Assert.Equal(0, (await _cli.RunAsync("push")).Code);
        using JsonDocument snapshots = JsonDocument.Parse((await _cli.RunAsync("snapshots", "--json")).Out);
        Assert.Equal(_folder["Work", "Game"], snapshots.RootElement[0].GetProperty("paths")[0].GetString());
    }

    [Fact]
    public async Task Paths_that_lead_through_a_link_to_the_project_are_paths_of_the_project()
    {
        Directory.CreateSymbolicLink(_folder["link"], "Game");
        _cli.WorkingDirectory = _folder.Path;
        Assert.Equal(0, (await _cli.RunAsync("full", "--project", "link")).Code);
        Assert.StartsWith(_folder["Game", "Content", "Maps", "A.umap"], (await _cli.RunAsync("why", "--project", "link", "link/Content/Maps/A.umap")).Out, StringComparison.Ordinal);
        Assert.Contains("not in the project", (await _cli.RunAsync("why", "--project", "link", _folder["other"])).Error, StringComparison.Ordinal);
        foreach (string path in (string[])[_folder["link", "Content", "Maps", "A.umap"], "link/Content", _folder["link"]])
        {
            Write("Game/Content/Maps/A.umap", "edited");
            Assert.Equal(0, (await _cli.RunAsync("restore-latest", "--project", "link", "--in-place", "--yes", "--path", path)).Code);
            Assert.Equal("map", TestPackage.ReadText(_folder["Game", "Content", "Maps", "A.umap"]));
        }

        CliResult inside = await _cli.RunAsync("restore-latest", "--project", "Game", "--target", _folder["link", "copy"]);
        Assert.Equal(1, inside.Code);
        Assert.Contains("lies in the project", inside.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_may_not_lie_in_the_project_behind_a_link()
    {
        Directory.CreateSymbolicLink(_folder["link"], "Game");
        CliResult result = await _cli.RunAsync("push", "--backup-root", _folder["link", "Backup"]);
        Assert.Equal(1, result.Code);
        Assert.Contains("lie in each other", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["Game", "Backup"]));
    }

    [Fact]
    public async Task A_link_that_restics_own_verb_is_given_is_saved_as_a_link()
    {
        Directory.CreateSymbolicLink(_folder["link"], "Game");
        await _cli.RunAsync("init", "--yes");
        Assert.Equal(0, (await _cli.RunAsync("backup", _folder["link"])).Code);
        Assert.DoesNotContain("A.umap", (await _cli.RunAsync("ls", "latest")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_without_a_file_is_made_only_with_force()
    {
        CliResult refused = await _cli.RunAsync("full", "--exclude", "*.uproject", "--exclude", "*.umap");
        Assert.Equal(1, refused.Code);
        Assert.Contains($"no file of the project {_folder["Game"]} would be in it; no snapshot was made", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _cli.RunAsync("full", "--exclude", "*.uproject", "--exclude", "*.umap", "--force")).Code);
    }

    [Fact]
    public async Task Flags_choose_other_places()
    {
        File.WriteAllText(_folder["pw"], "my own");
        Assert.Equal(0, (await _cli.RunAsync("full", "--backup-root", _folder["B"], "-r", _folder["R"], "-p", _folder["pw"])).Code);
        Assert.True(File.Exists(_folder["R", "config"]));
        Assert.False(Directory.Exists(_folder["Game_Backup"]));
        Assert.False(File.Exists(_folder["B", ".restic_pass.txt"]));
        Assert.Equal(0, (await _cli.RunAsync("snapshots", "-r", _folder["R"], "-p", _folder["pw"])).Code);
    }

    [Fact]
    public async Task A_lost_password_file_is_never_replaced()
    {
        await _cli.RunAsync("full");
        File.Delete(_folder["Game_Backup", ".restic_pass.txt"]);
        CliResult result = await _cli.RunAsync("push");
        Assert.Equal(1, result.Code);
        Assert.Contains("does not exist: the password cannot be read", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["Game_Backup", ".restic_pass.txt"]));
    }

    [Fact]
    public async Task A_backup_in_the_project_is_refused()
    {
        CliResult result = await _cli.RunAsync("full", "--backup-root", _folder["Game", "Backup"]);
        Assert.Equal(1, result.Code);
        Assert.Contains("lie in each other", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["Game", "Backup"]));
    }

    [Fact]
    public async Task A_restore_into_the_project_has_to_be_asked_for()
    {
        await _cli.RunAsync("full");
        File.WriteAllText(_folder["Game", "Content", "Maps", "A.umap"], "broken");
        CliResult refused = await _cli.RunAsync("restore-latest", "--target", _folder["Game"]);
        Assert.Equal(1, refused.Code);
        Assert.Equal("broken", TestPackage.ReadText(_folder["Game", "Content", "Maps", "A.umap"]));
        Assert.Equal(0, (await _cli.RunAsync("restore-latest", "--in-place", "--yes")).Code);
        Assert.Equal("map", TestPackage.ReadText(_folder["Game", "Content", "Maps", "A.umap"]));
    }

    [Fact]
    public async Task Without_a_snapshot_of_the_project_nothing_is_restored()
    {
        await _cli.RunAsync("init", "--yes");
        CliResult result = await _cli.RunAsync("restore-latest", "--target", _folder["out"]);
        Assert.Equal(1, result.Code);
        Assert.Contains("There is no snapshot of", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public async Task The_demo_goes_through()
    {
        CliResult result = await _cli.RunAsync("demo");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains(": 0 differences;", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a/b", "/a/b")]
    [InlineData(@"C:\UE5\SOTS", "/C/UE5/SOTS")]
    [InlineData(@"c:\", "/c")]
    [InlineData(@"\\server\share\Games\Town", @"/\\server\share/Games/Town")]
    public void A_recorded_path_is_found_in_the_tree(string path, string inTree) => Assert.Equal(inTree, Commands.SnapshotPath.OfTarget(path));

    [Theory]
    [InlineData(@"d:\town", @"D:\Town", true)]
    [InlineData(@"D:\Town", @"D:\Town2", false)]
    [InlineData("/d/town", "/d/town", true)]
    [InlineData("/d/town", "/D/Town", false)]
    public void Only_on_Windows_is_another_spelling_the_same_folder(string recorded, string folder, bool same) =>
        Assert.Equal(same, Commands.SnapshotPath.IsSame(recorded, folder));

    private void Write(string path, string text)
    {
        string full = Path.Combine(_folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        TestPackage.WriteText(full, text);
    }
}
