using System.Text;

namespace Sots.Cli.Tests.BadInput;

/// <summary>Sources and targets that are not what they should be.</summary>
public sealed class SourceTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task A_folder_that_is_no_project_is_named_and_nothing_is_made()
    {
        _scene.Variables.Remove("RESTIC_REPOSITORY");
        await _scene.RefusesAsync(1, ["there is no Unreal project (*.uproject) in", _scene.Root, "--project"], "full");
        await _scene.RefusesAsync(1, ["there is no Unreal project"], "push", "--project", "nowhere");
        await _scene.RefusesAsync(1, ["there is no Unreal project"], "restore-latest", "--target", "out");
    }

    [Fact]
    public async Task A_project_with_several_uproject_files_is_saved_as_one()
    {
        await _scene.InProcess("init");
        _scene.Write("Game/A.uproject", "{}");
        _scene.Write("Game/B.uproject", "{}");
        _scene.Write("Game/Content/x.uasset", "x");
        _scene.Write("Game/Intermediate/y.obj", "y");
        CliResult result = await _scene.RunAsync("push", "--project", "Game");
        Assert.Equal(0, result.Code);
        Assert.Contains("left out: Intermediate (can be regenerated)\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("/Game/B.uproject", (await _scene.RunAsync("ls", "latest")).Out, StringComparison.Ordinal);
        CliResult all = await _scene.RunAsync("push", "--project", "Game", "--no-preset");
        Assert.Contains("left out: nothing (--no-preset)\n", all.Out, StringComparison.Ordinal);
        Assert.Contains(
            "left out: Intermediate, 1 folder or file, made again by the build and the editor\n",
            (await _scene.RunAsync("push", "--project", "Game", "-v")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_inside_the_source_is_left_out_with_a_line()
    {
        await _scene.InProcess("init", "-r", "src/repo");
        CliResult result = await _scene.RunAsync("backup", "src", "-r", "src/repo");
        Assert.Equal(0, result.Code);
        Assert.Contains($"{_scene["src", "repo"]} is left out: it belongs to the backup itself", result.Out, StringComparison.Ordinal);
        string list = (await _scene.RunAsync("ls", "latest", "-r", "src/repo")).Out;
        Assert.Contains("/src/a.txt", list, StringComparison.Ordinal);
        Assert.DoesNotContain("config", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_inside_the_repository_is_refused()
    {
        await _scene.InProcess("init");
        await _scene.RefusesAsync(1, [_scene["repo", "data"], "repository"], "backup", "repo/data");
        await _scene.RefusesAsync(1, [_scene["repo"], "repository"], "backup", "repo");
    }

    [Fact]
    public async Task A_target_inside_the_repository_is_refused()
    {
        await _scene.InProcess("init");
        await _scene.InProcess("backup", "src");
        await _scene.RefusesAsync(1, [_scene["repo", "data", "out"], "repository"], "restore", "latest", "--target", "repo/data/out");
        await _scene.RefusesAsync(1, ["repository"], "restore", "latest", "--target", "repo", "--delete");
    }

    [Fact]
    public async Task Names_that_would_move_the_cursor_are_shown_escaped()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "such names cannot be made there");
        await _scene.InProcess("init");
        _scene.Write("src/evil\e[2Jname\r\nforged", "x");
        foreach (string[] arguments in (string[][])[["backup", "src", "-vv"], ["ls", "latest"], ["restore", "latest", "--target", "out", "-vv"]])
        {
            CliResult result = await _scene.RunAsync(arguments);
            Assert.Equal(0, result.Code);
            Assert.Contains(@"evil\x1b[2Jname\r\nforged", result.Out, StringComparison.Ordinal);
            Assert.DoesNotContain('\e', result.Out + result.Error);
        }

        _scene.Variables["RESTIC_PROGRESS_FPS"] = "60";
        Assert.DoesNotContain('\e', (await _scene.RunAsync("backup", "src", "--force")).Out);
    }

    [Fact]
    public async Task Names_that_are_not_utf8_go_there_and_back_and_can_be_typed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "such names can be made on Linux only");
        await _scene.InProcess("init");
        CliResult result = await _scene.ScriptAsync(
            """
            set -e
            bad=$(printf 'caf\351')
            mkdir "src/$bad" && printf inside > "src/$bad/f"
            "$@" backup src -q
            "$@" restore latest --target out --verify -q
            cat "out/src/$bad/f"; echo
            "$@" ls latest -q
            "$@" backup "src/$bad/f" -q
            "$@" restore latest --target "out/$bad" -q
            cat "out/$bad/src/$bad/f"
            rm -r out src
            """);
        Assert.True(result.Code == 0, result.Error);
        Assert.StartsWith("inside\n", result.Out, StringComparison.Ordinal);
        Assert.EndsWith("inside", result.Out, StringComparison.Ordinal);
        Assert.True(Encoding.UTF8.GetByteCount(result.Out) > 0 && !result.Out.Contains('\ufffd', StringComparison.Ordinal), result.Out);
    }
}
