using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sots.Cli.Tests.BadInput;

namespace Sots.Cli.Tests.Runs;

/// <summary>Runs as processes: killed ones, several at once, disks and folders that do not take a log, and secrets.</summary>
public sealed class RunProcessTests : IAsyncLifetime
{
    private Scene _scene = null!;

    public async ValueTask InitializeAsync()
    {
        _scene = await Scene.SavedAsync();
        _scene.Variables["SOTS_LOG_FOLDER"] = "logs";
    }

    public ValueTask DisposeAsync()
    {
        _scene.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_killed_run_has_told_its_story_and_is_later_found_interrupted()
    {
        MakeHuge();
        using (Process process = _scene.Start("backup", "huge", "src", "--json"))
        {
            // Two seconds of the program's own status lines: the log has been flushed by then.
            for (int i = 0; i < 20; i++)
            {
                Assert.NotNull(await process.StandardOutput.ReadLineAsync());
            }

            Assert.Equal("running", await OutcomeAsync("latest"));
            process.Kill();
            await process.WaitForExitAsync();
        }

        Assert.Equal("interrupted", await OutcomeAsync("latest"));
        string log = File.ReadAllText(Assert.Single(Logs()));
        Assert.Contains("command: sots_backup backup huge src --json", log, StringComparison.Ordinal);
        Assert.Contains("DEBUG new       ", log, StringComparison.Ordinal);
        Assert.EndsWith("\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain("ended:", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_run_says_so()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sends SIGINT with kill");
        MakeHuge();
        using Process process = _scene.Start("backup", "huge", "--json");
        Assert.NotNull(await process.StandardOutput.ReadLineAsync());
        using (Process kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        Assert.Equal(130, (await ProgramProcess.FinishAsync(process)).Code);
        Assert.Equal("cancelled", await OutcomeAsync("latest"));
        Assert.Contains("WARN  signal interrupt received, cleaning up\n", File.ReadAllText(Assert.Single(Logs())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_at_once_have_logs_of_their_own_and_whole_lines_in_the_record()
    {
        CliResult[] results = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => _scene.RunAsync("backup", "src", "--tag", "t" + i)));
        Assert.All(results, result => Assert.Equal(0, result.Code));
        string[] logs = Logs();
        Assert.Equal(4, logs.Length);
        for (int i = 0; i < 4; i++)
        {
            string log = Assert.Single(logs.Select(File.ReadAllText), text => text.Contains($"--tag t{i}\n", StringComparison.Ordinal));
            Assert.Single(log.Split('\n'), line => line.Contains("command:", StringComparison.Ordinal));
            Assert.Single(log.Split('\n'), line => line.Contains("ended: complete", StringComparison.Ordinal));
        }

        string[] lines = File.ReadAllLines(_scene["logs", "runs.jsonl"]);
        Assert.Equal(8, lines.Length);
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public async Task No_secret_gets_into_a_log_or_the_record_whatever_it_came_from()
    {
        _scene.Write("pw", Scene.Canary + "\n");
        string[] keep = ["RESTIC_PASSWORD"];
        CliResult byVariable = await _scene.RunAsync("backup", "src");
        foreach (string name in keep)
        {
            _scene.Variables.Remove(name);
        }

        CliResult byFile = await _scene.RunAsync("backup", "src", "-p", "pw");
        CliResult byCommand = await _scene.RunAsync("backup", "src", "--password-command", "echo " + Scene.Canary);
        _scene.Variables["RESTIC_PASSWORD_COMMAND"] = "echo " + Scene.Canary;
        CliResult byCommandVariable = await _scene.RunAsync("check");
        _scene.Variables["RESTIC_PASSWORD_COMMAND"] = "false " + Scene.Canary;
        CliResult failing = await _scene.RunAsync("check");
        Assert.Equal([0, 0, 0, 0, 1], [byVariable.Code, byFile.Code, byCommand.Code, byCommandVariable.Code, failing.Code]);
        string[] files = Directory.GetFiles(_scene["logs"]);
        Assert.Equal(5, Logs().Length);
        Assert.All(files, file => Assert.DoesNotContain(Scene.Canary, File.ReadAllText(file), StringComparison.Ordinal));
        Assert.Contains(Logs(), log => File.ReadAllText(log).Contains("--password-command ***", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folder_of_logs_that_may_not_be_written_to_fails_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "looks at /proc, where nobody may make a folder");
        _scene.Variables["SOTS_LOG_FOLDER"] = "/proc/logs";
        CliResult result = await _scene.RunAsync("backup", "src");
        Assert.Equal(0, result.Code);
        Assert.StartsWith("warning: the log of this run cannot be written: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_without_room_for_a_log_fails_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/unshare"), "needs root on Linux, to mount a small file system");
        Directory.CreateDirectory(_scene["small"]);
        _scene.Variables["SOTS_LOG_FOLDER"] = "small";
        CliResult result = await _scene.ScriptAsync(
            """
            mount -t tmpfs -o size=8k,nr_inodes=64 tmpfs small || exit 99
            head -c 8192 /dev/zero > small/filler 2> /dev/null
            "$@" backup src -q; echo "code $?"
            """, "unshare", "-m");
        Assert.Equal("code 0", result.OutLines[^1]);
        Assert.StartsWith("warning: this run cannot be recorded in ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Ctrl_C_on_a_terminal_leaves_nothing_of_the_display(int times)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "needs `script`, which makes a terminal");
        MakeHuge();
        CliResult result = await _scene.ScriptAsync(
            $$"""
            export TERM=xterm-256color VTE_VERSION=8000
            : > typescript
            until_seen() { until grep -q "$1" typescript; do sleep 0.1; done; }
            { until_seen 'of 1 files'; for i in $(seq {{times}}); do printf '\003'; done; until_seen 'Script done'; } | script -qefc "$* backup huge" typescript > /dev/null
            tail -c 400 typescript | tr '\033' '^'
            """);
        string typescript = File.ReadAllText(_scene["typescript"]);
        Assert.Contains("\e]9;4;1;", typescript, StringComparison.Ordinal);
        int off = typescript.LastIndexOf("\e]9;4;0;0\e\\", StringComparison.Ordinal);
        Assert.True(off > 0 && !typescript[(off + 5)..].Contains("\e]9;4;", StringComparison.Ordinal), result.Out);
        int drawn = typescript.LastIndexOf(" of 1 files", StringComparison.Ordinal);
        Assert.True(typescript.IndexOf("\e[J", Math.Max(drawn, 0), StringComparison.Ordinal) > drawn, result.Out);
        Assert.DoesNotContain("\e[?25l", typescript, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_to_a_pipe_has_no_control_characters()
    {
        _scene.Variables["SOTS_LOG_FOLDER"] = null;
        _scene.Variables["RESTIC_REPOSITORY"] = null;
        _scene.Variables["TERM"] = "xterm-256color";
        _scene.Variables["WT_SESSION"] = "1";
        _scene.Write("Game/Game.uproject", "{}");
        CliResult result = await _scene.RunAsync("full", "--project", "Game", "-r", "repo");
        Assert.Equal(0, result.Code);
        Assert.DoesNotContain(result.Out + result.Error, c => char.IsControl(c) && c != '\n');
    }

    private string[] Logs() => Directory.GetFiles(_scene["logs"], "*.log");

    private async Task<string?> OutcomeAsync(string run)
    {
        using JsonDocument shown = JsonDocument.Parse((await _scene.RunAsync("runs", "show", run, "--json")).Out);
        return shown.RootElement.GetProperty("outcome").GetString();
    }

    private void MakeHuge()
    {
        using FileStream huge = File.Create(_scene["huge"]);
        huge.SetLength(64L << 30);
    }
}
