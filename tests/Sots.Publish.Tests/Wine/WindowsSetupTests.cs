using System.Runtime.Versioning;
using System.Text.Json;

namespace Sots.Publish.Tests.Wine;

/// <summary>What surrounds the backups on Windows: set-up, config, editor tasks, logs, status, the doctor, and the shell.</summary>
[Collection(OnWine.Name)]
[UnsupportedOSPlatform("windows")]
public sealed class WindowsSetupTests(WineHost wine)
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    [Fact]
    public async Task Init_sets_a_project_up_and_all_its_verbs_work()
    {
        Assert.SkipWhen(WineHost.Absence is not null, WineHost.Absence ?? "");
        Write("Setup/Setup.uproject", """{"EngineAssociation":"5.4"}""");
        Write("Setup/Content/Map.bin", "a map");
        Write("Setup/.vscode/tasks.json", "// ours\r\n{\r\n  \"version\": \"2.0.0\",\r\n  \"tasks\": [\r\n    { \"label\": \"cook\", \"command\": \"cook\" } // keep me\r\n  ]\r\n}\r\n");
        CommandResult init = (await InAsync("Setup", "init", "--yes")).Expect(0);
        Assert.Equal("", init.Error);

        // Wine turns access lists into modes: without one, everybody could read the file.
        Assert.Equal(default, File.GetUnixFileMode(wine.Drive("Setup_Backup", ".restic_pass.txt")) & Others);
        Assert.NotEqual(default, File.GetUnixFileMode(wine.Drive("Setup", "sots_backup_config.json")) & Others);
        CheckTasks(await File.ReadAllTextAsync(wine.Drive("Setup", ".vscode", "tasks.json")));
        Assert.Contains("nothing was changed", (await InAsync("Setup", "init", "--yes")).Expect(0).Out, StringComparison.Ordinal);
        Assert.Contains("nothing was changed", (await InAsync("Setup", "vscode")).Expect(0).Out, StringComparison.Ordinal);

        (await InAsync("Setup", "full")).Expect(0);
        Write("Setup/Content/Map.bin", "a changed map");

        // The same folder, spelled as editors do.
        (await wine.RunAsync("push", "--project", @"d:\sETUP")).Expect(0);
        using (JsonDocument snapshots = JsonDocument.Parse((await InAsync("Setup", "snapshots", "--json")).Expect(0).Out))
        {
            Assert.Equal([@"D:\Setup", @"D:\Setup"], snapshots.RootElement.EnumerateArray().Select(snapshot => snapshot.GetProperty("paths")[0].GetString()));
        }

        CommandResult status = (await InAsync("Setup", "status")).Expect(0);
        Assert.Contains("2 snapshots of this project", status.Out, StringComparison.Ordinal);
        Assert.Matches("drive +[0-9.]+ [KMGT]iB of [0-9.]+ [KMGT]iB free", status.Out);
        (await InAsync("Setup", "forget-prune")).Expect(0);
        await DoctorAsync();

        Assert.Contains("Register-ArgumentCompleter", (await InAsync("Setup", "completion", "powershell")).Expect(0).Out, StringComparison.Ordinal);
        CommandResult restic = (await InAsync("Setup", "restic", "--", "snapshots")).Expect(1);
        Assert.Contains("winget install --exact --id restic.restic", restic.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_config_takes_paths_in_all_forms_of_Windows_and_explains_a_single_backslash()
    {
        Assert.SkipWhen(WineHost.Absence is not null, WineHost.Absence ?? "");
        Write("Forms/Forms.uproject", "{}");
        Write("Forms/sots_backup_config.json", """
            {
              "backup_root": "d:/Backups/Forms",
              "repository": "//server/share/Forms",
              "password_file": "D:\\Keys\\forms.txt",
              "logs": { "folder": "%USERPROFILE%/sots logs" },
            }
            """);
        CommandResult shown = (await InAsync("Forms", "config", "show")).Expect(0);
        string[] expected = [@"backup_root +d:\\Backups\\Forms ", @"repository +\\\\server\\share\\Forms ", @"password_file +D:\\Keys\\forms.txt ", @"logs.folder +C:\\users\\[^\\]+\\sots logs "];
        Assert.All(expected, line => Assert.Matches(line, shown.Out));
        (await InAsync("Forms", "config", "check")).Expect(0);

        Write("Forms/sots_backup_config.json", """{ "backup_root": "D:\Backups" }""");
        Assert.Contains("a backslash is written twice", (await InAsync("Forms", "config", "check")).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_runs_at_once_are_two_records_and_a_log_can_be_read_while_it_is_written()
    {
        Assert.SkipWhen(WineHost.Absence is not null, WineHost.Absence ?? "");
        Write("Twice/Twice.uproject", "{}");
        Write("Twice/sots_backup_config.json", """{ "low_priority": true }""");
        (await InAsync("Twice", "full")).Expect(0);
        CommandResult[] both = await Task.WhenAll(InAsync("Twice", "push"), InAsync("Twice", "push"));
        Assert.All(both, push => push.Expect(0));

        // A run that stays until its input ends: a program in the place of restic.
        using (System.Diagnostics.Process waiting = (wine.Program with { Folder = wine.Drive("Twice") })
            .Start("restic", "--restic-program", wine.HolderProgram, "--", @"D:\Twice\Twice.uproject"))
        {
            Assert.Equal("held", await waiting.StandardOutput.ReadLineAsync());
            string log = Path.GetFileName(Assert.Single(Directory.GetFiles(wine.Drive("Twice_Backup", "logs"), "*-restic-*.log")));
            (await wine.WindowsAsync("cmd", "/c", "copy", $@"D:\Twice_Backup\logs\{log}", @"D:\read.txt")).Expect(0);
            Assert.Contains("setting: ", await File.ReadAllTextAsync(wine.Drive("read.txt")), StringComparison.Ordinal);

            Assert.Contains("running", (await InAsync("Twice", "runs")).Expect(0).Out, StringComparison.Ordinal);
            waiting.StandardInput.Close();
            await waiting.WaitForExitAsync();
            Assert.Equal(0, waiting.ExitCode);
        }

        using JsonDocument runs = JsonDocument.Parse((await InAsync("Twice", "runs", "--json")).Expect(0).Out);
        Assert.Equal(["full", "push", "push", "restic"], runs.RootElement.EnumerateArray().Select(run => run.GetProperty("verb").GetString()));
        Assert.All(runs.RootElement.EnumerateArray(), run => Assert.Equal("complete", run.GetProperty("outcome").GetString()));
        Assert.Equal(4, Directory.GetFiles(wine.Drive("Twice_Backup", "logs"), "*.log").Length);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_push_cleanly()
    {
        Assert.SkipWhen(WineHost.Absence is not null, WineHost.Absence ?? "");
        Write("Huge/Huge.uproject", "{}");
        Write("Huge/Content/Huge.bin", "");
        using (FileStream huge = File.OpenWrite(wine.Drive("Huge", "Content", "Huge.bin")))
        {
            huge.SetLength(64L << 30);
        }

        using System.Diagnostics.Process push = wine.Program.Start("push", "--project", @"D:\Huge", "--json");
        Task<string> error = push.StandardError.ReadToEndAsync();
        while (await push.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Huge.bin", StringComparison.Ordinal))
        {
        }

        // Wine makes Ctrl-C of the signal.
        (await new Command("kill").RunAsync("-INT", push.Id.ToString(System.Globalization.CultureInfo.InvariantCulture))).Expect(0);
        await push.StandardOutput.ReadToEndAsync();
        Assert.Contains("\"code\":130", await error, StringComparison.Ordinal);
        await push.WaitForExitAsync();
        Assert.Equal(130, push.ExitCode);
        Assert.Empty(Directory.GetFiles(wine.Drive("Huge_Backup", "repo", "locks")));
        Assert.Contains("cancelled", (await wine.RunAsync("runs", "--project", @"D:\Huge")).Expect(0).Out, StringComparison.Ordinal);
        File.Delete(wine.Drive("Huge", "Content", "Huge.bin"));
    }

    private static void CheckTasks(string tasks)
    {
        Assert.StartsWith("// ours\r\n{\r\n  \"version\": \"2.0.0\",\r\n", tasks, StringComparison.Ordinal);
        Assert.Contains("{ \"label\": \"cook\", \"command\": \"cook\" }, // keep me\r\n", tasks, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', tasks.Replace("\r\n", "", StringComparison.Ordinal));
        using JsonDocument document = JsonDocument.Parse(tasks, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        JsonElement push = document.RootElement.GetProperty("tasks").EnumerateArray().Single(task => task.GetProperty("label").GetString() == "push sots_backup");
        Assert.Matches(@"^Z:\\.+\\sots_backup\.exe$", push.GetProperty("command").GetString());
        Assert.True(File.Exists(push.GetProperty("command").GetString()![2..].Replace('\\', '/')));
    }

    private async Task DoctorAsync()
    {
        CommandResult doctor = await InAsync("Setup", "doctor", "--json", "--no-speed-test");
        Assert.True(doctor.Code is 0 or 3, doctor.Out + doctor.Error);
        using JsonDocument answers = JsonDocument.Parse(doctor.Out);
        Dictionary<string, string> found = answers.RootElement.GetProperty("findings").EnumerateArray()
            .ToDictionary(finding => finding.GetProperty("question").GetString()!, finding => finding.GetProperty("text").GetString()!);
        Assert.DoesNotContain("could not be looked at", doctor.Out, StringComparison.Ordinal);
        Assert.Equal("Unreal Engine 5.4", found["engine"]);
        Assert.StartsWith("2; the newest is ", found["snapshots"], StringComparison.Ordinal);
        Assert.EndsWith(" free", found["backup disk"], StringComparison.Ordinal);
        Assert.Contains(" lie on one disk", found["same disk"], StringComparison.Ordinal);
        Assert.Equal("none over 260 characters", found["long paths"]);
        Assert.Equal("not open", found["editor"]);
    }

    private Task<CommandResult> InAsync(string folder, params string[] arguments) =>
        (wine.Program with { Folder = wine.Drive(folder) }).RunAsync(arguments);

    private void Write(string path, string text)
    {
        string full = wine.Drive(path.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
