using System.Text.Json;

namespace Sots.Cli.Tests.Configuration;

/// <summary>What the config says is what is done.</summary>
public sealed class ConfigInForceTests : IDisposable
{
    private readonly ProjectScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task Flag_beats_variable_beats_config_beats_default()
    {
        Assert.Equal(("auto", "default"), await _scene.ShownAsync("compression"));
        _scene.Write("Game/sots_backup_config.json", "{\n\"compression\": \"better\", \"pack_size\": \"8M\",\n\"read_concurrency\": 5 }");
        Assert.Equal(("better", "sots_backup_config.json:2"), await _scene.ShownAsync("compression"));
        Assert.Equal(("5", "sots_backup_config.json:3"), await _scene.ShownAsync("read_concurrency"));
        _scene.Cli.Variables["RESTIC_COMPRESSION"] = "off";
        _scene.Cli.Variables["RESTIC_PACK_SIZE"] = "32";
        _scene.Cli.Variables["RESTIC_READ_CONCURRENCY"] = "9";
        Assert.Equal(("off", "$RESTIC_COMPRESSION"), await _scene.ShownAsync("compression"));
        Assert.Equal(("32M", "$RESTIC_PACK_SIZE"), await _scene.ShownAsync("pack_size"));
        Assert.Equal(("9", "$RESTIC_READ_CONCURRENCY"), await _scene.ShownAsync("read_concurrency"));
        Assert.Equal(("max", "--compression"), await _scene.ShownAsync("compression", "--compression", "max"));
    }

    [Fact]
    public async Task Every_key_is_shown_once_and_places_follow_from_the_backup_folder()
    {
        _scene.Write("Game/sots_backup_config.json", """{ "backup_root": "../Elsewhere" }""");
        using JsonDocument shown = JsonDocument.Parse((await _scene.DoneAsync("config", "show", "--json")).Out);
        Assert.Equal(Sots.Cli.Configuration.ConfigKeys.Table.Select(key => key.Name), shown.RootElement.GetProperty("values").EnumerateArray().Select(value => value.GetProperty("key").GetString()!));
        Assert.Equal((_scene["Elsewhere", "repo"], "sots_backup_config.json:1"), await _scene.ShownAsync("repository"));
        Assert.Equal((_scene["Elsewhere", "logs"], "sots_backup_config.json:1"), await _scene.ShownAsync("logs.folder"));
        Assert.Equal((_scene["Elsewhere", ".restic_pass.txt"], "sots_backup_config.json:1"), await _scene.ShownAsync("password_file"));
        await _scene.DoneAsync("full");
        Assert.True(File.Exists(_scene["Elsewhere", "repo", "config"]));
        Assert.False(Directory.Exists(_scene["Game_Backup"]));
    }

    [Fact]
    public async Task No_secret_is_shown()
    {
        _scene.Write("Game/sots_backup_config.json", """{ "password_command": "vault --token canary-7 get" }""");
        CliResult text = await _scene.DoneAsync("config", "show");
        Assert.DoesNotContain("canary-7", text.Out + (await _scene.DoneAsync("config", "show", "--json")).Out, StringComparison.Ordinal);
        Assert.Contains("vault ...", text.Out, StringComparison.Ordinal);
        _scene.Cli.Variables["RESTIC_PASSWORD"] = "canary-8";
        CliResult variable = await _scene.DoneAsync("config", "show");
        Assert.DoesNotContain("canary", variable.Out, StringComparison.Ordinal);
        Assert.Contains("$RESTIC_PASSWORD", variable.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Excludes_includes_tags_and_switches_decide_what_is_saved()
    {
        _scene.Write("lists/more.txt", "skip.tmp\n");
        _scene.Write("Game/sots_backup_config.json", """
            { "iexclude": ["*.UMAP"], "exclude_files": ["../lists/more.txt"], "include": ["Saved/Logs/keep.log"], "tags": ["nightly"], "unreal_preset": { "keep_intermediate": true } }
            """);
        await _scene.DoneAsync("full", "--tag", "mine,nightly");
        string[] saved = await _scene.SavedAsync();
        Assert.Contains("x.obj", saved);
        Assert.Contains("keep.log", saved);
        Assert.DoesNotContain("A.umap", saved);
        Assert.DoesNotContain("skip.tmp", saved);
        using JsonDocument snapshots = JsonDocument.Parse((await _scene.DoneAsync("snapshots", "--json")).Out);
        Assert.Equal(["full", "nightly", "mine"], snapshots.RootElement[0].GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!));
    }

    [Fact]
    public async Task The_preset_can_be_off_and_the_summary_says_who_said_so()
    {
        _scene.Write("Game/sots_backup_config.json", """{ "unreal_preset": { "enabled": false }, "exclude": ["skip.tmp"] }""");
        CliResult result = await _scene.DoneAsync("push");
        Assert.Contains("left out: nothing (unreal_preset.enabled is false, sots_backup_config.json:1)", result.Out, StringComparison.Ordinal);
        string[] saved = await _scene.SavedAsync();
        Assert.Contains("x.obj", saved);
        Assert.DoesNotContain("skip.tmp", saved);
        using JsonDocument snapshots = JsonDocument.Parse((await _scene.DoneAsync("snapshots", "--json")).Out);
        Assert.Equal("skip.tmp", snapshots.RootElement[0].GetProperty("excludes")[0].GetString());
    }

    [Fact]
    public async Task Compression_is_that_of_the_config()
    {
        _scene.Write("Game/Content/big.uasset", new string('x', 3_000_000));
        _scene.Write("Game/sots_backup_config.json", """{ "compression": "off" }""");
        await _scene.DoneAsync("full");
        Assert.True(Stored() > 3_000_000);

        long Stored() => new DirectoryInfo(_scene["Game_Backup", "repo", "data"]).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
    }

    [Theory]
    [InlineData("true", "push", "10", "best-effort: prio 7")]
    [InlineData("false", "push", "0", null)]
    [InlineData("true", "snapshots", "0", null)]
    public async Task Low_priority_is_what_the_threads_have_while_saving(string low, string verb, string niceness, string? disk)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "asks the programs nice and ionice");
        _scene.Write("Game/sots_backup_config.json", $$"""{ "low_priority": {{low}}, "password_command": "sh password.sh" }""");
        _scene.Write("Game/password.sh", "nice > ../nice.txt; ionice -p $$ > ../ionice.txt 2>/dev/null; echo word");
        _scene.Cli.Variables["RESTIC_PASSWORD_COMMAND"] = "echo word";
        await _scene.DoneAsync("init", "--yes");
        using System.Diagnostics.Process process = ProgramProcess.Start(_scene["Game"], new Dictionary<string, string?>(), [.. ProgramProcess.Words, verb, "-v"]);
        CliResult result = await ProgramProcess.FinishAsync(process);
        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(niceness, File.ReadAllText(_scene["nice.txt"]).Trim());
        string io = File.ReadAllText(_scene["ionice.txt"]).Trim();
        Assert.True(disk is null || io.Length == 0 || io == disk, io);
    }

    [Fact]
    public async Task The_config_is_found_from_below_and_by_flag_and_variable()
    {
        _scene.Write("Game/sots_backup_config.json", """{ "tags": ["own"] }""");
        _scene.Write("other/c.json", """{ "project_root": "../Game", "tags": ["other"] }""");
        _scene.Cli.WorkingDirectory = _scene["Game", "Content", "Maps"];
        Assert.Equal("""["own"]""", (await _scene.ShownAsync("tags")).Value);
        _scene.Cli.WorkingDirectory = _scene["other"];
        Assert.Equal(("""["other"]""", "c.json:1"), await _scene.ShownAsync("tags", "--config", "c.json"));
        Assert.Equal((_scene["Game"], "c.json:1"), await _scene.ShownAsync("project_root", "--config", "c.json"));
        _scene.Cli.Variables["SOTS_BACKUP_CONFIG"] = _scene["other", "c.json"];
        Assert.Equal("""["other"]""", (await _scene.ShownAsync("tags")).Value);
    }

    [Fact]
    public async Task A_config_above_that_names_another_project_is_not_this_ones()
    {
        _scene.Write("sots_backup_config.json", """{ "project_root": "Other", "tags": ["other"] }""");
        _scene.Write("Other/Other.uproject", "{}");
        Assert.Equal(("[]", "default"), await _scene.ShownAsync("tags"));
        Assert.Equal(_scene["Game"], (await _scene.ShownAsync("project_root")).Value);
        _scene.Cli.WorkingDirectory = _scene["Other"];
        Assert.Equal("""["other"]""", (await _scene.ShownAsync("tags")).Value);
        _scene.Cli.WorkingDirectory = _scene["."];
        Assert.Equal(_scene["Other"], (await _scene.ShownAsync("project_root")).Value);
    }

    [Fact]
    public async Task A_backup_is_reached_though_its_project_is_gone()
    {
        _scene.Write("sots_backup_config.json", """{ "project_root": "Game", "repository": "R", "password_file": "pw" }""");
        _scene.Write("pw", "secret");
        await _scene.DoneAsync("full");
        Directory.Delete(_scene["Game"], recursive: true);
        _scene.Cli.WorkingDirectory = _scene["."];
        Assert.Contains("full", (await _scene.DoneAsync("snapshots")).Out, StringComparison.Ordinal);
        CliResult push = await _scene.RunAsync("push");
        Assert.Equal(1, push.Code);
        Assert.Contains("which project_root names (sots_backup_config.json:1)", push.Error, StringComparison.Ordinal);
    }
}
