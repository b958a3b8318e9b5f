using System.Text.Json;
using Sots.Cli.Tests.Configuration;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests;

/// <summary>What <c>push</c>, <c>diff --unreal</c> and <c>levels</c> say of a project.</summary>
public sealed class UnrealChangesTests : IDisposable
{
    private readonly ProjectScene _scene = new();

    public UnrealChangesTests()
    {
        Package("Content/Maps/Arena.umap", "/Script/Engine.World", null);
        Package("Content/Door.uasset", "/Script/Engine.Blueprint", null);
        Actor("A", "Tree1");
        Actor("B", "Tree2");
    }

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task A_push_says_what_changed_in_the_words_of_the_editor()
    {
        await _scene.DoneAsync("push");
        Change();
        CliResult pushed = await _scene.DoneAsync("push");
        Assert.Contains("\nassets: 1 changed", pushed.Out, StringComparison.Ordinal);
        Assert.Contains("\n    changed  Content/Door.uasset\n", pushed.Out, StringComparison.Ordinal);
        Assert.Contains("\nlevel Arena: 1 actor changed, 1 added, 1 deleted (Content/Maps/Arena)\n", pushed.Out, StringComparison.Ordinal);
        Assert.Contains("\n    changed  Oak (was Tree1) (StaticMeshActor)\n", pushed.Out, StringComparison.Ordinal);
        Assert.Contains("\n    deleted  Tree2 (StaticMeshActor)\n", pushed.Out, StringComparison.Ordinal);
        Assert.True(pushed.Out.IndexOf("saved", StringComparison.Ordinal) < pushed.Out.IndexOf("assets:", StringComparison.Ordinal), "what is saved is said first");
        Assert.Contains(
            Directory.GetFiles(_scene["Game_Backup", "logs"], "*push*.log").Select(File.ReadAllText),
            static log => log.Contains("level Arena: 1 actor changed, 1 added, 1 deleted", StringComparison.Ordinal));
        Assert.DoesNotContain("assets:", (await _scene.DoneAsync("push")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_are_told_the_same_after_restic_s_summary()
    {
        await _scene.DoneAsync("push", "--json");
        Change();
        string[] lines = (await _scene.DoneAsync("push", "--json")).OutLines;
        int summary = Array.FindIndex(lines, static line => line.Contains("\"message_type\":\"summary\"", StringComparison.Ordinal));
        using JsonDocument changes = JsonDocument.Parse(lines[summary + 1]);
        JsonElement root = changes.RootElement;
        Assert.Equal(("unreal_changes", false, 1), (root.GetProperty("message_type").GetString(), root.GetProperty("baseline").GetBoolean(), root.GetProperty("assets").GetProperty("changed").GetInt32()));
        JsonElement level = root.GetProperty("levels")[0];
        Assert.Equal(("Arena", 1, 1, 1, 0), (level.GetProperty("level").GetString(), Number(level, "actors_changed"), Number(level, "actors_added"), Number(level, "actors_deleted"), Number(level, "actors_moved")));
        Assert.Equal("Oak", level.GetProperty("actors").EnumerateArray().Single(static actor => actor.GetProperty("change").GetString() == "changed").GetProperty("label").GetString());

        static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task A_comparison_is_restic_s_unless_unreal_s_words_are_asked_for()
    {
        (string before, string after) = await TwoAsync();
        CliResult plain = await _scene.DoneAsync("diff", before, after);
        Assert.StartsWith($"comparing snapshot {before} to {after}:\n\nM    ", plain.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("level", plain.Out, StringComparison.Ordinal);
        CliResult told = await _scene.DoneAsync("diff", before, "latest", "--unreal");
        Assert.Contains("level Arena: 1 actor changed, 1 added, 1 deleted", told.Out, StringComparison.Ordinal);
        string content = _scene["Game"] + "/Content/Maps";
        Assert.Contains("no file's content changed", (await _scene.DoneAsync("diff", $"{before}:{content}", $"{after}:{content}", "--unreal")).Out, StringComparison.Ordinal);
        string actors = _scene["Game"] + "/Content/__ExternalActors__";
        Assert.Contains("level Arena: 1 actor changed", (await _scene.DoneAsync("diff", $"{before}:{actors}", $"{after}:{actors}", "--unreal")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Levels_are_listed_compared_and_their_orphans_found()
    {
        (string before, string after) = await TwoAsync();
        Assert.Contains("Arena  2       0 ", (await _scene.DoneAsync("levels", "latest")).Out, StringComparison.Ordinal);
        CliResult one = await _scene.DoneAsync("levels", before, "--level", "Arena", "--json");
        using JsonDocument listed = JsonDocument.Parse(one.Out);
        Assert.Equal(["Tree1", "Tree2"], listed.RootElement.GetProperty("actors").EnumerateArray().Select(static actor => actor.GetProperty("label").GetString()));
        Assert.Contains("level Arena: 1 actor changed, 1 added, 1 deleted", (await _scene.DoneAsync("levels", before, after)).Out, StringComparison.Ordinal);
        Assert.Contains("no level changed", (await _scene.DoneAsync("levels", before, after, "Other")).Out, StringComparison.Ordinal);
        CliResult wrong = await _scene.RunAsync("levels", "latest", "--level", "Arenna");
        Assert.Equal((1, true), (wrong.Code, wrong.Error.Contains("Did you mean Arena?", StringComparison.Ordinal)));
        File.Delete(_scene["Game", "Content", "Maps", "Arena.umap"]);
        Assert.Contains("orphans: 2 actors and 0 other objects of Content/Maps/Arena.umap", (await _scene.DoneAsync("levels", ".")).Out, StringComparison.Ordinal);
        Assert.Equal(1, (await _scene.RunAsync("levels", "nosuch")).Code);
        Assert.Equal(1, (await _scene.RunAsync("levels")).Code);
    }

    [Fact]
    public async Task A_snapshot_is_saved_also_where_it_cannot_be_told_what_changed()
    {
        await _scene.DoneAsync("push");
        Change();
        foreach (string file in Directory.GetFiles(_scene["Game_Backup", "repo", "data"], "*", SearchOption.AllDirectories))
        {
            // What the new snapshot is compared with cannot be read any more; that the packs have their length is all a backup looks at.
            File.SetAttributes(file, FileAttributes.Normal);
            byte[] bytes = await File.ReadAllBytesAsync(file);
            bytes.AsSpan(0, bytes.Length / 2).Clear();
            await File.WriteAllBytesAsync(file, bytes);
        }

        CliResult pushed = await _scene.RunAsync("push");
        Assert.Contains("saved", pushed.Out, StringComparison.Ordinal);
    }

    private async Task<(string Before, string After)> TwoAsync()
    {
        await _scene.DoneAsync("push");
        Change();
        await _scene.DoneAsync("push");
        using JsonDocument listed = JsonDocument.Parse((await _scene.DoneAsync("snapshots", "--json")).Out);
        return (listed.RootElement[0].GetProperty("short_id").GetString()!, listed.RootElement[1].GetProperty("short_id").GetString()!);
    }

    private void Change()
    {
        Package("Content/Door.uasset", "/Script/Engine.Blueprint", null, "with a lock");
        Actor("A", "Oak");
        File.Delete(_scene["Game", "Content", "__ExternalActors__", "Maps", "Arena", "1", "2X", "B.uasset"]);
        Actor("C", "Bush");
    }

    private void Actor(string file, string label) => Package($"Content/__ExternalActors__/Maps/Arena/1/2X/{file}.uasset", "/Script/Engine.StaticMeshActor", label);

    private void Package(string path, string type, string? label, string text = "")
    {
        string full = Path.Combine(_scene["Game"], path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, new PackageWriter
        {
            PackageName = "/Game/" + Path.ChangeExtension(path["Content/".Length..], null), Class = type, Tags = label is null ? [("Text", text)] : [("ActorLabel", label)],
        }.Write());
    }
}
