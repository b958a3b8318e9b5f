namespace Sots.Cli.Tests.BadInput;

/// <summary>Flags, variables and words that make no sense.</summary>
public sealed class ValueTests : IAsyncLifetime
{
    private Scene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await Scene.SavedAsync();

    public ValueTask DisposeAsync()
    {
        _scene.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_value_that_makes_no_sense_is_named_with_those_that_would()
    {
        (string[] Words, string[] Arguments)[] cases =
        [
            (["'1' is no pack size (--pack-size)", "4 to 128"], ["backup", "src", "--pack-size", "1"]),
            (["'1000' is no pack size"], ["backup", "src", "--pack-size", "1000"]),
            (["'x' is no duration for --retry-lock", "5m"], ["backup", "src", "--retry-lock", "x"]),
            (["'foo' is no compression mode", "auto, off"], ["backup", "src", "--compression", "foo"]),
            (["'0/5' is no subset", "from 1 to t"], ["check", "--read-data-subset", "0/5"]),
            (["'101%' is no subset"], ["check", "--read-data-subset", "101%"]),
            (["'nonsense' is no time for --time", "2026-11-01"], ["backup", "src", "--time", "nonsense"]),
            (["no matching ID found for prefix \"abcd1234\"", "`snapshots` lists"], ["backup", "src", "--parent", "abcd1234"]),
            (["no matching ID found for prefix \"nosuch\"", "`snapshots` lists"], ["ls", "nosuch"]),
            (["/no/such", "`ls`"], ["restore", "latest:/no/such/folder", "--target", "out"]),
            (["mutually exclusive", "--include"], ["restore", "latest", "--target", "out", "--include", "a", "--exclude", "b"]),
            (["--quiet and --verbose"], ["snapshots", "-q", "-v"]),
            (["unknown flag: --excldue", "Did you mean --exclude?"], ["backup", "src", "--excldue", "x"]),
            (["unknown command \"bakcup\"", "Did you mean backup?"], ["bakcup", "src"]),
            (["--target"], ["restore", "latest"]),
            (["--repo and --repository-file"], ["snapshots", "-r", "repo", "--repository-file", "x"]),
            (["nowhere does not exist, skipping", "Check the paths"], ["backup", "nowhere"]),
            (["nothing to backup"], ["backup"]),
        ];
        foreach ((string[] words, string[] arguments) in cases)
        {
            await _scene.RefusesAsync(1, words, arguments);
        }
    }

    [Fact]
    public async Task A_variable_that_makes_no_sense_is_named()
    {
        (string Name, string Value, string[] Words)[] cases =
        [
            ("RESTIC_PACK_SIZE", "abc", ["'abc' is no pack size ($RESTIC_PACK_SIZE)"]),
            ("RESTIC_COMPRESSION", "zip", ["'zip' is no compression mode ($RESTIC_COMPRESSION)"]),
            ("RESTIC_READ_CONCURRENCY", "0", ["$RESTIC_READ_CONCURRENCY", "1 to 64"]),
            ("RESTIC_PASSWORD_FILE", "/no/such/file", ["/no/such/file does not exist", "--password-file"]),
            ("RESTIC_PASSWORD_COMMAND", "false", ["The password command false failed"]),
        ];
        foreach ((string name, string value, string[] words) in cases)
        {
            _scene.Variables[name] = value;
            await _scene.RefusesAsync(1, words, "backup", "src");
            _scene.Variables.Remove(name);
        }

        _scene.Variables["RESTIC_PROGRESS_FPS"] = "abc";
        _scene.Variables["RESTIC_KEY_HINT"] = "zzz";
        Assert.Equal(0, (await _scene.RunAsync("backup", "src", "-n")).Code);
    }

    [Fact]
    public async Task With_json_the_last_line_says_the_same_in_json()
    {
        CliResult result = await _scene.RefusesAsync(1, [], "backup", "src", "--json", "--pack-size", "1");
        Assert.StartsWith("{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: '1' is no pack size", result.ErrorLines[^1].Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("", result.Out);
    }

    [Fact]
    public async Task A_path_longer_than_the_system_allows_is_refused_at_once()
    {
        string deep = string.Concat(Enumerable.Repeat("d/", 2100));
        string name = new('n', 300);
        await _scene.RefusesAsync(1, ["does not exist", "Check the paths"], "backup", deep);
        await _scene.RefusesAsync(1, ["file name too long"], "backup", name);
        await _scene.RefusesAsync(1, ["too long"], "restore", "latest", "--target", deep);
        await _scene.RefusesAsync(1, ["File name too long", "check how it is written"], "snapshots", "-r", name);
        await _scene.RefusesAsync(1, ["File name too long", "check how it is written"], "init", "-r", name);
        CliResult some = await _scene.RunAsync("backup", "src", name, "-n");
        Assert.Equal(3, some.Code);
    }

    [Fact]
    public async Task A_file_is_no_repository_and_no_target()
    {
        _scene.Write("file", "x");
        await _scene.RefusesAsync(1, ["Not a directory", "check how it is written"], "snapshots", "-r", "file");
        await _scene.RefusesAsync(1, ["Not a directory"], "init", "-r", "file/below");
        await _scene.RefusesAsync(1, ["not a directory", "Name a folder"], "restore", "latest", "--target", "file");
        await _scene.RefusesAsync(1, ["file", "not a directory"], "restore", "latest", "--target", "file/below");
    }

    [Fact]
    public async Task An_id_that_fits_several_snapshots_asks_for_more_digits()
    {
        string? twice = null;
        for (int i = 0; i < 17 && twice is null; i++)
        {
            await _scene.InProcess("backup", "src", "--tag", $"{i}");
            twice = _scene.Stored("snapshots").GroupBy(file => file.Name[..1]).FirstOrDefault(group => group.Count() > 1)?.Key;
        }

        Assert.NotNull(twice);
        await _scene.RefusesAsync(1, [$"multiple IDs with prefix \"{twice}\"", "more digits"], "restore", twice, "--target", "out");
    }

    [Fact]
    public async Task Tags_with_spaces_are_kept_and_trimmed()
    {
        Assert.Equal(0, (await _scene.RunAsync("backup", "src", "--tag", "my tag, other")).Code);
        Assert.Contains("1 snapshots", (await _scene.RunAsync("snapshots", "--tag", "other ,my tag")).Out, StringComparison.Ordinal);
    }
}
