using System.Text.Json;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests.Assets;

/// <summary>The packages of a folder, of a snapshot and of a restored tree are judged alike, and summed up by cause.</summary>
public sealed class VerifyAssetsTests : IDisposable
{
    private readonly AssetScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task A_whole_project_and_its_snapshot_are_whole_and_nothing_is_written()
    {
        CliResult project = await _scene.RunAsync(0, "verify-assets");
        Assert.Contains($"4 packages examined, ", project.Out, StringComparison.Ordinal);
        Assert.Contains("all whole", project.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scene["Game_Backup"]));
        await _scene.RunAsync(0, "push");
        Assert.Contains("all whole", (await _scene.RunAsync(0, "verify-assets", "latest")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_snapshot_part_of_it_file_and_restored_tree_say_the_same()
    {
        await _scene.RunAsync(0, "push");
        string good = await _scene.NewestAsync();
        _scene.Truncate("Content/Lamp.uasset", 1000);
        _scene.Write("Content/Maps/Arena.umap", new byte[500]);
        _scene.Write("Content/Far.uasset", new PackageWriter { VirtualizedPayloads = 1 }.Write());
        await _scene.RunAsync(3, "push");
        await _scene.RunAsync(0, "restore-latest", "--target", _scene["back"]);
        foreach (string[] words in (string[][])[[], ["."], ["latest"], [await _scene.NewestAsync()], [_scene["back"]]])
        {
            CliResult result = await _scene.RunAsync(3, ["verify-assets", .. words]);
            Assert.Contains("2 damaged\n  1 nothing but zeros\n  1 cut off, or overwritten at the end\n  1 whole, with a part of the data in a store of the team", result.Out, StringComparison.Ordinal);
            Assert.Contains("Content/Maps/Arena.umap\n", result.Error, StringComparison.Ordinal);
            Assert.Equal(words is not [var tree] || tree != _scene["back"] ? 2 : 0, result.ErrorLines.Count(line => line.Contains($"whole in snapshot {good} of", StringComparison.Ordinal)));
        }

        Assert.Contains("1 package examined", (await _scene.RunAsync(3, "verify-assets", "latest:Content/Maps")).Out, StringComparison.Ordinal);
        Assert.Contains("1 package examined", (await _scene.RunAsync(3, "verify-assets", "Content/Lamp.uasset")).Out, StringComparison.Ordinal);
        Assert.Contains("all whole", (await _scene.RunAsync(0, "verify-assets", good)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_sum_by_cause_and_each_asset()
    {
        await _scene.RunAsync(0, "push");
        _scene.Write("Content/Lamp.uasset", []);
        CliResult result = await _scene.RunAsync(3, "verify-assets", "--json");
        JsonElement sum = Assert.Single(AssetScene.Messages(result.Out, "asset_check"));
        Assert.Equal((4L, 1L, 0L), (sum.GetProperty("packages").GetInt64(), sum.GetProperty("damaged").GetInt64(), sum.GetProperty("problems").GetInt64()));
        JsonElement cause = Assert.Single(sum.GetProperty("causes").EnumerateArray());
        Assert.Equal(("empty", 1L, true), (cause.GetProperty("cause").GetString(), cause.GetProperty("packages").GetInt64(), cause.GetProperty("is_damage").GetBoolean()));
        Assert.Equal("Content/Lamp.uasset", Assert.Single(AssetScene.Messages(result.Error, "damaged_asset")).GetProperty("path").GetString());
    }

    [Fact]
    public async Task What_was_forgotten_is_known_again_after_the_newest_snapshot_was_examined()
    {
        await _scene.RunAsync(0, "push");
        _scene.Truncate("Content/Lamp.uasset", 1000);
        await _scene.RunAsync(3, "push");
        File.Delete(_scene.KnownDamage);
        Assert.DoesNotContain("damaged", (await _scene.Cli.RunAsync("status")).Out, StringComparison.Ordinal);
        await _scene.RunAsync(3, "verify-assets", "latest");
        Assert.Contains("1 asset is damaged in the newest snapshot: Content/Lamp.uasset", (await _scene.RunAsync(3, "status")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_left_out_of_backups_is_not_examined_and_what_is_nothing_is_said_to_be()
    {
        _scene.Write("Saved/Cooked/Windows/X.uasset", "junk"u8.ToArray());
        await _scene.RunAsync(0, "verify-assets");
        CliResult nothing = await _scene.RunAsync(1, "verify-assets", "no/such/folder");
        Assert.Contains("'no/such/folder' is no folder, no file and no snapshot", nothing.Error, StringComparison.Ordinal);
        Assert.Equal(10, (await _scene.Cli.RunAsync("verify-assets", "latest")).Code);
    }

    [Fact]
    public async Task A_snapshot_of_a_folder_that_is_no_project_is_examined_too()
    {
        _scene.Cli.Variables["RESTIC_PASSWORD"] = "correct horse";
        File.Delete(_scene.PathOf("Game.uproject"));
        await _scene.RunAsync(0, "init", "-r", _scene["R"]);
        await _scene.RunAsync(0, "backup", "-r", _scene["R"], _scene["Game"]);
        _scene.Truncate("Content/Lamp.uasset", 1000);
        await _scene.RunAsync(0, "backup", "-r", _scene["R"], _scene["Game"]);
        CliResult result = await _scene.RunAsync(3, "verify-assets", "latest", "-r", _scene["R"]);
        Assert.Contains("to get it back: sots_backup restore ", result.Error, StringComparison.Ordinal);
        Assert.Contains("1 damaged", (await _scene.RunAsync(3, "verify-assets", _scene["Game"])).Out, StringComparison.Ordinal);
    }
}
