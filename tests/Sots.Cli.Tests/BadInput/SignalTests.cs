using System.Diagnostics;
using System.Globalization;

namespace Sots.Cli.Tests.BadInput;

/// <summary>Signals, and outputs that close early.</summary>
public sealed class SignalTests : IAsyncLifetime
{
    private Scene _scene = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals of Unix");
        _scene = await Scene.SavedAsync();
    }

    public ValueTask DisposeAsync()
    {
        _scene?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_backup_that_is_interrupted_is_code_130_and_the_next_one_works(string signal)
    {
        MakeHuge("huge", 64L << 30);
        CliResult result = await InterruptAsync([signal], "backup", "huge", "--json");
        Assert.Equal(130, result.Code);
        Assert.Contains("\"code\":130", result.Error, StringComparison.Ordinal);
        File.Delete(_scene["huge"]);
        _scene.Listing();
        Assert.Single(_scene.Stored("snapshots"));
        Assert.Equal(0, (await _scene.RunAsync("backup", "src")).Code);
        Assert.Equal(0, (await _scene.RunAsync("check", "--read-data")).Code);
    }

    [Fact]
    public async Task A_hangup_does_not_end_a_backup()
    {
        MakeHuge("huge", 64L << 30);
        CliResult result = await InterruptAsync(["HUP", "HUP", "INT"], "backup", "huge", "--json");
        Assert.Equal(130, result.Code);
        File.Delete(_scene["huge"]);
        _scene.Listing();
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_check_that_is_interrupted_is_code_130_and_leaves_no_lock(string signal)
    {
        byte[] noise = new byte[256 << 20];
        new Random(6).NextBytes(noise);
        await File.WriteAllBytesAsync(_scene["noise"], noise);
        await _scene.InProcess("backup", "noise");
        using Process process = _scene.Start("check", "--read-data");
        while (await process.StandardOutput.ReadLineAsync() is { } line && !line.Contains("read all data", StringComparison.Ordinal))
        {
        }

        await SendAsync(process, signal);
        CliResult result = Scene.Decent(await ProgramProcess.FinishAsync(process));
        Assert.Equal(130, result.Code);
        Assert.DoesNotContain("no errors were found", result.Out, StringComparison.Ordinal);
        Assert.Empty(_scene.Stored("locks"));
        Assert.Equal(0, (await _scene.RunAsync("check", "--read-data")).Code);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_restore_that_is_interrupted_is_code_130_and_the_next_one_completes(string signal)
    {
        // Many times the same megabyte: little to store, much to write.
        byte[] block = new byte[1 << 20];
        new Random(5).NextBytes(block);
        Directory.CreateDirectory(_scene["many"]);
        for (int i = 0; i < 300; i++)
        {
            await File.WriteAllBytesAsync(_scene["many", $"{i:D3}.bin"], block);
        }

        await _scene.InProcess("backup", "many");
        CliResult result = await InterruptAsync([signal], "restore", "latest", "--target", "out", "--json");
        Assert.Equal(130, result.Code);
        Assert.Empty(_scene.Stored("locks"));
        Assert.Equal(0, (await _scene.RunAsync("restore", "latest", "--target", "out", "--include", "/many/29*", "-q")).Code);
        Assert.Equal(block, await File.ReadAllBytesAsync(_scene["out", "many", "299.bin"]));
    }

    [Fact]
    public async Task A_reader_that_goes_away_is_no_error_to_hang_or_crash_on()
    {
        CliResult result = await _scene.ScriptAsync(
            """
            "$@" ls latest | head -1
            "$@" backup src -vv | head -1
            "$@" ls latest >&-
            "$@" snapshots --json 2>&- | head -c 1
            """);
        Assert.StartsWith("snapshot ", result.OutLines[0], StringComparison.Ordinal);
        Assert.Equal(2, _scene.Stored("snapshots").Length);
        _scene.Listing();
    }

    private void MakeHuge(string name, long length)
    {
        using FileStream huge = File.Create(_scene[name]);
        huge.SetLength(length);
    }

    /// <summary>Sends signals, each after a line of output has shown that the work is under way.</summary>
    private async Task<CliResult> InterruptAsync(string[] signals, params string[] arguments)
    {
        using Process process = _scene.Start(arguments);
        foreach (string signal in signals)
        {
            Assert.NotNull(await process.StandardOutput.ReadLineAsync());
            await SendAsync(process, signal);
        }

        return Scene.Decent(await ProgramProcess.FinishAsync(process));
    }

    private static async Task SendAsync(Process process, string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
