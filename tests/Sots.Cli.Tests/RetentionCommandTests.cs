using System.Text.Json;
using System.Text.RegularExpressions;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests;

/// <summary>The verbs that remove snapshots and data, and the one that pins.</summary>
public sealed class RetentionCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CliRunner _cli;

    public RetentionCommandTests()
    {
        _cli = new CliRunner(_folder);
        _cli.Variables["RESTIC_REPOSITORY"] = "repo";
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Forget_and_prune_free_the_room_of_removed_snapshots_and_the_rest_comes_back()
    {
        await MakeAsync(5);
        long before = SizeOfData();
        CliResult dry = await _cli.RunAsync("forget", "--keep-last", "1", "--prune", "--dry-run");
        Assert.Equal((0, ""), (dry.Code, dry.Error));
        Assert.Contains("Applying Policy: keep 1 latest snapshots\nkeep 1 snapshots:\n", dry.Out, StringComparison.Ordinal);
        Assert.Matches(@"Would have removed the following snapshots:\n\{([0-9a-f]{8} ){3}[0-9a-f]{8}\}\n\n4 snapshots would be removed, running prune dry run\n", dry.Out);
        Assert.Contains("Would have made the following changes:\n\nto repack:   ", dry.Out, StringComparison.Ordinal);
        Assert.Equal(before, SizeOfData());
        Assert.Equal(5, (await SnapshotsAsync()).Length);

        CliResult done = await _cli.RunAsync("forget", "--keep-last", "1", "--prune", "--max-unused", "0");
        Assert.Equal((0, ""), (done.Code, done.Error));
        Assert.EndsWith("done\n", done.Out, StringComparison.Ordinal);
        Assert.Contains("unused size after prune: 0 B (0.00% of remaining size)\n", done.Out, StringComparison.Ordinal);
        Assert.Single(await SnapshotsAsync());
        Assert.InRange(SizeOfData(), 1, before / 2);
        Assert.Equal(0, (await _cli.RunAsync("check", "--read-data")).Code);
        Assert.Equal(0, (await _cli.RunAsync("restore", "latest", "--target", "back")).Code);
        Assert.Equal(SplitMix.Bytes(4, 40_000), File.ReadAllBytes(_folder["back", "src", "file4"]));
    }

    [Fact]
    public async Task The_json_of_forget_is_restic_s_and_that_of_prune_is_one_object()
    {
        await MakeAsync(3);
        CliResult result = await _cli.RunAsync("forget", "--keep-last", "1", "--prune", "--json");
        Assert.Equal((0, 2), (result.Code, result.OutLines.Length));
        using JsonDocument groups = JsonDocument.Parse(result.OutLines[0]);
        JsonElement group = Assert.Single(groups.RootElement.EnumerateArray());
        Assert.Equal(["tags", "host", "paths", "keep", "remove", "reasons"], group.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("testhost", 1, 2), (group.GetProperty("host").GetString(), group.GetProperty("keep").GetArrayLength(), group.GetProperty("remove").GetArrayLength()));
        Assert.Equal("last snapshot", group.GetProperty("reasons")[0].GetProperty("matches")[0].GetString());
        using JsonDocument summary = JsonDocument.Parse(result.OutLines[1]);
        Assert.Equal(["message_type", "blobs", "bytes", "packfiles"], summary.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.True(summary.RootElement.GetProperty("bytes").GetProperty("remove_total").GetInt64() > 0);
    }

    [Theory]
    [InlineData("no policy was specified", "forget")]
    [InlineData("'-5' is no number for --keep-last", "forget", "--keep-last=-5")]
    [InlineData("invalid unit 'w' found after number 3", "forget", "--keep-within", "3w")]
    [InlineData("--unsafe-allow-remove-all is not allowed unless a snapshot filter option is specified", "forget", "--unsafe-allow-remove-all")]
    [InlineData("refusing to delete last snapshot of snapshot group", "forget", "--keep-tag", "nothing")]
    [InlineData("'x' is no limit for --max-unused", "prune", "--max-unused", "x")]
    [InlineData("'100%' is no limit for --max-unused", "prune", "--max-unused", "100%")]
    [InlineData("unknown grouping 'x'", "forget", "--keep-last", "1", "--group-by", "x")]
    [InlineData("nothing to do!", "tag", "latest")]
    [InlineData("--set and --add/--remove cannot be given at the same time", "tag", "--set", "a", "--add", "b")]
    public async Task What_makes_no_sense_is_refused_and_nothing_is_removed(string message, params string[] arguments)
    {
        await MakeAsync(2);
        CliResult result = await _cli.RunAsync(arguments);
        Assert.Equal(1, result.Code);
        Assert.StartsWith("Fatal: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await SnapshotsAsync()).Length);
    }

    [Fact]
    public async Task Named_snapshots_are_removed_and_words_that_fit_nothing_are_passed_over()
    {
        await MakeAsync(3);
        string[] ids = await SnapshotsAsync();
        CliResult result = await _cli.RunAsync("forget", ids[0][..8], "deadbeef");
        Assert.Equal(0, result.Code);
        Assert.Contains("Ignoring \"deadbeef\"", result.Error, StringComparison.Ordinal);
        Assert.Matches(@"^\[\d:\d\d\] 100\.00%  1 / 1 files deleted\n$", result.Out);
        Assert.Equal(ids[1..], await SnapshotsAsync());
    }

    [Fact]
    public async Task All_snapshots_of_a_filter_go_only_where_that_is_said()
    {
        await MakeAsync(2);
        CliResult result = await _cli.RunAsync("forget", "--unsafe-allow-remove-all", "--host", "testhost");
        Assert.Equal(0, result.Code);
        Assert.Contains("Applying Policy: remove\n", result.Out, StringComparison.Ordinal);
        Assert.Empty(await SnapshotsAsync());
    }

    [Fact]
    public async Task A_tagged_snapshot_gets_a_new_id_and_remembers_its_first_one()
    {
        await MakeAsync(1);
        string first = (await SnapshotsAsync())[0];
        CliResult added = await _cli.RunAsync("tag", "--add", "pinned,other", "latest");
        Assert.Equal((0, "create exclusive lock for repository\nmodified 1 snapshots\n"), (added.Code, added.Out));
        Assert.Contains("no snapshots were modified", (await _cli.RunAsync("tag", "--add", "pinned", "latest")).Out, StringComparison.Ordinal);
        string second = Assert.Single(await SnapshotsAsync());
        CliResult removed = await _cli.RunAsync("tag", "--remove", "other", "--json");
        string third = Assert.Single(await SnapshotsAsync());
        Assert.Equal(
            [$$"""{"message_type":"changed","old_snapshot_id":"{{second}}","new_snapshot_id":"{{third}}"}""", """{"message_type":"summary","changed_snapshots":1}"""],
            removed.OutLines);
        using JsonDocument list = JsonDocument.Parse((await _cli.RunAsync("snapshots", "--json")).Out);
        Assert.Equal(first, list.RootElement[0].GetProperty("original").GetString());
        Assert.Equal(["pinned"], list.RootElement[0].GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!));
        await _cli.RunAsync("tag", "--set", "");
        Assert.False(JsonDocument.Parse((await _cli.RunAsync("snapshots", "--json")).Out).RootElement[0].TryGetProperty("tags", out _));
    }

    [Fact]
    public async Task Forget_prune_follows_the_project_s_policy_and_keeps_full_pinned_and_the_newest()
    {
        Directory.CreateDirectory(_folder["Game", "Content"]);
        File.WriteAllText(_folder["Game", "Game.uproject"], "{}");
        _cli.Variables.Clear();
        _cli.WorkingDirectory = _folder["Game"];
        for (int i = 0; i < 8; i++)
        {
            File.WriteAllBytes(_folder["Game", "Content", "A.umap"], new PackageWriter { Data = SplitMix.Bytes((ulong)i, 30_000) }.Write());
            Assert.Equal(0, (await _cli.RunAsync(i == 1 ? "full" : "push")).Code);
            if (i == 3)
            {
                Assert.Equal(0, (await _cli.RunAsync("tag", "--add", "pinned", "latest")).Code);
            }
        }

        CliResult dry = await _cli.RunAsync("forget-prune", "--dry-run", "--keep-last", "1");
        Assert.Equal((0, ""), (dry.Code, dry.Error));
        Assert.Contains("Never removed: snapshots tagged full\nNever removed: snapshots tagged pinned\nNever removed: the newest 3\n", dry.Out, StringComparison.Ordinal);
        Assert.Contains("tagged pinned", dry.Out, StringComparison.Ordinal);
        Assert.Contains("Packs  Size", dry.Out, StringComparison.Ordinal);
        Assert.Equal(8, (await SnapshotsAsync()).Length);

        // With its own rules nothing goes: there are not ten yet.
        Assert.Equal(0, (await _cli.RunAsync("forget-prune")).Code);
        Assert.Equal(8, (await SnapshotsAsync()).Length);

        CliResult done = await _cli.RunAsync("forget-prune", "--keep-last", "1");
        Assert.Equal((0, ""), (done.Code, done.Error));
        Assert.Contains("3 snapshots have been removed, running prune\n", done.Out, StringComparison.Ordinal);
        Assert.Equal(5, (await SnapshotsAsync()).Length);
        Assert.Equal(0, (await _cli.RunAsync("check", "--read-data")).Code);

        Assert.Equal(0, (await _cli.RunAsync("forget-prune", "--keep-last", "1", "--remove-protected")).Code);
        Assert.Single(await SnapshotsAsync());
    }

    [Fact]
    public async Task Forget_prune_leaves_a_folder_of_the_same_name_elsewhere_alone_and_says_which_it_counts()
    {
        _cli.Variables["RESTIC_REPOSITORY"] = _folder["repo"];
        foreach ((string branch, string text) in ((string, string)[])[("main", "0"), ("release", "1"), ("release", "2")])
        {
            Directory.CreateDirectory(_folder[branch, "Game"]);
            File.WriteAllText(_folder[branch, "Game", "Game.uproject"], "{}");
            File.WriteAllText(_folder[branch, "Game", "A.txt"], text);
            _cli.WorkingDirectory = _folder[branch, "Game"];
            Assert.Equal(0, (await _cli.RunAsync("push")).Code);
        }

        string[] ids = await SnapshotsAsync();
        Assert.Equal(3, ids.Length);
        _cli.WorkingDirectory = _folder["main", "Game"];
        CliResult main = await _cli.RunAsync("forget-prune", "--keep-last", "1", "--remove-protected");
        Assert.Equal((0, ""), (main.Code, main.Error));
        Assert.Contains($"Only snapshots of {_folder["main", "Game"]} count; 2 snapshots of other folders are left alone\nkeep 1 snapshots:", main.Out, StringComparison.Ordinal);
        Assert.Equal(ids, await SnapshotsAsync());

        _cli.WorkingDirectory = _folder["release", "Game"];
        Assert.Equal(0, (await _cli.RunAsync("forget-prune", "--keep-last", "1", "--remove-protected")).Code);
        Assert.Equal([ids[0], ids[2]], await SnapshotsAsync());

        // Moved, and nothing saved from there yet: the old place's snapshots are another folder's.
        Directory.Move(_folder["main"], _folder["moved"]);
        _cli.WorkingDirectory = _folder["moved", "Game"];
        Assert.Equal(0, (await _cli.RunAsync("forget-prune", "--keep-last", "1", "--remove-protected", "--json")).Code);
        Assert.Equal([ids[0], ids[2]], await SnapshotsAsync());
    }

    [Fact]
    public async Task A_clock_behind_the_newest_snapshot_stops_forget_prune_unless_forced()
    {
        Directory.CreateDirectory(_folder["Game"]);
        File.WriteAllText(_folder["Game", "Game.uproject"], "{}");
        _cli.Variables.Clear();
        _cli.WorkingDirectory = _folder["Game"];
        Assert.Equal(0, (await _cli.RunAsync("push")).Code);
        string repository = _folder["Game_Backup", "repo"], password = _folder["Game_Backup", ".restic_pass.txt"];
        Assert.Equal(0, (await _cli.RunAsync("backup", _folder["Game"], "-r", repository, "-p", password, "--time", "2999-01-01 00:00:00")).Code);
        CliResult refused = await _cli.RunAsync("forget-prune");
        Assert.Equal(1, refused.Code);
        Assert.Contains("behind the newest snapshot", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
        CliResult forced = await _cli.RunAsync("forget-prune", "--force");
        Assert.Equal(0, forced.Code);
        Assert.Contains("warning: the clock of this computer", forced.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_that_is_in_use_is_not_pruned()
    {
        await MakeAsync(1);
        File.WriteAllText(Path.Combine(_folder["repo", "locks"], new string('0', 64)), "not a lock");
        Assert.Equal(0, (await _cli.RunAsync("unlock", "--remove-all")).Code);
        Assert.Equal(0, (await _cli.RunAsync("prune", "--no-lock")).Code);
        Assert.Contains("--no-lock is not followed", (await _cli.RunAsync("prune", "--no-lock")).Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder["repo", "locks"]));
    }

    private async Task MakeAsync(int snapshots)
    {
        Assert.Equal(0, (await _cli.RunAsync("init")).Code);
        Directory.CreateDirectory(_folder["src"]);
        for (int i = 0; i < snapshots; i++)
        {
            File.Delete(_folder["src", $"file{i - 1}"]);
            File.WriteAllBytes(_folder["src", $"file{i}"], SplitMix.Bytes((ulong)i, 40_000));
            Assert.Equal(0, (await _cli.RunAsync("backup", "src")).Code);
        }
    }

    private async Task<string[]> SnapshotsAsync()
    {
        using JsonDocument list = JsonDocument.Parse((await _cli.RunAsync("snapshots", "--json")).Out);
        return [.. list.RootElement.EnumerateArray().Select(snapshot => snapshot.GetProperty("id").GetString()!)];
    }

    private long SizeOfData() => new DirectoryInfo(_folder["repo", "data"]).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
