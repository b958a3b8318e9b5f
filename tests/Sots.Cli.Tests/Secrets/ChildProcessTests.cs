using System.Diagnostics;
using Sots.Testing;

namespace Sots.Cli.Tests.Secrets;

/// <summary>What other programs are told, and what other users of the machine can see: no secret, and no more than is needed.</summary>
public sealed class ChildProcessTests : IDisposable
{
    private const string Secret = "a secret of the environment 4711";
    private readonly TempFolder _folder = new();

    public ChildProcessTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        Directory.CreateDirectory(_folder["Game"]);
        File.WriteAllText(_folder["Game", "Game.uproject"], "{}");
        Script("tells", "tr '\\0' '\\n' < /proc/$$/environ > \"$0.environ\"; tr '\\0' ' ' < /proc/$$/cmdline > \"$0.cmdline\"\n"
            + "tr '\\0' ' ' < /proc/$PPID/cmdline > \"$0.parent\"; echo from a command");
        Directory.CreateDirectory(_folder["bin"]);
        Script("bin/restic", "tr '\\0' '\\n' < /proc/$$/environ > \"$0.environ\"; echo restic 0.19.1");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_password_command_is_not_told_another_password()
    {
        CliResult result = await RunAsync("push", "--password-command", _folder["tells"]);
        Assert.True(result.Code == 0, result.Error);
        string environ = File.ReadAllText(_folder["tells.environ"]);
        Assert.DoesNotContain(Secret, environ, StringComparison.Ordinal);
        Assert.Contains("HOME=", environ, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, File.ReadAllText(_folder["tells.cmdline"]) + File.ReadAllText(_folder["tells.parent"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restic_that_is_asked_for_its_version_is_told_nothing()
    {
        await RunAsync("push");
        await RunAsync("doctor");
        string[] names = [.. File.ReadAllLines(_folder["bin/restic.environ"]).Select(line => line.Split('=')[0]).Except(["PWD", "OLDPWD", "SHLVL", "_"]).Order(StringComparer.Ordinal)];
        Assert.Empty(names.Except(["HOME", "PATH", "TMPDIR", "TEMP", "TMP"]));
    }

    [Fact]
    public async Task A_restic_that_is_run_gets_the_place_of_the_password_and_not_the_password()
    {
        Assert.Equal(0, (await RunAsync("push")).Code);
        string password = File.ReadAllText(_folder["Game_Backup", ".restic_pass.txt"]).Trim();
        CliResult result = await RunAsync("restic", "--", "snapshots");
        Assert.True(result.Code == 0, result.Error);
        string environ = File.ReadAllText(_folder["bin/restic.environ"]);
        Assert.Contains("RESTIC_PASSWORD_FILE=", environ, StringComparison.Ordinal);
        Assert.DoesNotContain(password, environ, StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync(params string[] words)
    {
        // The variable is there only where a flag says that it does not count.
        Dictionary<string, string?> variables = new()
        {
            ["PATH"] = $"{_folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}",
            ["RESTIC_PASSWORD"] = words.Contains("--password-command") ? Secret : null,
            ["SOTS_CANARY"] = Secret,
        };
        variables.Remove(words.Contains("--password-command") ? "SOTS_CANARY" : "none");
        Process process = ProgramProcess.Start(_folder["Game"], variables, [.. ProgramProcess.Words, .. words]);
        return ProgramProcess.FinishAsync(process);
    }

    private void Script(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllText(_folder[name], "#!/bin/sh\n" + text + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
