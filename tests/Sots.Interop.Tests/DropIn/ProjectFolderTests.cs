namespace Sots.Interop.Tests.DropIn;

/// <summary>
/// A program that drives restic may do so in the folder of an Unreal project. With a repository named, restic's commands work on that
/// one as restic does: the project's config does not count, and no log is left anywhere.
/// </summary>
[Collection(BothPrograms.Name)]
public sealed class ProjectFolderTests(BothPrograms both)
{
    private const string Config = """{ "backup_root": "elsewhere", "compression": "off", "pack_size": "not even a size" }""";

    [Theory]
    [InlineData("backup . --host one")]
    [InlineData("snapshots --host one")]
    [InlineData("ls latest --json")]
    [InlineData("restore latest --target ../out")]
    [InlineData("check --json")]
    [InlineData("forget --keep-last 1 --host one")]
    public async Task A_project_around_it_changes_nothing(string command)
    {
        BothPrograms.SkipWithoutRestic();
        WriteProject();
        string[] before = Listing();
        (await both.RunAsync(command.Split(' '), folder: "Game")).AssertSame();
        Assert.Equal(before, Listing());
    }

    [Fact]
    public async Task What_the_project_leaves_out_is_saved()
    {
        BothPrograms.SkipWithoutRestic();
        WriteProject();
        (await both.RunAsync(["backup", ".", "--host", "one"], folder: "Game")).AssertSame();
        Outcome listed = await both.ResticAsync("ls", "latest");
        Assert.Contains("/Intermediate/a.tmp", listed.Out, StringComparison.Ordinal);
    }

    /// <summary>Everything but the repository and what was restored.</summary>
    private string[] Listing() =>
    [
        .. Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(both.Root)!, "*", SearchOption.AllDirectories)
            .Where(path => !path.StartsWith(both.Repository, StringComparison.Ordinal) && !path.StartsWith(Path.Combine(both.Root, "out"), StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private void WriteProject()
    {
        string game = Path.Combine(both.Root, "Game");
        if (Directory.Exists(game))
        {
            return;
        }

        Directory.CreateDirectory(Path.Combine(game, "Content"));
        Directory.CreateDirectory(Path.Combine(game, "Intermediate"));
        File.WriteAllText(Path.Combine(game, "Game.uproject"), """{ "FileVersion": 3 }""");
        Sots.Testing.Unreal.TestPackage.WriteText(Path.Combine(game, "Content", "a.uasset"), "asset");
        File.WriteAllText(Path.Combine(game, "Intermediate", "a.tmp"), "left out of the backups of a project");
        File.WriteAllText(Path.Combine(game, "sots_backup_config.json"), Config);
    }
}
