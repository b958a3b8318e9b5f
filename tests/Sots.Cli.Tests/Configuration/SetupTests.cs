using System.Text.Json;
using System.Text;
using Sots.Cli.Setup;

namespace Sots.Cli.Tests.Configuration;

/// <summary><c>init</c> in a project.</summary>
public sealed class SetupTests : IDisposable
{
    private readonly ProjectScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task It_shows_what_would_be_done_and_without_terminal_or_yes_does_nothing()
    {
        string[] before = _scene.Listing();
        _scene.Cli.Space = new Sots.Backup.Alarms.DriveSpace(1L << 40, 1L << 41);
        CliResult result = await _scene.RunAsync("init");
        Assert.Equal(1, result.Code);
        Assert.StartsWith("Fatal: nothing was made: there is no terminal to ask\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("--yes", result.Error, StringComparison.Ordinal);
        Assert.Contains("Content", result.Out, StringComparison.Ordinal);
        Assert.Contains("made again by the build and the editor", result.Out, StringComparison.Ordinal);
        Assert.Contains($"repository: {_scene["Game_Backup", "repo"]}", result.Out, StringComparison.Ordinal);
        Assert.Contains("are free there: enough.", result.Out, StringComparison.Ordinal);
        Assert.Equal(before, _scene.Listing());
    }

    [Fact]
    public async Task It_makes_everything_and_a_second_time_changes_nothing()
    {
        CliResult first = await _scene.DoneAsync("init", "--yes");
        Assert.Contains("Keep a copy of it where a broken disk", first.Out, StringComparison.Ordinal);
        string password = _scene["Game_Backup", ".restic_pass.txt"];
        Assert.DoesNotContain(File.ReadAllText(password).Trim(), first.Out + first.Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(password));
        }

        Assert.Contains("sets 1 value", (await _scene.DoneAsync("config", "check")).Out, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_scene["Game"], "../Game_Backup/sots_backup_config.schema.json")));
        string[] listing = WithoutLogs();
        byte[][] content = [.. listing.Where(File.Exists).Select(File.ReadAllBytes)];
        CliResult second = await _scene.DoneAsync("init");
        Assert.Contains("nothing was changed", second.Out, StringComparison.Ordinal);
        Assert.Contains($"password file is there: {password}", second.Out, StringComparison.Ordinal);
        Assert.Equal(listing, WithoutLogs());
        Assert.Equal(content, listing.Where(File.Exists).Select(File.ReadAllBytes));
        await _scene.DoneAsync("push");
    }

    [Fact]
    public async Task What_flags_chose_is_what_the_config_says_from_then_on()
    {
        _scene.Write("pw", "my own");
        await _scene.DoneAsync("init", "--yes", "--project", ".", "--backup-root", _scene["B"], "-r", _scene["R"], "-p", _scene["pw"], "--compression", "max", "--pack-size", "64");
        Assert.True(File.Exists(_scene["R", "config"]));
        Assert.Equal((_scene["B"], _scene["R"], _scene["pw"], "max", "64M"), (
            (await _scene.ShownAsync("backup_root")).Value, (await _scene.ShownAsync("repository")).Value, (await _scene.ShownAsync("password_file")).Value,
            (await _scene.ShownAsync("compression")).Value, (await _scene.ShownAsync("pack_size")).Value));
        await _scene.DoneAsync("full");
        Assert.Single((await _scene.DoneAsync("snapshots", "--json")).OutLines);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 130)]
    public async Task On_a_terminal_it_asks_once_and_does_what_the_answer_says(bool answer, int code)
    {
        StringBuilder output = new(), error = new();
        int asked = 0;
        CliEnvironment environment = _scene.Cli.Environment(new StringWriter(output), new StringWriter(error)) with
        {
            AskYesNo = (question, _) =>
            {
                Assert.Equal("Set this up? [y/n] ", question);
                asked++;
                return answer;
            },
        };
        Assert.Equal((code, 1), (await CliRoot.RunAsync(["init"], environment, CancellationToken.None), asked));
        Assert.Equal(answer, File.Exists(_scene.Config));
        Assert.Equal(answer, Directory.Exists(_scene["Game_Backup"]));
        Assert.Equal(answer ? "" : "Nothing was made.\n", error.ToString());
    }

    [Fact]
    public async Task What_is_missing_is_made_and_what_is_there_stays()
    {
        _scene.Write("Game/sots_backup_config.json", "{ /* mine */ }");
        _scene.Write("Game_Backup/.restic_pass.txt", "chosen by hand");
        await _scene.DoneAsync("init", "--yes");
        Assert.Equal("{ /* mine */ }", File.ReadAllText(_scene.Config));
        Assert.Equal("chosen by hand", File.ReadAllText(_scene["Game_Backup", ".restic_pass.txt"]));
        _scene.Cli.Variables["RESTIC_PASSWORD"] = "chosen by hand";
        await _scene.DoneAsync("snapshots");
    }

    [Fact]
    public async Task A_repository_without_its_password_file_is_no_reason_for_a_new_password()
    {
        await _scene.DoneAsync("init", "--yes");
        File.Delete(_scene["Game_Backup", ".restic_pass.txt"]);
        CliResult result = await _scene.RunAsync("init", "--yes");
        Assert.Equal(1, result.Code);
        Assert.Contains("cannot be opened without it", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_scene["Game_Backup", ".restic_pass.txt"]));
    }

    [Fact]
    public async Task Cancelled_at_any_moment_it_leaves_no_half_written_file_and_goes_on_the_next_time()
    {
        for (int stopAt = 0; stopAt < 12; stopAt++)
        {
            using ProjectScene scene = new();
            using CancellationTokenSource stop = new();
            int lines = 0;
            using StringWriter counting = new CountingWriter(() =>
            {
                if (lines++ == stopAt)
                {
                    stop.Cancel();
                }
            });
            int code = await CliRoot.RunAsync(["init", "--yes", "-v"], scene.Cli.Environment(counting, TextWriter.Null), stop.Token);
            Assert.True(code is 0 or 130, $"{stopAt}: {code}");
            Assert.DoesNotContain(scene.Listing(), path => path.EndsWith(".tmp", StringComparison.Ordinal) && !path.EndsWith("skip.tmp", StringComparison.Ordinal));
            Assert.DoesNotContain(scene.Listing(), path => path.EndsWith(".setup.lock", StringComparison.Ordinal));
            await scene.DoneAsync("init", "--yes");
            await scene.DoneAsync("push");
            await scene.DoneAsync("config", "check");
        }
    }

    [Fact]
    public async Task Two_at_once_make_one_repository_that_opens()
    {
        CliResult[] results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => _scene.RunAsync("init", "--yes"))));
        Assert.Contains(results, result => result.Code == 0);
        Assert.All(results.Where(result => result.Code != 0), result => Assert.Contains("If another sots_backup is setting it up", result.Error, StringComparison.Ordinal));
        Assert.Single(Directory.GetFiles(_scene["Game_Backup", "repo", "keys"]));
        await _scene.DoneAsync("push");
        await _scene.DoneAsync("config", "check");
    }

    [Fact]
    public async Task The_editor_task_is_one_of_its_steps()
    {
        RecordingTask task = new();
        CliEnvironment environment = _scene.Cli.Environment(TextWriter.Null, TextWriter.Null);
        System.CommandLine.RootCommand root = new();
        GlobalOptions options = new();
        options.AddTo(root);
        root.Add(Commands.InitCommand.Build(environment, options, task));
        Assert.Equal(0, await root.Parse(["init", "--yes"]).InvokeAsync());
        Assert.Equal(0, await root.Parse(["init", "--yes"]).InvokeAsync());
        Assert.Equal(1, task.Added);
    }

    [Fact]
    public async Task As_json_it_tells_the_survey_with_reasons_and_then_what_was_made()
    {
        JsonElement[] first = Messages(await _scene.DoneAsync("init", "--yes", "--json"));
        Assert.Equal(["survey", "initialized", "setup"], first.Select(message => message.GetProperty("message_type").GetString()).Where(type => type != "editor_tasks"));
        JsonElement survey = first[0];
        Assert.Equal("Content", survey.GetProperty("saved")[0].GetProperty("name").GetString());
        Assert.Equal("assets and levels", survey.GetProperty("saved")[0].GetProperty("reason").GetString());
        Assert.Contains("Intermediate", survey.GetProperty("left_out").EnumerateArray().Select(line => line.GetProperty("name").GetString()));
        Assert.True(survey.GetProperty("saved_bytes").GetInt64() >= 5000 && survey.GetProperty("left_out_files").GetInt64() > 0);
        Assert.All(first[^1].GetProperty("parts").EnumerateArray(), part => Assert.True(part.GetProperty("made").GetBoolean() && Path.Exists(part.GetProperty("path").GetString())));

        JsonElement[] second = Messages(await _scene.DoneAsync("init", "--json"));
        Assert.Equal("setup", Assert.Single(second).GetProperty("message_type").GetString());
        Assert.All(second[0].GetProperty("parts").EnumerateArray(), part => Assert.False(part.GetProperty("made").GetBoolean()));
    }

    private static JsonElement[] Messages(CliResult result) => [.. result.OutLines.Select(line => JsonDocument.Parse(line).RootElement)];

    private string[] WithoutLogs()
    {
        string logs = _scene["Game_Backup", "logs"] + Path.DirectorySeparatorChar;
        return [.. _scene.Listing().Where(path => !path.StartsWith(logs, StringComparison.Ordinal))];
    }

    private sealed class RecordingTask : IEditorTask
    {
        public int Added { get; private set; }

        public string FileOf(ProjectSettings project) => Path.Combine(project.Root.Value, ".vscode", "tasks.json");

        public bool IsThere(ProjectSettings project) => Added > 0;

        public void Add(CommandRun run, ProjectSettings project) => Added++;
    }

    private sealed class CountingWriter(Action onWrite) : StringWriter
    {
        public override void Write(string? value)
        {
            base.Write(value);
            onWrite();
        }
    }
}
