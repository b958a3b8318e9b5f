using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sots.Cli.EditorTask;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests.EditorTask;

/// <summary>The command, its file on a disk, and what the editor would start.</summary>
public sealed class VscodeCommandTests : IDisposable
{
    private static readonly JsonDocumentOptions AsEditor = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly TempFolder _folder = new();
    private readonly CliRunner _cli;

    public VscodeCommandTests()
    {
        Directory.CreateDirectory(_folder["My Game", "Content"]);
        File.WriteAllText(_folder["My Game", "Game.uproject"], "{}");
        TestPackage.WriteText(_folder["My Game", "Content", "a.uasset"], "asset");
        _cli = new CliRunner(_folder) { WorkingDirectory = _folder["My Game"] };
    }

    private string TasksPath => _folder["My Game", ".vscode", "tasks.json"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_file_is_made_and_the_second_time_nothing_is_written()
    {
        CliResult first = await _cli.RunAsync("vscode", "--program", "sots_backup");
        Assert.Equal(0, first.Code);
        Assert.StartsWith($"created {TasksPath}\nadded: push sots_backup, ", first.Out, StringComparison.Ordinal);
        byte[] before = File.ReadAllBytes(TasksPath);
        File.SetLastWriteTimeUtc(TasksPath, DateTime.UnixEpoch);
        CliResult second = await _cli.RunAsync("vscode", "--program", "sots_backup", "--json");
        Assert.Equal($$"""{"message_type":"editor_tasks","path":"{{TasksPath}}","changed":false,"added":[],"updated":[]}""" + "\n", second.Out);
        Assert.Equal(before, File.ReadAllBytes(TasksPath));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(TasksPath));
        Assert.Equal([TasksPath], Directory.GetFiles(_folder["My Game", ".vscode"]));
    }

    [Theory]
    [InlineData("", "${workspaceFolder}")]
    [InlineData("..", "${workspaceFolder}/My Game")]
    [InlineData("Content", "${workspaceFolder}/..")]
    public async Task The_tasks_run_in_the_project_wherever_the_opened_folder_lies(string workspace, string expected)
    {
        string[] words = workspace.Length == 0 ? ["vscode"] : ["vscode", "--workspace", workspace];
        Assert.Equal(0, (await _cli.RunAsync(words)).Code);
        string path = Path.Combine(_folder["My Game"], workspace, ".vscode", "tasks.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path), AsEditor);
        Assert.All(document.RootElement.GetProperty("tasks").EnumerateArray(), task => Assert.Equal(expected, task.GetProperty("options").GetProperty("cwd").GetString()));
    }

    [Fact]
    public async Task What_the_editor_would_start_saves_and_restores_the_project()
    {
        string program = ProgramLocation.Find("sots_backup", _cli.Environment(TextWriter.Null, TextWriter.Null) with { Variable = _ => AppContext.BaseDirectory })!;
        Assert.SkipWhen(program is null, "the program has no starter beside these tests");
        Assert.Equal(0, (await _cli.RunAsync("vscode", "--program", program)).Code);

        // The password check of a new repository costs less when it is made here.
        _cli.Variables.Remove("RESTIC_PASSWORD");
        Assert.Equal(0, (await _cli.RunAsync("init", "--yes")).Code);
        CliResult push = await StartAsync("push sots_backup", "");
        Assert.True(push.Code == 0, push.Error);
        Assert.Equal(0, (await StartAsync("full sots_backup", "")).Code);
        CliResult restored = await StartAsync("restore-latest sots_backup", "../My Game Restored");
        Assert.True(restored.Code == 0, restored.Error);
        Assert.Equal("asset", TestPackage.ReadText(_folder["My Game Restored", "Content", "a.uasset"]));
        Assert.Equal(1, (await StartAsync("restore-latest sots_backup", "")).Code);
    }

    [Fact]
    public async Task A_broken_file_is_left_alone_and_the_place_is_named()
    {
        Write("{\n  \"tasks\": [ oops ]\n}");
        CliResult result = await _cli.RunAsync("vscode");
        Assert.Equal(1, result.Code);
        Assert.StartsWith($"Fatal: {TasksPath}, line 2, column 14: a value was expected", result.Error, StringComparison.Ordinal);
        Assert.Equal("{\n  \"tasks\": [ oops ]\n}", File.ReadAllText(TasksPath));
    }

    [Fact]
    public async Task A_file_that_is_no_utf8_is_left_alone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(TasksPath)!);
        File.WriteAllBytes(TasksPath, [.. "{\n \"a\": \""u8, 0xFC, .. "\" }"u8]);
        CliResult result = await _cli.RunAsync("vscode");
        Assert.Equal(1, result.Code);
        Assert.Contains("line 2, column 8: this is no UTF-8", result.Error, StringComparison.Ordinal);
        Assert.Equal(0xFC, File.ReadAllBytes(TasksPath)[9]);
    }

    [Fact]
    public async Task A_read_only_file_is_left_alone()
    {
        Write("{}");
        File.SetAttributes(TasksPath, FileAttributes.ReadOnly);
        CliResult result = await _cli.RunAsync("vscode");
        Assert.Equal(1, result.Code);
        Assert.Contains("is read-only", result.Error, StringComparison.Ordinal);
        Assert.Equal("{}", File.ReadAllText(TasksPath));
    }

    [Fact]
    public async Task Folders_and_files_in_the_wrong_place_are_named()
    {
        Directory.CreateDirectory(TasksPath);
        Assert.Contains("is a folder where the editor has a file", (await _cli.RunAsync("vscode")).Error, StringComparison.Ordinal);
        Directory.Delete(TasksPath);
        Directory.Delete(Path.GetDirectoryName(TasksPath)!);
        File.WriteAllText(Path.GetDirectoryName(TasksPath)!, "");
        Assert.Contains("is a file where the editor has a folder", (await _cli.RunAsync("vscode")).Error, StringComparison.Ordinal);
        Assert.Contains("there is no folder", (await _cli.RunAsync("vscode", "--workspace", "nowhere")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_stays_one_and_a_mode_is_kept()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("links need a right there, and modes are of Unix");
            return;
        }

        Write("{}");
        File.Move(TasksPath, _folder["shared.json"]);
        File.SetUnixFileMode(_folder["shared.json"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        File.CreateSymbolicLink(TasksPath, _folder["shared.json"]);
        Assert.Equal(0, (await _cli.RunAsync("vscode")).Code);
        Assert.Equal(_folder["shared.json"], new FileInfo(TasksPath).LinkTarget);
        Assert.Contains("push sots_backup", File.ReadAllText(_folder["shared.json"]), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(_folder["shared.json"]));
        File.Delete(_folder["shared.json"]);
        CliResult dangling = await _cli.RunAsync("vscode");
        Assert.Equal(1, dangling.Code);
        Assert.Contains("is a link to", dangling.Error, StringComparison.Ordinal);
    }

    private void Write(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(TasksPath)!);
        File.WriteAllText(TasksPath, text);
    }

    /// <summary>Reads a task, resolves its variables and starts the process, as the editor does.</summary>
    private async Task<CliResult> StartAsync(string label, string answer)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(TasksPath), AsEditor);
        JsonElement task = document.RootElement.GetProperty("tasks").EnumerateArray().Single(task => task.GetProperty("label").GetString() == label);
        Assert.Equal("process", task.GetProperty("type").GetString());
        string[] words = [Resolved(task.GetProperty("command")), .. task.GetProperty("args").EnumerateArray().Select(Resolved)];
        using Process process = ProgramProcess.Start(Resolved(task.GetProperty("options").GetProperty("cwd")), new Dictionary<string, string?>(), words);
        return await ProgramProcess.FinishAsync(process);

        string Resolved(JsonElement text) => Regex.Replace(text.GetString()!, @"\$\{(.*?)\}", match => match.Groups[1].Value switch
        {
            "workspaceFolder" => _folder["My Game"],
            "input:sots_backup_target" => answer,
            string other => throw new InvalidOperationException(other),
        });
    }
}
