namespace Sots.Cli.Tests.BadInput;

/// <summary>Odd surroundings: no home, odd locales and time zones, clocks that are far off.</summary>
public sealed class SurroundingsTests : IAsyncLifetime
{
    private const string FakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
    private Scene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await Scene.SavedAsync();

    public ValueTask DisposeAsync()
    {
        _scene.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Odd_variables_change_nothing()
    {
        (string Name, string? Value)[] cases =
        [
            ("HOME", null), ("HOME", "/proc"), ("TZ", "Nowhere/Land"), ("TZ", ":::"), ("LANG", "xx_YY.none"), ("LC_ALL", "tr_TR.UTF-8"), ("TERM", "none"), ("TMPDIR", "/no/such"),
        ];
        foreach ((string name, string? value) in cases)
        {
            _scene.Variables[name] = value;
            CliResult result = await _scene.RunAsync("backup", "src");
            Assert.True(result.Code == 0, $"{name}={value}: {result.Error}");
            Assert.Equal("", result.Error);
            Assert.Matches("snapshot [0-9a-f]{8} saved\n$", result.Out);
            _scene.Variables.Remove(name);
        }
    }

    [Fact]
    public async Task A_current_folder_that_is_gone_is_said_to_be_gone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps a folder that a program is in");
        CliResult result = await _scene.ScriptAsync(
            """
            repo=$PWD/repo; mkdir gone; cd gone; rmdir ../gone
            "$@" version > /dev/null; echo "version $?"
            "$@" -r "$repo" snapshots -q > /dev/null; echo "snapshots $?"
            "$@" push; echo "push $?"
            "$@" -r "$repo" backup . --json; echo "backup $?"
            """);
        Assert.Equal(["version 0", "snapshots 1", "push 1", "backup 1"], result.OutLines);
        Assert.Equal(3, result.ErrorLines.Count(line => line.Contains("the folder that this was started in is gone", StringComparison.Ordinal)));
        Assert.Contains("{\"message_type\":\"exit_error\",\"code\":1,", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1971-01-01 00:00:00")]
    [InlineData("2199-01-01 00:00:00")]
    public async Task A_clock_that_is_far_off_makes_odd_times_and_no_errors(string time)
    {
        Assert.SkipUnless(File.Exists(FakeTime), "needs libfaketime");
        _scene.Variables["LD_PRELOAD"] = FakeTime;
        _scene.Variables["FAKETIME"] = "@" + time;
        Assert.Equal(0, (await _scene.RunAsync("backup", "src")).Code);
        Assert.Contains(time[..10], (await _scene.RunAsync("snapshots")).Out, StringComparison.Ordinal);
    }
}
