using System.Diagnostics;
using Sots.Testing;

namespace Sots.Cli.Tests.Completion;

/// <summary>The scripts, in the shells they are for.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pu", "push")]
    [InlineData("--no-lock pu", "push")]
    [InlineData("push --dry", "--dry-run")]
    [InlineData("-r repo snapshots --comp", "--compact --compression")]
    [InlineData("backup --compression be", "better")]
    [InlineData("restore latest --overwrite if", "if-changed if-newer")]
    [InlineData("completion p", "powershell")]
    [InlineData("backup Cont", "Content Contents.txt")]
    [InlineData("ls --repo Cont", "Content")]
    [InlineData("backup --tag x", "")]
    [InlineData("restic -- --d", "")]
    public async Task Bash_completes_commands_flags_values_and_files(string typed, string expected)
    {
        Directory.CreateDirectory(_folder["Content"]);
        File.WriteAllText(_folder["Contents.txt"], "");
        string script = await ScriptAsync("bash");
        CliResult result = await RunAsync("bash", ["-c", """
            source "$1"
            COMP_WORDS=(sots_backup $2); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _sots_backup
            printf '%s\n' "${COMPREPLY[@]}" | sort
            """, "bash", script, typed]);
        Assert.Empty(result.Error);
        Assert.Equal(expected, string.Join(' ', result.OutLines));
    }

    [Theory]
    [InlineData("zsh", "-n")]
    [InlineData("fish", "--no-execute")]
    [InlineData("bash", "-n")]
    public async Task The_shell_finds_no_fault_in_its_script(string shell, string check)
    {
        CliResult result = await RunAsync(shell, [check, await ScriptAsync(shell)]);
        Assert.Equal((0, ""), (result.Code, result.Error));
    }

    [Fact]
    public async Task PowerShell_completes_commands_flags_and_values()
    {
        string script = await ScriptAsync("powershell");
        CliResult result = await RunAsync("pwsh", ["-NoProfile", "-Command", $$"""
            . ([scriptblock]::Create((Get-Content -Raw '{{script}}')))
            foreach ($line in 'sots_backup pu', 'sots_backup push --dry', 'sots_backup backup --compression be') {
                (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText
            }
            """]);
        Assert.Equal("push --dry-run better", string.Join(' ', result.OutLines.Select(line => line.Trim())));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("powershell")]
    public async Task Every_command_and_long_flag_is_in_every_script(string shell)
    {
        CliRunner cli = new(_folder);
        string script = File.ReadAllText(await ScriptAsync(shell));
        foreach (var command in CliRoot.Build(cli.Environment(TextWriter.Null, TextWriter.Null), new GlobalOptions()).Subcommands)
        {
            Assert.Contains(command.Name, script, StringComparison.Ordinal);
            Assert.All(command.Options, option => Assert.Contains(option.Name.TrimStart('-'), script, StringComparison.Ordinal));
        }

        Assert.DoesNotContain('\r', script);
    }

    [Fact]
    public async Task An_unknown_shell_is_refused()
    {
        CliResult result = await new CliRunner(_folder).RunAsync("completion", "tcsh");
        Assert.Equal(1, result.Code);
        Assert.Contains("There are bash, zsh, fish, powershell.", result.Error, StringComparison.Ordinal);
    }

    private async Task<string> ScriptAsync(string shell)
    {
        CliResult result = await new CliRunner(_folder).RunAsync("completion", shell);
        Assert.Equal((0, ""), (result.Code, result.Error));
        string path = _folder["script." + (shell == "powershell" ? "ps1" : shell)];
        await File.WriteAllTextAsync(path, result.Out);
        return path;
    }

    private async Task<CliResult> RunAsync(string shell, string[] arguments)
    {
        CliEnvironment real = new CliRunner(_folder).Environment(TextWriter.Null, TextWriter.Null) with { Variable = Environment.GetEnvironmentVariable };
        string? path = Sots.Cli.EditorTask.ProgramLocation.Find(shell, real);
        Assert.SkipWhen(path is null, $"needs {shell}");
        using Process process = ProgramProcess.Start(_folder.Path, new Dictionary<string, string?>(), [path!, .. arguments]);
        return await ProgramProcess.FinishAsync(process);
    }
}
