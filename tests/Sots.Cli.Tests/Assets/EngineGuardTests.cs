using System.Text.Json;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Locking;

namespace Sots.Cli.Tests.Assets;

/// <summary>The last snapshot before a project goes to another engine is pinned, and nothing else is ever taken for that.</summary>
public sealed class EngineGuardTests : IDisposable
{
    private readonly AssetScene _scene = new();

    public EngineGuardTests()
    {
        foreach (string name in (string[])["Lamp", "Door", "Tree"])
        {
            _scene.Write($"Content/{name}.uasset", AssetScene.Package(name, 1, version5: 1012));
        }

        _scene.Write("Content/Maps/Arena.umap", AssetScene.Package("Arena", 1, version5: 1012));
        _scene.Write("Game.uproject", """{ "EngineAssociation": "5.4" }"""u8.ToArray());
    }

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task Packages_of_a_newer_engine_pin_the_snapshot_before_them_and_are_named()
    {
        await _scene.RunAsync(0, "push");
        _scene.Write("Content/Lamp.uasset", AssetScene.Package("Lamp", 2, version5: 1012));
        await _scene.RunAsync(0, "push");
        JsonElement before = (await _scene.SnapshotsAsync())[1];
        _scene.Write("Game.uproject", """{ "EngineAssociation": "5.7" }"""u8.ToArray());
        _scene.Write("Content/Lamp.uasset", AssetScene.Package("Lamp", 3));
        _scene.Write("Content/New.uasset", AssetScene.Package("New", 1));
        CliResult push = await _scene.RunAsync(0, "push");
        Assert.Contains("the project belonged to 5.4 and belongs to 5.7 now", push.Out, StringComparison.Ordinal);
        Assert.Contains("1 asset that was there before was saved anew by the newer engine; an older one cannot open it any more\n    Content/Lamp.uasset\n", push.Out, StringComparison.Ordinal);
        JsonElement[] after = await _scene.SnapshotsAsync();
        Assert.Equal(before.GetProperty("id").GetString(), after[1].GetProperty("original").GetString());
        Assert.Equal(["push", "pinned", "before-upgrade"], after[1].GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!));
        Assert.False(after[0].TryGetProperty("original", out _));
        Assert.Contains($"the last snapshot before is {after[1].GetProperty("short_id").GetString()} of ", push.Out, StringComparison.Ordinal);

        // It survives the strictest policy, and the next push is quiet.
        _scene.Write("Content/Door.uasset", AssetScene.Package("Door", 2));
        Assert.DoesNotContain("engine", (await _scene.RunAsync(0, "push")).Out, StringComparison.Ordinal);
        await _scene.RunAsync(0, "push");
        await _scene.RunAsync(0, "push");
        await _scene.RunAsync(0, "forget-prune", "--keep-last", "1");
        Assert.Contains((await _scene.SnapshotsAsync()), saved => saved.GetProperty("id").GetString() == after[1].GetProperty("id").GetString());
        Assert.DoesNotContain("gone", (await _scene.Cli.RunAsync("status")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_file_that_names_another_engine_is_enough()
    {
        await _scene.RunAsync(0, "push");
        _scene.Write("Game.uproject", """{ "EngineAssociation": "5.5" }"""u8.ToArray());
        JsonElement change = Assert.Single(AssetScene.Messages((await _scene.RunAsync(0, "push", "--json")).Out, "engine_change"));
        Assert.Equal(("5.4", "5.5", true, 0), (
            change.GetProperty("association_before").GetString(), change.GetProperty("association").GetString(), change.GetProperty("pinned").GetBoolean(),
            change.GetProperty("resaved").GetArrayLength()));
        Assert.Equal((await _scene.SnapshotsAsync())[0].GetProperty("id").GetString(), change.GetProperty("snapshot_before").GetString());
    }

    [Fact]
    public async Task Where_packages_of_the_engine_are_there_already_nothing_happens_whatever_is_remembered()
    {
        _scene.Write("Content/Tree.uasset", AssetScene.Package("Tree", 1));
        await _scene.RunAsync(0, "push");
        File.Delete(_scene.KnownDamage);
        _scene.Write("Content/Lamp.uasset", AssetScene.Package("Lamp", 2));
        Assert.DoesNotContain("engine changed", (await _scene.RunAsync(0, "push")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_pins_nothing_and_says_so()
    {
        await _scene.RunAsync(0, "push");
        _scene.Write("Content/Lamp.uasset", AssetScene.Package("Lamp", 2));
        CliResult dry = await _scene.RunAsync(0, "push", "--dry-run");
        Assert.Contains("would be pinned", dry.Out, StringComparison.Ordinal);
        Assert.Equal(["push"], (await _scene.SnapshotsAsync())[0].GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!));
    }

    /// <summary>Saving needs no lock of its own kind, changing tags does: the snapshot is there, and the command to pin the one before is told.</summary>
    [Fact]
    public async Task Where_others_use_the_repository_the_snapshot_is_saved_and_the_command_that_pins_is_told()
    {
        await _scene.RunAsync(0, "push");
        _scene.Write("Game.uproject", """{ "EngineAssociation": "5.5" }"""u8.ToArray());
        byte[] password = File.ReadAllBytes(_scene["Game_Backup", ".restic_pass.txt"]).AsSpan().TrimEnd("\r\n"u8).ToArray();
        CliResult push;
        using (LocalBackend backend = new(_scene["Game_Backup", "repo"]))
        using (OpenRepository repository = await Repository.OpenAsync(backend, password, new OpenOptions(), CancellationToken.None))
        await using (await repository.LockAsync(exclusive: false, new LockOptions(), CancellationToken.None))
        {
            push = await _scene.RunAsync(0, "push");
        }

        Assert.Contains("warning: the last snapshot before the change of engine could not be pinned: ", push.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _scene.SnapshotsAsync()).Length);
        string command = push.Error.Split("Do it yourself: sots_backup ")[1].Split('\n')[0];
        await _scene.RunAsync(0, command.Replace("\"", "", StringComparison.Ordinal).Split(' '));
        Assert.Equal(["push", "pinned", "before-upgrade"], (await _scene.SnapshotsAsync())[0].GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!));
    }
}
