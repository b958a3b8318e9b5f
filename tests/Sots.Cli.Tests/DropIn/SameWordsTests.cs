using System.Diagnostics;
using System.Text.RegularExpressions;
using Sots.Cli.Tests.BadInput;
using Sots.Testing;

namespace Sots.Cli.Tests.DropIn;

/// <summary>Real restic and this program at the same repository: the same words, the same JSON, the same codes.</summary>
public sealed partial class SameWordsTests : IAsyncLifetime
{
    private Scene _scene = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(ResticBinaries.Find("0.19.1") is null || OperatingSystem.IsWindows(), ResticBinaries.Absent);
        _scene = await Scene.SavedAsync();
        await _scene.InProcess("backup", "src", "--host", "other", "--tag", "a,b");
    }

    public ValueTask DisposeAsync()
    {
        _scene?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("snapshots")]
    [InlineData("snapshots --json")]
    [InlineData("snapshots --latest 1")]
    [InlineData("snapshots --tag a,b --json")]
    [InlineData("snapshots --host other")]
    [InlineData("snapshots latest")]
    [InlineData("ls latest")]
    [InlineData("ls latest --json")]
    [InlineData("ls latest --long")]
    [InlineData("check --json")]
    [InlineData("unlock")]
    [InlineData("restore latest")]
    public async Task Both_programs_say_the_same(string command)
    {
        (CliResult theirs, CliResult ours) = await BothAsync(command.Split(' '));
        Assert.Equal(Masked(theirs.Out), Masked(ours.Out));
        Assert.Equal(theirs.Error, ours.Error);
        Assert.Equal(theirs.Code, ours.Code);
    }

    [Theory]
    [InlineData(10, "snapshots -r nowhere")]
    [InlineData(10, "snapshots -r nowhere --json")]
    [InlineData(1, "init")]
    [InlineData(1, "ls zzzz")]
    [InlineData(1, "restore zzzz --target o")]
    [InlineData(1, "backup")]
    [InlineData(0, "snapshots zzzz")]
    public async Task Both_programs_end_alike(int code, string command)
    {
        (CliResult theirs, CliResult ours) = await BothAsync(command.Split(' '));
        Assert.Equal((code, code), (theirs.Code, ours.Code));
        Assert.Equal(theirs.Out, ours.Out);
    }

    [Fact]
    public async Task A_wrong_password_is_told_alike()
    {
        _scene.Variables["RESTIC_PASSWORD"] = "wrong";
        (CliResult theirs, CliResult ours) = await BothAsync("snapshots");
        Assert.Equal((12, 12), (theirs.Code, ours.Code));
        Assert.Equal(theirs.ErrorLines[0], ours.ErrorLines[0]);
    }

    private async Task<(CliResult Theirs, CliResult Ours)> BothAsync(params string[] arguments)
    {
        using Process restic = ProgramProcess.Start(_scene.Root, _scene.Variables, [ResticBinaries.Find("0.19.1")!, "--no-cache", .. arguments]);
        CliResult theirs = await ProgramProcess.FinishAsync(restic);
        return (theirs, await _scene.RunAsync(arguments));
    }

    private static string Masked(string text) => Durations().Replace(text, "in 0:00");

    [GeneratedRegex(@"in \d+:\d\d")]
    private static partial Regex Durations();
}
