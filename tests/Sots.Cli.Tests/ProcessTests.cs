using System.Diagnostics;
using Sots.Testing;

namespace Sots.Cli.Tests;

/// <summary>
/// The program as a process: the file SOTS_BINARY names, else the one built beside these tests. What only a process has is looked at
/// here: its exit code, its streams, signals.
/// </summary>
public sealed class ProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Exit_codes_and_streams_reach_the_caller()
    {
        Assert.Equal((0, ""), await CodeAndErrorAsync("version"));
        (int code, string error) = await CodeAndErrorAsync("snapshots", "-r", "nowhere");
        Assert.Equal(10, code);
        Assert.StartsWith("Fatal: repository does not exist", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_is_utf8_without_a_mark()
    {
        File.WriteAllText(_folder["Ümläut ☃.txt"], "x");
        await CodeAndErrorAsync("init", "-r", "repo");
        await CodeAndErrorAsync("backup", "-r", "repo", "Ümläut ☃.txt");
        using Process process = Start("ls", "latest", "-r", "repo", "-q");
        using MemoryStream bytes = new();
        await process.StandardOutput.BaseStream.CopyToAsync(bytes);
        await process.WaitForExitAsync();
        Assert.Equal("/Ümläut ☃.txt\n"u8.ToArray(), bytes.ToArray());
    }

    [Fact]
    public async Task An_interrupted_process_ends_with_130_and_its_lock_is_gone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sends SIGINT with kill");
        await CodeAndErrorAsync("init", "-r", "repo");
        using (FileStream huge = File.Create(_folder["huge"]))
        {
            huge.SetLength(64L << 30);
        }

        using Process process = Start("backup", "-r", "repo", "huge", "--json");

        // The first status line shows that the backup is under way.
        Assert.NotNull(await process.StandardOutput.ReadLineAsync());
        using Process kill = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        Task<string> rest = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        await rest;
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("\"code\":130", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder["repo", "locks"]));
        Assert.Empty(Directory.GetFiles(_folder["repo", "snapshots"]));
    }

    private async Task<(int Code, string Error)> CodeAndErrorAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        CliResult result = await ProgramProcess.FinishAsync(process);
        return (result.Code, result.Error);
    }

    private Process Start(params string[] arguments) => ProgramProcess.Start(
        _folder.Path, new Dictionary<string, string?> { ["RESTIC_PASSWORD"] = "correct horse" }, [.. ProgramProcess.Words, .. arguments]);
}
