using System.Text.Json;
using Sots.Testing;

namespace Sots.Cli.Tests.Assets;

/// <summary>What a push notices around the project: an editor, files that still change, rules that were hardly meant so.</summary>
public sealed class PushSurroundingsTests : IDisposable
{
    private readonly AssetScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task An_editor_that_has_the_project_open_is_told_and_a_tag()
    {
        _scene.Cli.Editor = "UnrealEditor (process 4711)";
        CliResult push = await _scene.RunAsync(0, "push");
        Assert.Contains("UnrealEditor (process 4711) has the project open: what is not saved there yet is not in this snapshot (tag editor-open)\n", push.Out, StringComparison.Ordinal);
        _scene.Cli.Editor = null;
        await _scene.RunAsync(0, "push");
        JsonElement[] snapshots = await _scene.SnapshotsAsync();
        Assert.Equal(["push,editor-open", "push"], snapshots.Select(saved => string.Join(',', saved.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()))));
        Assert.Equal(snapshots[0].GetProperty("id").GetString(), snapshots[1].GetProperty("parent").GetString());
    }

    [Fact]
    public async Task A_project_that_nobody_saved_to_for_long_is_not_waited_for()
    {
        _scene.Cli.Clock = new ShiftedTime { By = TimeSpan.FromDays(3650) };
        CliResult push = await _scene.RunAsync(0, "push", "--wait-quiet", "10s");
        Assert.Contains("quiet: nothing under Content has changed for 10s\n", push.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("waiting until", push.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_wait_comes_from_the_config_too_and_no_duration_is_refused()
    {
        _scene.Write("sots_backup_config.json", """{ "wait_quiet": "1ms", "wait_quiet_limit": "2ms" }"""u8.ToArray());
        Assert.Single(AssetScene.Messages((await _scene.RunAsync(0, "push", "--json")).Out, "quiet"));
        Assert.Empty(AssetScene.Messages((await _scene.RunAsync(0, "push", "--json", "--wait-quiet", "0")).Out, "quiet"));
        Assert.Contains("'soon' is no duration for --wait-quiet", (await _scene.RunAsync(1, "push", "--wait-quiet", "soon")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content", "leaves out Content: ")]
    [InlineData("*.uasset", "leaves out *.uasset in Content: ")]
    [InlineData("*.uproject", "leaves out *.uproject: ")]
    [InlineData("/**/Config", "leaves out Config: ")]
    public async Task A_rule_that_leaves_out_what_a_project_cannot_be_without_is_questioned_everywhere(string pattern, string expected)
    {
        _scene.Write("sots_backup_config.json", JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string[]> { ["exclude"] = [pattern] }));
        foreach (string[] words in (string[][])[["push"], ["why", "Content"], ["config", "check"]])
        {
            CliResult result = await _scene.RunAsync(0, words);
            Assert.Contains($"your exclude \"{pattern}\" (exclude, sots_backup_config.json:1) {expected}", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Usual_rules_are_not_questioned()
    {
        _scene.Write("sots_backup_config.json", """{ "exclude": ["*.tmp", "Content/Developers", "Content/Movies/*.mp4", "!keep.tmp"] }"""u8.ToArray());
        Assert.Equal("", (await _scene.RunAsync(0, "push")).Error);
    }

    [Fact]
    public async Task Why_names_the_rule_that_decides()
    {
        _scene.Write("sots_backup_config.json", """{ "exclude": ["*.tmp"], "include": ["Saved/Logs/keep.log"] }"""u8.ToArray());
        _scene.Write("Plugins/Bought/Bought.uplugin", "{}"u8.ToArray());
        _scene.Write("Plugins/Bought/Binaries/Win64/x.dll", [1]);
        _scene.Write("Source/Game/Game.Build.cs", [1]);
        _scene.Write("Plugins/Own/Own.uplugin", "{}"u8.ToArray());
        _scene.Write("Plugins/Own/Source/Own.Build.cs", [1]);
        Assert.Equal("saved: there is no source in " + _scene.PathOf("Plugins/Bought") + " to build them from", await SecondAsync("Plugins/Bought/Binaries/Win64/x.dll"));
        Assert.Equal("left out: compiled from the source beside it", await SecondAsync("Plugins/Own/Binaries/Win64/x.dll"));
        Assert.Equal("left out: made again by the build and the editor", await SecondAsync("Intermediate/Build/a.obj"));
        Assert.Equal("left out: your own exclude", await SecondAsync("Content/a.tmp"));
        Assert.Equal("saved: your include takes it back", await SecondAsync("Saved/Logs/keep.log"));
        Assert.Equal("left out: records of past runs", await SecondAsync("Saved/Logs/other.log"));
        Assert.Equal("saved: assets and levels are always saved", await SecondAsync("Content/Lamp.uasset"));
        Assert.Equal("saved: no rule leaves it out", await SecondAsync("Unknown/x.bin"));
        CliResult json = await _scene.RunAsync(0, "why", "--json", "Intermediate/Build/a.obj", "Content/a.tmp");
        Assert.Equal([("Intermediate", "Unreal preset, Intermediate"), ("", "own")], AssetScene.Messages(json.Out, "why").Select(static why =>
            (why.TryGetProperty("folder", out JsonElement folder) ? folder.GetString() : "", why.GetProperty("source").GetString())));
        Assert.Contains("is not in the project", (await _scene.RunAsync(1, "why", "../x")).Error, StringComparison.Ordinal);

        async Task<string> SecondAsync(string path) => (await _scene.RunAsync(0, "why", path)).OutLines[1].Trim();
    }

    [Fact]
    public async Task Sizes_has_both_sides_by_class()
    {
        _scene.Write("Intermediate/a.obj", new byte[2048]);
        CliResult sizes = await _scene.RunAsync(0, "sizes");
        Assert.Matches(@"would be saved\n(.*\n)* .* Content +assets and levels\n", sizes.Out);
        Assert.Matches(@"2\.000 KiB in 1 file would be left out\n +2\.000 KiB +1 file +Intermediate +made again", sizes.Out);
        Assert.Equal(2048, Assert.Single(AssetScene.Messages((await _scene.RunAsync(0, "sizes", "--json")).Out, "survey")).GetProperty("left_out_bytes").GetInt64());
    }
}
