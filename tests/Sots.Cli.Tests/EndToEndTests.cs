using System.Text.Json;
using Sots.Testing;

namespace Sots.Cli.Tests;

/// <summary>Whole commands on folders of their own, in this process.</summary>
public sealed class EndToEndTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CliRunner _cli;

    public EndToEndTests()
    {
        _cli = new CliRunner(_folder);
        _cli.Variables["RESTIC_REPOSITORY"] = "repo";
        Write("src/a.txt", "hello");
        Write("src/sub/b.txt", "world");
        Write("src/sub/c.tmp", "junk");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_saved_is_listed_and_comes_back()
    {
        Assert.Equal(0, (await _cli.RunAsync("init")).Code);
        CliResult backup = await _cli.RunAsync("backup", "src", "--tag", "one,two", "--exclude", "*.tmp");
        Assert.Equal(0, backup.Code);
        Assert.Contains("Files:           2 new,     0 changed,     0 unmodified\n", backup.Out, StringComparison.Ordinal);
        Assert.Matches("snapshot [0-9a-f]{8} saved\n$", backup.Out);

        using JsonDocument snapshots = JsonDocument.Parse((await _cli.RunAsync("snapshots", "--json")).Out);
        JsonElement saved = Assert.Single(snapshots.RootElement.EnumerateArray());
        Assert.Equal(["one", "two"], saved.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!));
        Assert.Equal(["*.tmp"], saved.GetProperty("excludes").EnumerateArray().Select(pattern => pattern.GetString()!));
        Assert.Equal("testhost", saved.GetProperty("hostname").GetString());
        Assert.StartsWith("sots_backup ", saved.GetProperty("program_version").GetString(), StringComparison.Ordinal);

        CliResult list = await _cli.RunAsync("ls", "latest");
        Assert.Equal(["/src", "/src/a.txt", "/src/sub", "/src/sub/b.txt"], list.OutLines.Skip(1));
        Assert.Equal(["/src/sub", "/src/sub/b.txt"], (await _cli.RunAsync("ls", "latest", "/src/sub")).OutLines.Skip(1));

        CliResult restore = await _cli.RunAsync("restore", "latest:/src", "--target", "out", "--verify");
        Assert.Equal(0, restore.Code);
        Assert.Equal("hello", File.ReadAllText(_folder["out", "a.txt"]));
        Assert.Equal("world", File.ReadAllText(_folder["out", "sub", "b.txt"]));
        Assert.False(File.Exists(_folder["out", "sub", "c.tmp"]));

        CliResult check = await _cli.RunAsync("check", "--read-data");
        Assert.Equal(0, check.Code);
        Assert.EndsWith("no errors were found\n", check.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await _cli.RunAsync("unlock")).Code);
    }

    [Fact]
    public async Task A_second_backup_reads_only_what_changed_and_may_be_skipped()
    {
        await _cli.RunAsync("init");
        await _cli.RunAsync("backup", "src");
        CliResult second = await _cli.RunAsync("backup", "src", "--skip-if-unchanged");
        Assert.Contains("using parent snapshot ", second.Out, StringComparison.Ordinal);
        Assert.EndsWith("skipped creating snapshot\n", second.Out, StringComparison.Ordinal);
        Assert.Single(JsonDocument.Parse((await _cli.RunAsync("snapshots", "--json")).Out).RootElement.EnumerateArray());
    }

    [Fact]
    public async Task Verbose_lines_have_restics_words_and_paths_of_the_snapshot()
    {
        await _cli.RunAsync("init");
        CliResult backup = await _cli.RunAsync("backup", "src", "-vv");
        Assert.Equal(
            ["open repository", "no parent snapshot found, will read all files", "load index files", "start scan on [src]", "start backup on [src]"],
            backup.OutLines[..5]);
        Assert.Matches(@"\nscan finished in \d\.\d{3}s: 3 files, 14 B *\n", backup.Out);
        Assert.Matches(@"\nnew       /src/sub/b\.txt, saved in \d\.\d{3}s \(5 B +added, ", backup.Out);
        Assert.Matches(@"\nnew       /src/sub/, saved in \d\.\d{3}s \(0 B +added, 0 B +stored, \d+ B +metadata\)", backup.Out);
        CliResult json = await _cli.RunAsync("backup", "src", "-v", "--json");
        Assert.Contains(json.OutLines, line => line.Contains("\"action\":\"scan_finished\",\"item\":\"\"", StringComparison.Ordinal) && line.Contains("\"total_files\":3", StringComparison.Ordinal));
        Assert.Contains(json.OutLines, line => line.Contains("\"action\":\"unchanged\",\"item\":\"/src/sub/\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_check_may_look_at_some_snapshots_only()
    {
        await _cli.RunAsync("init");
        await _cli.RunAsync("backup", "src", "--tag", "lost");
        string[] packs = Directory.GetFiles(_folder["repo", "data"], "*", SearchOption.AllDirectories);
        Write("other/x.txt", "kept");
        await _cli.RunAsync("backup", "other", "--tag", "kept", "--host", "elsewhere");
        foreach (string pack in packs)
        {
            byte[] bytes = File.ReadAllBytes(pack);
            bytes[3] ^= 1;
            File.Delete(pack);
            File.WriteAllBytes(pack, bytes);
        }

        Assert.Equal(1, (await _cli.RunAsync("check", "--read-data")).Code);
        Assert.Equal(1, (await _cli.RunAsync("check", "--read-data", "--tag", "lost")).Code);
        Assert.Equal(0, (await _cli.RunAsync("check", "--read-data", "--tag", "kept")).Code);
        Assert.Equal(0, (await _cli.RunAsync("check", "--read-data", "--host", "elsewhere")).Code);
        Assert.Equal(0, (await _cli.RunAsync("check", "--read-data", "--path", _folder["other"])).Code);
    }

    [Fact]
    public async Task A_dry_run_writes_nothing()
    {
        await _cli.RunAsync("init");
        string[] before = FilesOfRepository();
        CliResult result = await _cli.RunAsync("backup", "src", "--dry-run");
        Assert.Equal(0, result.Code);
        Assert.Contains("Would add to the repository: ", result.Out, StringComparison.Ordinal);
        Assert.Equal(before, FilesOfRepository());
    }

    [Fact]
    public async Task A_missing_source_is_code_3_with_its_words_and_none_at_all_is_code_1()
    {
        await _cli.RunAsync("init");
        CliResult some = await _cli.RunAsync("backup", "src", "nowhere");
        Assert.Equal(3, some.Code);
        Assert.Equal("Warning: at least one source file could not be read", some.ErrorLines[^1]);
        CliResult json = await _cli.RunAsync("backup", "src", "nowhere", "--json");
        Assert.Equal("""{"message_type":"exit_error","code":3,"message":"Warning: at least one source file could not be read"}""", json.ErrorLines[^1]);
        Assert.All(json.OutLines.Concat(json.ErrorLines), line => JsonDocument.Parse(line).Dispose());
        CliResult none = await _cli.RunAsync("backup", "nowhere");
        Assert.Equal(1, none.Code);
        Assert.StartsWith("Fatal: all source directories/files do not exist", none.ErrorLines[^2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_code_12_and_no_repository_code_10()
    {
        await _cli.RunAsync("init");
        _cli.Variables["RESTIC_PASSWORD"] = "not it";
        CliResult wrong = await _cli.RunAsync("snapshots");
        Assert.Equal((12, "Fatal: wrong password or no key found\nThe password came from $RESTIC_PASSWORD. Nothing was changed.\n"), (wrong.Code, wrong.Error));
        CliResult nowhere = await _cli.RunAsync("snapshots", "-r", "nowhere");
        Assert.Equal(10, nowhere.Code);
        Assert.StartsWith("Fatal: repository does not exist: unable to open config file: ", nowhere.Error, StringComparison.Ordinal);
        Assert.Contains("Is there a repository at the following location?", nowhere.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_is_made_once()
    {
        CliResult first = await _cli.RunAsync("init", "--json");
        Assert.Equal("initialized", JsonDocument.Parse(first.Out).RootElement.GetProperty("message_type").GetString());
        CliResult second = await _cli.RunAsync("init");
        Assert.Equal(1, second.Code);
        Assert.Contains("config file already exists", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_command_is_code_130_and_leaves_no_lock()
    {
        await _cli.RunAsync("init");
        CliResult result = await _cli.RunAsync(new CancellationToken(canceled: true), "backup", "src");
        Assert.Equal(130, result.Code);
        Assert.Empty(Directory.GetFiles(_folder["repo", "locks"]));
    }

    [Fact]
    public async Task Snapshots_are_found_by_tag_host_path_and_number()
    {
        await _cli.RunAsync("init");
        await _cli.RunAsync("backup", "src", "--tag", "a,b");
        await _cli.RunAsync("backup", "src", "--tag", "c", "--host", "other");
        await _cli.RunAsync("backup", "src", "--host", "other");
        Assert.Equal(3, await CountAsync());
        Assert.Equal(1, await CountAsync("--tag", "a,b"));
        Assert.Equal(0, await CountAsync("--tag", "a,c"));
        Assert.Equal(2, await CountAsync("--tag", "a", "--tag", "c"));
        Assert.Equal(1, await CountAsync("--tag", ""));
        Assert.Equal(2, await CountAsync("--host", "other"));
        Assert.Equal(3, await CountAsync("--path", _folder["src"]));
        Assert.Equal(0, await CountAsync("--path", "/elsewhere"));
        Assert.Equal(2, await CountAsync("--latest", "1"));

        async Task<int> CountAsync(params string[] flags) =>
            JsonDocument.Parse((await _cli.RunAsync(["snapshots", "--json", .. flags])).Out).RootElement.GetArrayLength();
    }

    [Fact]
    public async Task A_name_that_begins_with_a_dash_or_an_at_sign_can_be_saved()
    {
        Write("-odd", "1");
        Write("@file", "2");
        await _cli.RunAsync("init");
        Assert.Equal(0, (await _cli.RunAsync("backup", "@file", "--", "-odd")).Code);
        Assert.Equal(["/-odd", "/@file"], (await _cli.RunAsync("ls", "latest")).OutLines.Skip(1));
    }

    [Fact]
    public async Task Targets_come_from_lists_too()
    {
        Write("list", "# comment\n\nsrc/*.txt\n");
        Write("verbatim", "src/sub/b.txt\r\n");
        Write("raw", "src/sub/c.tmp\0");
        await _cli.RunAsync("init");
        Assert.Equal(0, (await _cli.RunAsync("backup", "--files-from", "list", "--files-from-verbatim", "verbatim", "--files-from-raw", "raw")).Code);
        Assert.Equal(["/src", "/src/a.txt", "/src/sub", "/src/sub/b.txt", "/src/sub/c.tmp"], (await _cli.RunAsync("ls", "latest")).OutLines.Skip(1));
    }

    [Fact]
    public async Task Damage_is_found_by_check_with_code_1()
    {
        await _cli.RunAsync("init");
        await _cli.RunAsync("backup", "src");
        foreach (string pack in Directory.GetFiles(_folder["repo", "data"], "*", SearchOption.AllDirectories))
        {
            File.SetAttributes(pack, FileAttributes.Normal);
            File.Delete(pack);
        }

        CliResult check = await _cli.RunAsync("check");
        Assert.Equal(1, check.Code);
        Assert.Equal("Fatal: repository contains errors", check.ErrorLines[^1]);
        CliResult json = await _cli.RunAsync("check", "--json");
        Assert.True(JsonDocument.Parse(json.OutLines[^1]).RootElement.GetProperty("num_errors").GetInt64() > 0);
    }

    private string[] FilesOfRepository() => [.. Directory.GetFiles(_folder["repo"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private void Write(string path, string text)
    {
        string full = Path.Combine(_folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
