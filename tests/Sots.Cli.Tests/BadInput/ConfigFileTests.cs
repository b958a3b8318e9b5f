using System.Diagnostics;
using Sots.Testing;

namespace Sots.Cli.Tests.BadInput;

/// <summary>Config files and projects that are missing, broken, unreadable or something else: a refusal with its reason, and nothing done.</summary>
public sealed class ConfigFileTests : IDisposable
{
    private const string Name = "sots_backup_config.json";

    private readonly Scene _scene = new();

    public ConfigFileTests()
    {
        _scene.Variables.Clear();
        _scene.Write("Game.uproject", "{}");
        _scene.Write("Content/a.umap", "map");
    }

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("", "line 1: it is empty")]
    [InlineData("{ \"tags\": [", "line 1: it is no JSON")]
    [InlineData("{\n\"compresion\": 1 }", "line 2: unknown key \"compresion\"; did you mean \"compression\"?")]
    [InlineData("\u0000\u0001\u0002", "line 1: it is no text in UTF-8")]
    [InlineData("{ \"project_root\": \"nowhere\\u0000\" }", "line 1: project_root holds a control character")]
    [InlineData("{ \"exclude_files\": [\"gone.txt\"] }", "gone.txt")]
    [InlineData("{ \"repository\": \"Content\" }", "lie in each other")]
    public async Task A_broken_config_stops_every_command_that_would_follow_it(string content, string words)
    {
        _scene.Write(Name, content);
        await _scene.RefusesAsync(1, [words], "push");
        if (!words.Contains("lie in", StringComparison.Ordinal))
        {
            await _scene.RefusesAsync(1, [words], "config", "check");
        }
    }

    [Fact]
    public async Task Every_mistake_is_in_one_message_with_the_file_and_what_to_do()
    {
        _scene.Write(Name, "{\n\"tagz\": [],\n\"pack_size\": 1\n}");
        CliResult result = await _scene.RefusesAsync(1, [_scene[Name], "line 2: unknown key \"tagz\"", "line 3: pack_size must be", "config check"], "full");
        Assert.Equal("", result.Out);
        CliResult json = await _scene.RefusesAsync(1, ["\"message_type\":\"exit_error\"", "line 3: pack_size"], "config", "show", "--json");
        Assert.Single(json.ErrorLines);
    }

    [Fact]
    public async Task A_folder_a_pipe_and_a_huge_file_are_no_config()
    {
        Directory.CreateDirectory(_scene[Name]);
        await _scene.RefusesAsync(1, ["it is a folder", "--config"], "push");
        Directory.Delete(_scene[Name]);
        File.WriteAllBytes(_scene[Name], new byte[(1 << 20) + 1]);
        await _scene.RefusesAsync(1, ["longer than 1048576 bytes"], "push");
        File.Delete(_scene[Name]);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "makes a pipe");
        Assert.Equal(0, (await _scene.ScriptAsync($"mkfifo {Name}")).Code);
        CliResult pipe = await _scene.RunAsync("push");
        Scene.Refused(1, ["it is empty"], pipe);
    }

    [Fact]
    public async Task A_config_that_was_named_must_be_there_and_be_readable()
    {
        await _scene.RefusesAsync(1, ["the config", "does not exist", "--config"], "push", "--config", "other.json");
        _scene.Write("other.json", "{}");
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName != "root", "permissions do not stop this user");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_scene["other.json"], UnixFileMode.None);
        }

        await _scene.RefusesAsync(1, ["cannot be read", "right to read it"], "push", "--config", "other.json");
    }

    [Fact]
    public async Task A_project_root_without_a_project_is_named_with_its_line()
    {
        string folder = _scene["elsewhere"];
        Directory.CreateDirectory(folder);
        File.Delete(_scene["Game.uproject"]);
        _scene.Write(Name, "{\n\"project_root\": \"elsewhere\" }");
        await _scene.RefusesAsync(1, ["there is no Unreal project (*.uproject) in " + folder, Name + ":2"], "push");
    }

    [Fact]
    public async Task Init_says_why_it_cannot_write_and_leaves_nothing_half_written()
    {
        using TempFolder outside = new();
        File.WriteAllText(outside["blocked"], "a file");
        CliResult folder = await _scene.RefusesAsync(1, ["cannot be made", "--backup-root"], "init", "--yes", "--backup-root", outside["blocked", "B"]);
        Assert.DoesNotContain("created", folder.Out, StringComparison.Ordinal);
        File.WriteAllText(_scene[Name], "{ broken");
        await _scene.RefusesAsync(1, ["it is no JSON"], "init", "--yes");
        File.Delete(_scene[Name]);
        await _scene.RefusesAsync(1, ["lie in each other"], "init", "--yes", "--backup-root", "Backup");
    }

    [Fact]
    public async Task Init_asks_nothing_where_there_is_no_terminal()
    {
        using Process process = _scene.Start("init", "--backup-root", "../B-" + Path.GetFileName(_scene.Root));
        CliResult result = await ProgramProcess.FinishAsync(process);
        Scene.Refused(1, ["there is no terminal to ask", "--yes"], result);
        Assert.False(Directory.Exists(_scene.Root + "/../B-" + Path.GetFileName(_scene.Root)));
    }

    [Fact]
    public async Task Outside_of_a_project_init_says_where_to_go()
    {
        File.Delete(_scene["Game.uproject"]);
        await _scene.RefusesAsync(1, ["there is no Unreal project (*.uproject)", "--project"], "init", "--yes");
    }
}
