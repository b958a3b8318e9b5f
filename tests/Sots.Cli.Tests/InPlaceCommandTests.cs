using System.Diagnostics;
using System.Text.Json;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests;

/// <summary>restore-latest --in-place and restore-undo as a user types them.</summary>
public sealed class InPlaceCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CliRunner _cli;

    public InPlaceCommandTests()
    {
        Write("Game.uproject", "{}");
        Write("Content/Maps/A.umap", "map");
        Write("Content/__ExternalActors__/Maps/A/1/2/x.uasset", "actor");
        _cli = new CliRunner(_folder) { WorkingDirectory = _folder["Game"] };
        _cli.Variables.Clear();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Undo_goes_back_and_forth()
    {
        await _cli.RunAsync("full");
        Write("Content/Maps/A.umap", "changed");
        CliResult shown = await _cli.RunAsync("restore-latest", "--in-place", "--dry-run");
        Assert.Equal((0, "changed"), (shown.Code, Read("Content/Maps/A.umap")));
        Assert.Contains($"1 file replaced, {TestPackage.Of("map").Length} B\n    Content/Maps/A.umap", shown.Out, StringComparison.Ordinal);
        Assert.Single(await SnapshotsAsync());

        Assert.Equal(0, (await _cli.RunAsync("restore-latest", "--in-place", "--yes")).Code);
        Assert.Equal("map", Read("Content/Maps/A.umap"));
        Assert.Equal(0, (await _cli.RunAsync("restore-undo", "--yes")).Code);
        Assert.Equal("changed", Read("Content/Maps/A.umap"));
        Assert.Equal(0, (await _cli.RunAsync("restore-undo", "--yes")).Code);
        Assert.Equal("map", Read("Content/Maps/A.umap"));
        Assert.Empty(Directory.GetFiles(_folder["Game_Backup"], "*.unfinished"));

        // Safety snapshots are never taken for the newest backup.
        Write("Content/Maps/A.umap", "changed again");
        await _cli.RunAsync("restore-latest", "--in-place", "--yes");
        Assert.Equal("map", Read("Content/Maps/A.umap"));
    }

    [Fact]
    public async Task An_undo_that_was_killed_is_completed_by_the_next()
    {
        await _cli.RunAsync("full");
        Write("Content/Maps/A.umap", "changed");
        Write("Content/B.uasset", "b");
        await _cli.RunAsync("restore-latest", "--in-place", "--yes", "--delete");
        Write("Content/Maps/A.umap", "edited since");
        Assert.Equal(3, (await _cli.RunAsync("restore-undo", "--yes")).Code);
        Assert.Equal(("edited since", "b"), (Read("Content/Maps/A.umap"), Read("Content/B.uasset")));

        // As it was while the undo was at work: its note names what it goes back to, and one of its files is not there.
        List<JsonElement> snapshots = await SnapshotsAsync();
        File.WriteAllText(_folder["Game_Backup", "restore-undo.unfinished"], snapshots[^2].GetProperty("id").GetString());
        File.Delete(_folder["Game", "Content", "B.uasset"]);
        Assert.Equal(3, (await _cli.RunAsync("restore-undo", "--yes")).Code);
        Assert.Equal("b", Read("Content/B.uasset"));
        Assert.Equal(snapshots.Count, (await SnapshotsAsync()).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_undo_that_left_edited_files_is_completed_by_force_and_undone_without(bool force)
    {
        await _cli.RunAsync("full");
        Write("Content/Maps/A.umap", "changed");
        Write("Content/B.uasset", "b");
        await _cli.RunAsync("restore-latest", "--in-place", "--yes", "--delete");
        Write("Content/Maps/A.umap", "edited since");
        CliResult left = await _cli.RunAsync("restore-undo", "--yes");
        Assert.Equal(3, left.Code);
        Assert.Contains("--force", left.Out, StringComparison.Ordinal);

        Assert.Equal(0, (await _cli.RunAsync(force ? ["restore-undo", "--yes", "--force"] : ["restore-undo", "--yes"])).Code);
        Assert.Equal(force ? "changed" : "edited since", Read("Content/Maps/A.umap"));
        Assert.Equal(force, File.Exists(_folder["Game", "Content", "B.uasset"]));
        Assert.Empty(Directory.GetFiles(_folder["Game_Backup"], "*.unfinished"));
    }

    [Fact]
    public async Task An_undo_that_was_killed_before_it_changed_anything_is_completed_by_the_next()
    {
        await _cli.RunAsync("full");
        Write("Content/B.uasset", "b");
        await _cli.RunAsync("restore-latest", "--in-place", "--yes", "--delete");
        Assert.Equal(0, (await _cli.RunAsync("restore-undo", "--yes")).Code);

        // As it was when the undo had just made its safety snapshot.
        List<JsonElement> snapshots = await SnapshotsAsync();
        File.WriteAllText(_folder["Game_Backup", "restore-undo.unfinished"], snapshots[^2].GetProperty("id").GetString());
        File.Delete(_folder["Game", "Content", "B.uasset"]);
        Assert.Equal(0, (await _cli.RunAsync("restore-undo", "--yes")).Code);
        Assert.Equal("b", Read("Content/B.uasset"));
        Assert.Empty(Directory.GetFiles(_folder["Game_Backup"], "*.unfinished"));
    }

    [Fact]
    public async Task Delete_never_takes_what_the_config_leaves_out_and_nothing_of_the_backup_itself()
    {
        Write("sots_backup_config.json", """
            {
              "exclude": ["*.local"], "iexclude": ["scratch"], "exclude_files": ["more.txt"],
              "unreal_preset": { "keep_intermediate": true }, "logs": { "folder": "Logs" }
            }
            """);
        Write("more.txt", "*.mine\n");
        Assert.Equal(0, (await _cli.RunAsync("full")).Code);
        string[] leftOut = ["a.local", "Content/Scratch/x.uasset", "b.mine", "DerivedDataCache/d.udd", "Logs/own.txt"];
        Array.ForEach(leftOut, path => Write(path, "left out"));
        Write("Intermediate/x.obj", "saved by choice");
        Write("Content/New.uasset", "new");

        CliResult shown = await _cli.RunAsync("restore-latest", "--in-place", "--delete", "--dry-run");
        Assert.Equal((0, ""), (shown.Code, shown.Error));
        CliResult result = await _cli.RunAsync("restore-latest", "--in-place", "--delete", "--yes");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.All(leftOut, path => Assert.Equal("left out", Read(path)));
        Assert.False(File.Exists(_folder["Game", "Content", "New.uasset"]) || File.Exists(_folder["Game", "Intermediate", "x.obj"]));

        // The safety snapshot has what was removed, and nothing of what is left out.
        string saved = (await _cli.RunAsync("ls", "latest")).Out;
        Assert.Contains("Content/New.uasset", saved, StringComparison.Ordinal);
        Assert.Contains("Intermediate/x.obj", saved, StringComparison.Ordinal);
        Assert.All(leftOut, path => Assert.DoesNotContain(path, saved, StringComparison.Ordinal));
        Assert.Equal(0, (await _cli.RunAsync("restore-undo", "--yes")).Code);
        Assert.Equal(("new", "saved by choice"), (Read("Content/New.uasset"), Read("Intermediate/x.obj")));
    }

    [Theory]
    [InlineData("Big.uasset", "--exclude-larger-than", "10k")]
    [InlineData("Content/big.UASSET", "--iexclude", "BIG.uasset")]
    [InlineData("Content/Big.uasset", "--exclude-file", "../rules.txt")]
    [InlineData("Content/big.uasset", "--iexclude-file", "../rules.txt")]
    [InlineData("Marked/Big.uasset", "--exclude-if-present", "mark")]
    [InlineData("Marked/Big.uasset", "--exclude-caches")]
    public async Task Delete_never_takes_what_flags_of_the_push_left_out_also_for_the_state_before_a_restore(string path, params string[] flags)
    {
        string big = new('b', 20_000);
        File.WriteAllText(_folder["rules.txt"], "Big.uasset\n");
        Write(path, big);
        Directory.CreateDirectory(_folder["Game", "Marked"]);
        File.WriteAllText(_folder["Game", "Marked", "mark"], "");
        File.WriteAllText(_folder["Game", "Marked", "CACHEDIR.TAG"], "Signature: 8a477f597d28d172789f06886806bc55");
        CliResult pushed = await _cli.RunAsync(["push", .. flags]);
        Assert.Equal((0, ""), (pushed.Code, pushed.Error));
        Assert.DoesNotContain("ig.u", (await _cli.RunAsync("ls", "latest")).Out, StringComparison.OrdinalIgnoreCase);
        Write("Content/New.uasset", "new");

        Assert.Equal(0, (await _cli.RunAsync("restore-latest", "--in-place", "--delete", "--yes")).Code);
        Assert.Equal(big, Read(path));
        Assert.False(File.Exists(_folder["Game", "Content", "New.uasset"]));

        // The state before left it out as well, and knows why.
        string safety = (await SnapshotsAsync())[^1].GetProperty("id").GetString()!;
        Assert.Equal(0, (await _cli.RunAsync("restore-latest", "--in-place", "--delete", "--yes", "--snapshot", safety)).Code);
        Assert.Equal((big, "new"), (Read(path), Read("Content/New.uasset")));
    }

    [Fact]
    public async Task Safety_snapshots_are_the_parent_of_the_next_push_but_no_backup_and_no_alarm()
    {
        await _cli.RunAsync("full");
        for (int i = 0; i < 150; i++)
        {
            Write($"Content/Many/{i}.uasset", $"asset {i}");
        }

        await _cli.RunAsync("push");
        string first = (await SnapshotsAsync())[0].GetProperty("id").GetString()!;
        Assert.Equal(0, (await _cli.RunAsync("restore-latest", "--in-place", "--delete", "--yes", "--snapshot", first)).Code);
        using (JsonDocument status = JsonDocument.Parse((await _cli.RunAsync("status", "--json")).Out))
        {
            Assert.Equal(2, status.RootElement.GetProperty("snapshots").GetInt32());
            Assert.Empty(status.RootElement.GetProperty("alarms").EnumerateArray());
        }

        // 3 of 153 files are left, as wanted: no alarm, no refusal.
        CliResult pushed = await _cli.RunAsync("push");
        Assert.Equal((0, ""), (pushed.Code, pushed.Error));
        List<JsonElement> snapshots = await SnapshotsAsync();
        Assert.Equal(snapshots[2].GetProperty("id").GetString(), snapshots[3].GetProperty("parent").GetString());
        Assert.Contains("before-restore", snapshots[2].GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        CliResult after = await _cli.RunAsync("status");
        Assert.Equal((0, ""), (after.Code, after.Error));

        // Forgotten by the policy only among themselves; by id and tag like any other.
        CliResult plan = await _cli.RunAsync("forget-prune", "--keep-last", "1", "--dry-run");
        Assert.Contains("Counted apart: snapshots tagged before-restore, of which the newest 3 are never removed", plan.Out, StringComparison.Ordinal);
        string safety = snapshots[2].GetProperty("id").GetString()!;
        Assert.Equal(0, (await _cli.RunAsync("tag", "-r", _folder["Game_Backup", "repo"], "--password-file", _folder["Game_Backup", ".restic_pass.txt"], "--add", "pinned", safety)).Code);
        string pinned = (await SnapshotsAsync()).Single(snapshot => snapshot.GetProperty("tags").EnumerateArray().Any(tag => tag.GetString() == "pinned")).GetProperty("id").GetString()!;
        Assert.Equal(0, (await _cli.RunAsync("restore-undo", "--yes", "--dry-run")).Code);
        Assert.Equal(0, (await _cli.RunAsync("forget", pinned)).Code);
        Assert.Equal(3, (await SnapshotsAsync()).Count);
    }

    [Fact]
    public async Task A_plan_names_the_newest_work_first_counts_what_is_newer_on_the_disk_and_says_where_all_of_it_is_named()
    {
        DateTime saved = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        for (int i = 0; i < 12; i++)
        {
            Write($"Content/C{i:00}.uasset", "old");
            File.SetLastWriteTimeUtc(_folder["Game", "Content", $"C{i:00}.uasset"], saved);
        }

        await _cli.RunAsync("full");
        for (int i = 0; i < 12; i++)
        {
            Write($"Content/C{i:00}.uasset", "changed");
            Write($"Content/N{i:00}.uasset", "new");

            // The later in the alphabet the newer; the first two are older than what was saved.
            File.SetLastWriteTimeUtc(_folder["Game", "Content", $"C{i:00}.uasset"], saved.AddDays(i - 1.5));
            File.SetLastWriteTimeUtc(_folder["Game", "Content", $"N{i:00}.uasset"], saved.AddDays(i));
        }

        string shown = (await _cli.RunAsync("restore-latest", "--in-place", "--delete", "--dry-run")).Out;
        string more = "    and 2 more; `--dry-run --json` names all of them\n";
        string Names(char kind) => string.Concat(Enumerable.Range(0, 10).Select(i => $"    Content/{kind}{11 - i:00}.uasset\n"));
        Assert.Contains(Names('C') + more + "  10 of them are newer on the disk than in the snapshot\n  12 files deleted", shown, StringComparison.Ordinal);
        Assert.Contains(Names('N') + more, shown + "\n", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_changed_unasked()
    {
        await _cli.RunAsync("full");
        Write("Content/Maps/A.umap", "changed");
        CliResult refused = await _cli.RunAsync("restore-latest", "--in-place");
        Assert.Equal((1, "changed"), (refused.Code, Read("Content/Maps/A.umap")));
        Assert.Contains("--yes", refused.Error, StringComparison.Ordinal);
        Assert.Single(await SnapshotsAsync());
    }

    [Fact]
    public async Task Who_says_no_is_told_that_nothing_was_changed_and_it_is_no_failure()
    {
        await _cli.RunAsync("full");
        Write("Content/Maps/A.umap", "changed");
        _cli.Answer = _ => false;
        CliResult no = await _cli.RunAsync("restore-latest", "--in-place");
        Assert.Equal((130, "Nothing was changed.\n", "changed"), (no.Code, no.Error, Read("Content/Maps/A.umap")));
        Assert.Single(await SnapshotsAsync());
        using JsonDocument runs = JsonDocument.Parse((await _cli.RunAsync("runs", "--json")).Out);
        Assert.Equal("cancelled", runs.RootElement[runs.RootElement.GetArrayLength() - 1].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_level_comes_back_with_its_actors_and_nothing_else()
    {
        await _cli.RunAsync("full");
        Write("Content/Maps/A.umap", "changed");
        Write("Content/__ExternalActors__/Maps/A/1/2/x.uasset", "moved");
        Write("Content/__ExternalActors__/Maps/A/1/2/y.uasset", "new actor");
        Write("Game.uproject", "{ }");
        CliResult result = await _cli.RunAsync("restore-latest", "--in-place", "--yes", "--delete", "--path", "Content/Maps/A.umap");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(("map", "actor", "{ }"), (Read("Content/Maps/A.umap"), Read("Content/__ExternalActors__/Maps/A/1/2/x.uasset"), Read("Game.uproject")));
        Assert.False(File.Exists(_folder["Game", "Content", "__ExternalActors__", "Maps", "A", "1", "2", "y.uasset"]));
    }

    [Theory]
    [InlineData("--in-place", "--target", "x")]
    [InlineData("--target", "x", "--delete")]
    [InlineData("--in-place", "--path", "../elsewhere")]
    [InlineData("--yes")]
    public async Task Flags_that_make_no_sense_together_are_refused(params string[] flags)
    {
        await _cli.RunAsync("full");
        Assert.Equal(1, (await _cli.RunAsync(["restore-latest", .. flags])).Code);
        Assert.Single(await SnapshotsAsync());
    }

    [Fact]
    public async Task Without_a_restore_there_is_nothing_to_undo()
    {
        await _cli.RunAsync("full");
        CliResult result = await _cli.RunAsync("restore-undo", "--yes");
        Assert.Equal(1, result.Code);
        Assert.Contains("There is no restore in place of", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_undo_takes_back_a_restore_of_its_own_computer_only_and_names_those_of_others()
    {
        await _cli.RunAsync("full");
        Write("Content/Maps/A.umap", "Anna's");
        await _cli.RunAsync("restore-latest", "--in-place", "--yes");

        // Another computer, the same path, the same repository.
        _cli.Host = "ben-pc";
        CliResult nothing = await _cli.RunAsync("restore-undo", "--yes");
        string safety = (await SnapshotsAsync())[^1].GetProperty("id").GetString()![..8];
        Assert.Equal((1, "map"), (nothing.Code, Read("Content/Maps/A.umap")));
        Assert.Contains($"on this computer (ben-pc) to undo; snapshot {safety} was made before one on testhost", nothing.Error, StringComparison.Ordinal);
        Assert.Contains($"--in-place --delete --snapshot {safety}", nothing.Error, StringComparison.Ordinal);
        Write("Content/Maps/A.umap", "Ben's");
        await _cli.RunAsync("restore-latest", "--in-place", "--yes");

        _cli.Host = "TestHost";
        Assert.Equal(0, (await _cli.RunAsync("restore-undo", "--yes")).Code);
        Assert.Equal("Anna's", Read("Content/Maps/A.umap"));

        // As it is on the other computer, where that changed nothing.
        Write("Content/Maps/A.umap", "map");
        _cli.Host = "ben-pc";
        Assert.Equal(0, (await _cli.RunAsync("restore-undo", "--yes")).Code);
        Assert.Equal("Ben's", Read("Content/Maps/A.umap"));
    }

    [Fact]
    public async Task An_undo_after_the_clock_was_set_back_refuses_where_it_cannot_be_told_which_restore_was_the_last()
    {
        ManualTime clock = new();
        _cli.Clock = clock;
        await _cli.RunAsync("full");
        Write("Content/Maps/A.umap", "first");
        clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(0, (await _cli.RunAsync("restore-latest", "--in-place", "--yes")).Code);
        clock.ShiftWall(TimeSpan.FromDays(-29));
        Write("Content/Maps/A.umap", "second");
        CliResult restored = await _cli.RunAsync("restore-latest", "--in-place", "--yes");
        Assert.Equal(0, restored.Code);
        string[] ids = [.. (await SnapshotsAsync()).Skip(1).Select(snapshot => snapshot.GetProperty("id").GetString()![..8])];
        string way = $"restore-latest --in-place --delete --snapshot {ids[0]}";
        Assert.Contains(way, restored.Out, StringComparison.Ordinal);

        CliResult refused = await _cli.RunAsync("restore-undo", "--yes");
        Assert.Equal((1, "map"), (refused.Code, Read("Content/Maps/A.umap")));
        Assert.Contains($"behind snapshot {ids[1]}", refused.Error, StringComparison.Ordinal);
        Assert.Contains($"are in {ids[0]}, {ids[1]}: `sots_backup restore-latest --in-place --delete --snapshot ID`", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _cli.RunAsync([.. way.Split(' '), "--yes"])).Code);
        Assert.Equal("second", Read("Content/Maps/A.umap"));
    }

    [Fact]
    public async Task The_question_says_how_old_the_state_is_and_of_which_computer()
    {
        _cli.Clock = new ManualTime();
        await _cli.RunAsync("full");
        Write("Content/Maps/A.umap", "changed");
        ((ManualTime)_cli.Clock).Advance(TimeSpan.FromHours(50));
        _cli.Host = "new-pc";
        List<string> asked = [];
        _cli.Answer = question =>
        {
            asked.Add(question);
            return true;
        };
        Assert.Equal(0, (await _cli.RunAsync("restore-latest", "--in-place")).Code);
        Assert.Equal(0, (await _cli.RunAsync("restore-undo")).Code);
        Assert.Equal(
            ["Change the project like this, to the state of 2 days ago on testhost? [y/N] ", "Undo the last restore like this, to the state of 0 minutes ago on new-pc? [y/N] "], asked);
    }

    [Fact]
    public async Task An_open_editor_and_an_open_file_stop_the_restore()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/bin/sleep"), "needs a program that waits");
        await _cli.RunAsync("full");
        Write("Content/Maps/A.umap", "changed");

        // A program of that name is all that can be seen of an editor.
        File.Copy("/bin/sh", _folder["UnrealEditor"]);
        using (Process editor = Start(_folder["UnrealEditor"], "-c", "read line; exit 0", "editor", _folder["Game", "Game.uproject"]))
        {
            CliResult refused = await _cli.RunAsync("restore-latest", "--in-place", "--yes");
            Assert.Equal((1, "changed"), (refused.Code, Read("Content/Maps/A.umap")));
            Assert.Contains($"UnrealEditor (process {editor.Id}) has this project open", refused.Error, StringComparison.Ordinal);
            await EndAsync(editor);
        }

        using (Process writer = Start("/bin/sh", "-c", $"exec 3>>'{_folder["Game", "Content", "Maps", "A.umap"]}'; echo ready; read line; exit 0"))
        {
            Assert.Equal("ready", await writer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            CliResult refused = await _cli.RunAsync("restore-latest", "--in-place", "--yes");
            Assert.Equal((1, "changed"), (refused.Code, Read("Content/Maps/A.umap")));
            Assert.Contains("is in use", refused.Error, StringComparison.Ordinal);
            Assert.Equal(0, (await _cli.RunAsync("restore-latest", "--in-place", "--yes", "--editor-open-anyway")).Code);
            await EndAsync(writer);
        }

        Assert.Equal("map", Read("Content/Maps/A.umap"));
    }

    private static Process Start(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return Process.Start(start)!;
    }

    private static async Task EndAsync(Process process)
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private async Task<List<JsonElement>> SnapshotsAsync()
    {
        using JsonDocument snapshots = JsonDocument.Parse((await _cli.RunAsync("snapshots", "--json")).Out);
        return [.. snapshots.RootElement.EnumerateArray().Select(snapshot => snapshot.Clone())];
    }

    private string Read(string path) => TestPackage.ReadText(Path.Combine(_folder["Game"], path));

    private void Write(string path, string text)
    {
        string full = Path.Combine(_folder["Game"], path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        TestPackage.WriteText(full, text);
    }
}
