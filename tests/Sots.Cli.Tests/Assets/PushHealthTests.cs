using System.Text;
using System.Text.Json;
using Sots.Backup.Credentials;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests.Assets;

/// <summary>A push looks at the packages that it reads, saves damaged ones all the same, and says how to get whole versions back.</summary>
public sealed class PushHealthTests : IDisposable
{
    private readonly AssetScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task A_snapshot_stays_saved_where_those_before_cannot_be_read_any_more_and_what_is_damaged_still_counts()
    {
        await _scene.RunAsync(0, "push");
        foreach (string pack in Directory.GetFiles(_scene["Game_Backup", "repo", "data"], "*", SearchOption.AllDirectories))
        {
            File.SetAttributes(pack, FileAttributes.Normal);
            File.Delete(pack);
        }

        _scene.Truncate("Content/Lamp.uasset", 1000);
        CliResult push = await _scene.RunAsync(3, "push");
        Assert.Matches("snapshot [0-9a-f]{8} saved", push.Out);
        Assert.Contains("warning: the snapshot is saved, but its assets could not be compared with those before: ", push.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Fatal", push.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _scene.SnapshotsAsync()).Length);
        Assert.Contains("Content/Lamp.uasset", (await _scene.RunAsync(3, "verify-assets", "latest")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_of_every_kind_is_saved_and_named_with_the_command_that_undoes_it()
    {
        await _scene.RunAsync(0, "full");
        string good = await _scene.NewestAsync();
        byte[] lamp = _scene.Read("Content/Lamp.uasset"), door = _scene.Read("Content/Door.uasset"), arena = _scene.Read("Content/Maps/Arena.umap");
        _scene.Truncate("Content/Lamp.uasset", 1000);
        _scene.Write("Content/Door.uasset", new byte[door.Length]);
        byte[] flipped = [.. arena];
        flipped[^100] ^= 1;
        _scene.Write("Content/Maps/Arena.umap", flipped);
        CliResult push = await _scene.RunAsync(3, "push");
        string made = await _scene.NewestAsync();
        Assert.Contains($"snapshot {made} saved", push.Out, StringComparison.Ordinal);
        Assert.Contains("warning: 3 assets are damaged, and were saved as they are:", push.Error, StringComparison.Ordinal);
        Assert.EndsWith("Warning: 3 assets are damaged\n", push.Error, StringComparison.Ordinal);
        string[] commands = [.. push.ErrorLines.Where(line => line.Contains("to get it back: ", StringComparison.Ordinal)).Select(line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..])];
        Assert.Equal(
            ["Content/Door.uasset", "Content/Lamp.uasset", "Content/Maps/Arena.umap"],
            commands.Select(static command => CommandLineWords.Split(command, "a report")[^1]));
        Assert.All(commands, command => Assert.StartsWith($"sots_backup restore-latest --in-place --snapshot {good} --path ", command, StringComparison.Ordinal));
        Assert.Equal(3, push.ErrorLines.Count(line => line.Contains($"like this since snapshot {made} of ", StringComparison.Ordinal) && line.Contains($"whole in snapshot {good} of ", StringComparison.Ordinal)));

        // They were saved as they are, and the commands do what they say.
        await _scene.RunAsync(0, "restore-latest", "--target", _scene["back"]);
        Assert.Equal(flipped, File.ReadAllBytes(_scene["back", "Content", "Maps", "Arena.umap"]));
        foreach (string command in commands)
        {
            await _scene.RunAsync(0, [.. CommandLineWords.Split(command, "a report").Skip(1), "--yes"]);
        }

        Assert.Equal([lamp, door, arena], (byte[][])[_scene.Read("Content/Lamp.uasset"), _scene.Read("Content/Door.uasset"), _scene.Read("Content/Maps/Arena.umap")]);
        Assert.DoesNotContain("damaged", (await _scene.RunAsync(0, "push")).Out, StringComparison.Ordinal);
        Assert.Empty(Remembered());
    }

    [Fact]
    public async Task Json_has_the_same_for_programs_and_the_record_of_the_run_says_warning()
    {
        await _scene.RunAsync(0, "push");
        JsonElement good = (await _scene.SnapshotsAsync())[0];
        _scene.Write("Content/Tree.uasset", []);
        CliResult push = await _scene.RunAsync(3, "push", "--json");
        JsonElement damaged = Assert.Single(AssetScene.Messages(push.Error, "damaged_asset"));
        Assert.Equal(("Content/Tree.uasset", "empty", false), (Text("path"), Text("cause"), damaged.GetProperty("known").GetBoolean()));
        Assert.Equal((good.GetProperty("id").GetString(), good.GetProperty("time").GetString()), (Text("good"), Text("good_time")));
        Assert.Equal((await _scene.SnapshotsAsync())[1].GetProperty("id").GetString(), Text("since"));
        Assert.StartsWith("sots_backup restore-latest --in-place --snapshot ", Text("command"), StringComparison.Ordinal);
        using JsonDocument run = JsonDocument.Parse((await _scene.RunAsync(0, "runs", "show", "latest", "--json")).Out);
        Assert.Equal(("warning", 1), (run.RootElement.GetProperty("outcome").GetString(), run.RootElement.GetProperty("problems").GetInt64()));
        Assert.Equal("Content/Tree.uasset", run.RootElement.GetProperty("errors")[0].GetProperty("item").GetString());
        Assert.Contains("Content/Tree.uasset\n", (await _scene.RunAsync(0, "runs", "show", "latest", "--log")).Out, StringComparison.Ordinal);

        string? Text(string name) => damaged.GetProperty(name).GetString();
    }

    [Fact]
    public async Task What_stays_damaged_is_mentioned_as_long_as_it_does_and_status_warns()
    {
        await _scene.RunAsync(0, "push");
        _scene.Truncate("Content/Lamp.uasset", 1000);
        _scene.Truncate("Content/Door.uasset", 1000);
        await _scene.RunAsync(3, "push");
        CliResult status = await _scene.RunAsync(3, "status");
        Assert.Contains("alarm: 2 assets are damaged in the newest snapshot: Content/Door.uasset, Content/Lamp.uasset\n", status.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("could not save everything", status.Out, StringComparison.Ordinal);

        _scene.Write("Content/New.uasset", AssetScene.Package("New", 1));
        CliResult push = await _scene.RunAsync(0, "push");
        Assert.Contains("still damaged, as before: Content/Door.uasset, Content/Lamp.uasset; `sots_backup verify-assets latest` says more", push.Out, StringComparison.Ordinal);
        Assert.Equal("", push.Error);
        Assert.Equal([true, true], AssetScene.Messages((await _scene.RunAsync(0, "push", "--json")).Error, "damaged_asset").Select(static asset => asset.GetProperty("known").GetBoolean()));

        // One is removed, one is edited and damaged still.
        File.Delete(_scene.PathOf("Content/Door.uasset"));
        _scene.Truncate("Content/Lamp.uasset", 900);
        push = await _scene.RunAsync(3, "push");
        Assert.Contains("warning: 1 asset is damaged, and was saved as it is:\n  Content/Lamp.uasset\n", push.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("still damaged", push.Out + push.Error, StringComparison.Ordinal);
        JsonElement lamp = Assert.Single(Remembered());
        Assert.Equal("Content/Lamp.uasset", lamp.GetProperty("path").GetString());
    }

    [Fact]
    public async Task Damage_in_a_snapshot_that_is_saved_is_remembered_also_where_the_telling_is_interrupted()
    {
        await _scene.RunAsync(0, "push");
        _scene.Truncate("Content/Lamp.uasset", 1000);
        await _scene.RunAsync(3, "push");
        _scene.Truncate("Content/Door.uasset", 1000);
        using CancellationTokenSource stop = new();
        using StoppingWriter output = new(stop, " saved\n");
        int code = await CliRoot.RunAsync(["push"], _scene.Cli.Environment(output, TextWriter.Null), stop.Token);
        Assert.Equal(ExitCode.Cancelled, code);
        Assert.Equal(3, (await _scene.SnapshotsAsync()).Length);
        Assert.Contains("2 assets are damaged in the newest snapshot: Content/Door.uasset, Content/Lamp.uasset", (await _scene.RunAsync(3, "status")).Out, StringComparison.Ordinal);
        Assert.Contains("still damaged, as before: Content/Door.uasset, Content/Lamp.uasset", (await _scene.RunAsync(0, "push")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_remembered_may_be_deleted_or_torn()
    {
        await _scene.RunAsync(0, "push");
        _scene.Truncate("Content/Lamp.uasset", 1000);
        await _scene.RunAsync(3, "push");
        File.WriteAllText(_scene.KnownDamage, "{ \"form\": 1, \"tree\"");
        CliResult push = await _scene.RunAsync(0, "push");
        Assert.DoesNotContain("damaged", push.Out + push.Error, StringComparison.Ordinal);

        // Read again, it is found again, with its true beginning.
        string since = (await _scene.SnapshotsAsync())[1].GetProperty("short_id").GetString()!;
        CliResult full = await _scene.RunAsync(3, "full");
        Assert.Contains($"like this since snapshot {since} of ", full.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_asset_that_was_never_whole_has_no_command_but_advice()
    {
        _scene.Write("Content/Bad.uasset", "junk"u8.ToArray());
        CliResult full = await _scene.RunAsync(3, "full");
        Assert.Contains("no snapshot has a whole version; look in Saved/Autosaves", full.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("to get it back", full.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_full_of_pointers_is_a_few_lines()
    {
        for (int i = 0; i < 40; i++)
        {
            _scene.Write($"Content/P{i:00}.uasset", Encoding.ASCII.GetBytes($"version https://git-lfs.github.com/spec/v1\noid sha256:{i:x64}\nsize 12345\n"));
        }

        CliResult full = await _scene.RunAsync(3, "full");
        Assert.Contains("  Content/P00.uasset and 39 more, all in ", full.Error, StringComparison.Ordinal);
        Assert.Contains("`git lfs pull` fetches it", full.Error, StringComparison.Ordinal);
        Assert.True(full.ErrorLines.Length < 8, full.Error);
    }

    [Fact]
    public async Task A_payload_that_is_kept_elsewhere_and_a_newer_engine_are_named_and_no_damage()
    {
        _scene.Write("Content/Far.uasset", new PackageWriter { Payloads = [[1, 2]], VirtualizedPayloads = 1 }.Write());
        byte[] newer = AssetScene.Package("Newer", 1);
        BitConverter.TryWriteBytes(newer.AsSpan(16), 1999);
        _scene.Write("Content/Newer.uasset", newer);
        CliResult full = await _scene.RunAsync(0, "full");
        Assert.Contains("assets: 1 whole, with a part of the data in a store of the team: that part is not in this project\n", full.Out, StringComparison.Ordinal);
        Assert.Contains("assets: 1 saved by a newer engine than this program knows: nothing can be said\n", full.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_says_it_too_and_remembers_nothing()
    {
        await _scene.RunAsync(0, "push");
        _scene.Truncate("Content/Lamp.uasset", 1000);
        string before = File.ReadAllText(_scene.KnownDamage);
        CliResult push = await _scene.RunAsync(3, "push", "--dry-run");
        Assert.Contains("1 asset is damaged, and would be saved as it is", push.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(_scene.KnownDamage));
    }

    [Fact]
    public async Task Restic_s_own_form_names_damage_and_keeps_its_code()
    {
        _scene.Cli.Variables["RESTIC_PASSWORD"] = "correct horse";
        await _scene.RunAsync(0, "init", "-r", _scene["R"]);
        await _scene.RunAsync(0, "backup", "-r", _scene["R"], _scene["Game"]);
        byte[] whole = _scene.Read("Content/Lamp.uasset");
        _scene.Truncate("Content/Lamp.uasset", 1000);
        CliResult backup = await _scene.RunAsync(0, "backup", "-r", _scene["R"], _scene["Game"]);
        Assert.Contains("1 asset is damaged", backup.Error, StringComparison.Ordinal);
        string command = backup.ErrorLines.Single(line => line.Contains("to get it back: ", StringComparison.Ordinal)).Split("to get it back: ")[1];
        _scene.Cli.WorkingDirectory = _scene.PathOf("");
        await _scene.RunAsync(0, [.. CommandLineWords.Split(command, "a report").Skip(1)]);
        Assert.Equal(whole, _scene.Read("Restored/Lamp.uasset"));
    }

    [Fact]
    public async Task From_elsewhere_the_command_names_the_project()
    {
        _scene.Cli.WorkingDirectory = _scene.PathOf("..");
        await _scene.RunAsync(0, "push", "--project", "Game");
        byte[] whole = _scene.Read("Content/Lamp.uasset");
        _scene.Truncate("Content/Lamp.uasset", 1000);
        CliResult push = await _scene.RunAsync(3, "push", "--project", "Game");
        string command = push.ErrorLines.Single(line => line.Contains("to get it back: ", StringComparison.Ordinal)).Split("to get it back: ")[1];
        await _scene.RunAsync(0, [.. CommandLineWords.Split(command, "a report").Skip(1), "--yes"]);
        Assert.Equal(whole, _scene.Read("Content/Lamp.uasset"));
    }

    /// <summary>Ctrl-C as soon as something is written.</summary>
    private sealed class StoppingWriter(CancellationTokenSource stop, string at) : StringWriter
    {
        public override void Write(char value)
        {
            base.Write(value);
            StopAtWord();
        }

        public override void Write(string? value)
        {
            base.Write(value);
            StopAtWord();
        }

        private void StopAtWord()
        {
            if (ToString().Contains(at, StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        }
    }

    private JsonElement[] Remembered()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(_scene.KnownDamage));
        return [.. file.RootElement.GetProperty("assets").EnumerateArray().Select(static asset => asset.Clone())];
    }
}
