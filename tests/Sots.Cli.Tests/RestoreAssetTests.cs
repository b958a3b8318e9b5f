using System.Diagnostics;
using System.Text.Json;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests;

/// <summary>restore-asset and restore-level as a user types them.</summary>
public sealed class RestoreAssetTests : IDisposable
{
    private const string Actors = "Content/__ExternalActors__/Maps/Arena";
    private readonly TempFolder _folder = new();
    private readonly CliRunner _cli;

    public RestoreAssetTests()
    {
        Write("Game.uproject", "{}");
        Write("Config/DefaultEngine.ini", "[x]");
        Write("Source/Game.Target.cs", "class");
        Package("Props/Lamp", data: 1, needs: ["/Game/Materials/M_Lamp", "/Engine/Cube"]);
        Write("Content/Props/Lamp.ubulk", "bulk");
        Package("Materials/M_Lamp", data: 1);
        Package("Old/Lamp2", data: 1);
        WriteBytes("Content/Maps/Arena.umap", Bytes("/Game/Maps/Arena", 1, needs: ["/Game/Maps/Arena_BuiltData"]));
        Package("Maps/Arena_BuiltData", data: 1);
        Actor("1/2A/OLD", "Old tree");
        _cli = new CliRunner(_folder) { WorkingDirectory = _folder["Game"] };
        _cli.Variables.Clear();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_asset_comes_back_with_its_files_and_the_way_back_is_open()
    {
        await PushAsync();
        byte[] whole = Read("Content/Props/Lamp.uasset");
        WriteBytes("Content/Props/Lamp.uasset", new byte[200]);
        Write("Content/Props/Lamp.ubulk", "other");
        Write("Content/Props/Lamp.uexp", "of another version");
        Package("Materials/M_Lamp", data: 2);
        CliResult shown = await _cli.RunAsync("restore-asset", "Lamp", "--dry-run");
        Assert.Equal((0, ""), (shown.Code, shown.Error));
        Assert.Contains("/Game/Props/Lamp (Blueprint, 5.7", shown.Out, StringComparison.Ordinal);
        Assert.Equal(new byte[200], Read("Content/Props/Lamp.uasset"));

        CliResult result = await _cli.RunAsync("restore-asset", "/Game/Props/Lamp", "--yes");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(whole, Read("Content/Props/Lamp.uasset"));
        Assert.Equal("bulk", Text("Content/Props/Lamp.ubulk"));
        Assert.False(File.Exists(At("Content/Props/Lamp.uexp")));
        Assert.Equal(Bytes("/Game/Materials/M_Lamp", 2), Read("Content/Materials/M_Lamp.uasset"));

        Assert.Equal(0, (await _cli.RunAsync("restore-undo", "--yes")).Code);
        Assert.Equal(new byte[200], Read("Content/Props/Lamp.uasset"));
        Assert.Equal(("other", "of another version"), (Text("Content/Props/Lamp.ubulk"), Text("Content/Props/Lamp.uexp")));
    }

    [Fact]
    public async Task Without_a_snapshot_the_newest_whole_version_is_taken()
    {
        await PushAsync();
        Package("Props/Lamp", data: 2);
        string good = await PushAsync();
        WriteBytes("Content/Props/Lamp.uasset", Bytes("/Game/Props/Lamp", 3)[..^40]);
        string damaged = await PushAsync();
        CliResult result = await _cli.RunAsync("restore-asset", "Props/Lamp.uasset", "--yes");
        Assert.Equal(0, result.Code);
        Assert.Contains($"is damaged in snapshot {damaged[..8]}", result.Out, StringComparison.Ordinal);
        Assert.Contains($"From snapshot {good[..8]}", result.Out, StringComparison.Ordinal);
        Assert.Equal(Bytes("/Game/Props/Lamp", 2), Read("Content/Props/Lamp.uasset"));

        CliResult again = await _cli.RunAsync("restore-asset", "Lamp");
        Assert.Equal(0, again.Code);
        Assert.Contains("the project has the newest saved version", again.Out, StringComparison.Ordinal);

        // Who names the damaged one gets it, and is told.
        CliResult named = await _cli.RunAsync("restore-asset", "Lamp@" + damaged[..8], "--yes");
        Assert.Equal(0, named.Code);
        Assert.Contains("is damaged in snapshot", named.Error, StringComparison.Ordinal);
        Assert.Equal(Bytes("/Game/Props/Lamp", 3)[..^40], Read("Content/Props/Lamp.uasset"));
    }

    [Fact]
    public async Task What_it_needs_comes_as_it_was_then()
    {
        string first = await PushAsync();
        Package("Materials/M_Lamp", data: 2);
        File.Delete(At("Content/Props/Lamp.uasset"));
        await PushAsync();
        File.Delete(At("Content/Materials/M_Lamp.uasset"));
        using (JsonDocument plan = JsonDocument.Parse((await _cli.RunAsync("restore-asset", "Lamp", "--with-dependencies", "--dry-run", "--json")).OutLines[0]))
        {
            JsonElement root = plan.RootElement;
            Assert.Equal((first, "/Game/Props/Lamp", "/Engine/Cube"), (root.GetProperty("snapshot").GetString(), root.GetProperty("assets")[0].GetProperty("name").GetString(), root.GetProperty("outside")[0].GetProperty("name").GetString()));
            Assert.True(root.GetProperty("dependencies")[0].GetProperty("missing_today").GetBoolean());
        }

        Assert.Contains("needs 1 package not in the project today", (await _cli.RunAsync("restore-asset", "Lamp", "--dry-run")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await _cli.RunAsync("restore-asset", "Lamp", "--with-dependencies", "--yes")).Code);
        Assert.Equal(Bytes("/Game/Materials/M_Lamp", 1), Read("Content/Materials/M_Lamp.uasset"));
        Assert.True(File.Exists(At("Content/Props/Lamp.uasset")));
        Assert.False(File.Exists(At("Content/Props/Lamp.uexp")));
    }

    [Fact]
    public async Task Newer_dependencies_stay_where_only_missing_ones_are_asked_for()
    {
        await PushAsync();
        Package("Materials/M_Lamp", data: 2);
        File.Delete(At("Content/Props/Lamp.uasset"));
        Assert.Equal(0, (await _cli.RunAsync("restore-asset", "Lamp", "--with-dependencies", "--only-missing", "--yes")).Code);
        Assert.True(File.Exists(At("Content/Props/Lamp.uasset")));
        Assert.Equal(Bytes("/Game/Materials/M_Lamp", 2), Read("Content/Materials/M_Lamp.uasset"));
        Assert.Equal(1, (await _cli.RunAsync("restore-asset", "Lamp", "--only-missing")).Code);
    }

    [Fact]
    public async Task A_level_is_one_piece_and_actors_added_since_go()
    {
        await PushAsync();
        WriteBytes("Content/Maps/Arena.umap", Bytes("/Game/Maps/Arena", 2));
        Package("Maps/Arena_BuiltData", data: 2);
        File.Delete(At(Actors + "/1/2A/OLD.uasset"));
        Actor("3/4B/NEW", "New tree");
        Write("Content/__ExternalObjects__/Maps/Arena/5/6C/NEW.uasset", "object");
        WriteBytes("Content/Maps/Arena/Cellar.umap", Bytes("/Game/Maps/Arena/Cellar", 1));
        Actor("Cellar/7/8D/OTHER", "Barrel");
        Package("Props/Lamp", data: 2);

        CliResult result = await _cli.RunAsync("restore-level", "arena", "--yes");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(Bytes("/Game/Maps/Arena", 1, needs: ["/Game/Maps/Arena_BuiltData"]), Read("Content/Maps/Arena.umap"));
        Assert.Equal(Bytes("/Game/Maps/Arena_BuiltData", 1), Read("Content/Maps/Arena_BuiltData.uasset"));
        Assert.True(File.Exists(At(Actors + "/1/2A/OLD.uasset")));
        Assert.False(File.Exists(At(Actors + "/3/4B/NEW.uasset")) || File.Exists(At("Content/__ExternalObjects__/Maps/Arena/5/6C/NEW.uasset")));

        // A level in a folder of that name keeps its actors, and nothing else of the project is touched.
        Assert.True(File.Exists(At(Actors + "/Cellar/7/8D/OTHER.uasset")) && File.Exists(At("Content/Maps/Arena/Cellar.umap")));
        Assert.Equal(Bytes("/Game/Props/Lamp", 2), Read("Content/Props/Lamp.uasset"));

        Assert.Equal(0, (await _cli.RunAsync("restore-undo", "--yes")).Code);
        Assert.True(File.Exists(At(Actors + "/3/4B/NEW.uasset")));
        Assert.False(File.Exists(At(Actors + "/1/2A/OLD.uasset")));
        Assert.Equal(Bytes("/Game/Maps/Arena", 2), Read("Content/Maps/Arena.umap"));
    }

    [Fact]
    public async Task An_actor_is_found_by_its_label()
    {
        await PushAsync();
        byte[] before = Read(Actors + "/1/2A/OLD.uasset");
        File.Delete(At(Actors + "/1/2A/OLD.uasset"));
        await PushAsync();
        Assert.Equal(0, (await _cli.RunAsync("restore-asset", "old TREE", "--yes")).Code);
        Assert.Equal(before, Read(Actors + "/1/2A/OLD.uasset"));
    }

    [Fact]
    public async Task A_name_of_several_assets_is_answered_with_a_list()
    {
        Package("Other/Lamp", data: 1);
        await PushAsync();
        CliResult result = await _cli.RunAsync("restore-asset", "Lamp", "--yes");
        Assert.Equal(1, result.Code);
        Assert.Contains("/Game/Other/Lamp", result.Error, StringComparison.Ordinal);
        Assert.Contains("/Game/Props/Lamp", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _cli.RunAsync("restore-asset", "Other/Lamp", "--dry-run")).Code);
    }

    [Theory]
    [InlineData("Lamp3", "Did you mean 'Lamp'?")]
    [InlineData("Nothing@ffffffff", "no matching ID")]
    [InlineData("@latest", "names no asset")]
    public async Task What_is_not_there_is_told(string name, string told)
    {
        await PushAsync();
        CliResult result = await _cli.RunAsync("restore-asset", name, "--yes");
        Assert.Equal(1, result.Code);
        Assert.Contains(told, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_changed_unasked_and_a_restore_level_takes_levels_only()
    {
        await PushAsync();
        Package("Props/Lamp", data: 2);
        CliResult refused = await _cli.RunAsync("restore-asset", "Lamp");
        Assert.Equal((1, true), (refused.Code, refused.Error.Contains("--yes", StringComparison.Ordinal)));
        Assert.Equal(Bytes("/Game/Props/Lamp", 2), Read("Content/Props/Lamp.uasset"));
        Assert.Equal(1, (await _cli.RunAsync("restore-level", "Lamp", "--yes")).Code);
    }

    [Fact]
    public async Task Several_assets_come_back_together_from_one_snapshot()
    {
        await PushAsync();
        File.Delete(At("Content/Props/Lamp.uasset"));
        File.Delete(At("Content/Old/Lamp2.uasset"));
        await PushAsync();
        Assert.Equal(0, (await _cli.RunAsync("restore-asset", "Lamp", "Lamp2", "--yes")).Code);
        Assert.True(File.Exists(At("Content/Props/Lamp.uasset")) && File.Exists(At("Content/Old/Lamp2.uasset")));
        Assert.Equal(1, (await _cli.RunAsync("restore-asset", "Lamp@11111111", "Lamp2@22222222", "--yes")).Code);
    }

    [Fact]
    public async Task A_side_folder_is_a_project_of_its_own()
    {
        await PushAsync();
        CliResult result = await _cli.RunAsync("restore-asset", "Lamp", "--to", "../Side", "--with-dependencies");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(
            ["Config/DefaultEngine.ini", "Content/Materials/M_Lamp.uasset", "Content/Props/Lamp.uasset", "Content/Props/Lamp.ubulk", "Game.uproject", "Source/Game.Target.cs"],
            Directory.EnumerateFiles(_folder["Side"], "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_folder["Side"], path).Replace('\\', '/')).Order(StringComparer.Ordinal));

        CliResult level = await _cli.RunAsync("restore-level", "Arena", "--to", "../Level");
        Assert.Equal(0, level.Code);
        Assert.True(File.Exists(Path.Combine(_folder["Level"], Actors, "1", "2A", "OLD.uasset")));
    }

    [Theory]
    [InlineData("../Full", "is not empty")]
    [InlineData("Copies", "lies in the project")]
    [InlineData("../Lamp_Old.uasset", "would not load")]
    public async Task A_folder_that_would_do_harm_is_refused(string folder, string reason)
    {
        Directory.CreateDirectory(_folder["Full"]);
        File.WriteAllText(_folder["Full", "x"], "x");
        await PushAsync();
        CliResult result = await _cli.RunAsync("restore-asset", "Lamp", "--to", folder);
        Assert.Equal(1, result.Code);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_without_a_project_comes_back_into_its_folder_or_into_a_small_project()
    {
        string plugin = _folder["Plugins", "Lights"];
        Directory.CreateDirectory(Path.Combine(plugin, "Content"));
        File.WriteAllText(Path.Combine(plugin, "Lights.uplugin"), "{}");
        File.WriteAllBytes(Path.Combine(plugin, "Content", "Bulb.uasset"), Bytes("/Lights/Bulb", 1));
        _cli.Variables["RESTIC_REPOSITORY"] = _folder["repo"];
        _cli.Variables["RESTIC_PASSWORD"] = "correct horse";
        await _cli.RunAsync("init");
        Assert.Equal(0, (await _cli.RunAsync("backup", plugin)).Code);
        File.Delete(Path.Combine(plugin, "Content", "Bulb.uasset"));
        _cli.WorkingDirectory = Path.Combine(plugin, "Content");
        CliResult result = await _cli.RunAsync("restore-asset", "/Lights/Bulb", "--yes");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(Bytes("/Lights/Bulb", 1), File.ReadAllBytes(Path.Combine(plugin, "Content", "Bulb.uasset")));
        Assert.Equal(0, (await _cli.RunAsync("restore-undo", "--yes")).Code);
        Assert.False(File.Exists(Path.Combine(plugin, "Content", "Bulb.uasset")) || Directory.Exists(plugin + "_Backup"));

        Assert.Equal(0, (await _cli.RunAsync("restore-asset", "Bulb", "--to", _folder["Side"])).Code);
        Assert.True(File.Exists(_folder["Side", "Plugins", "Lights", "Content", "Bulb.uasset"]) && File.Exists(_folder["Side", "Plugins", "Lights", "Lights.uplugin"]));
        using JsonDocument host = JsonDocument.Parse(File.ReadAllText(_folder["Side", "Restored.uproject"]));
        Assert.Equal(("5.7", "Lights"), (host.RootElement.GetProperty("EngineAssociation").GetString(), host.RootElement.GetProperty("Plugins")[0].GetProperty("Name").GetString()));
    }

    [Fact]
    public async Task A_snapshot_of_the_folder_above_gives_it_back_too()
    {
        _cli.Variables["RESTIC_REPOSITORY"] = _folder["repo"];
        _cli.Variables["RESTIC_PASSWORD"] = "correct horse";
        await _cli.RunAsync("init");
        Directory.CreateDirectory(_folder["Other"]);
        File.WriteAllText(_folder["Other", "Other.uproject"], "{}");
        Assert.Equal(0, (await _cli.RunAsync("backup", _folder["Game"], _folder["Other"])).Code);
        byte[] whole = Read("Content/Props/Lamp.uasset");
        File.Delete(At("Content/Props/Lamp.uasset"));
        Assert.Equal(0, (await _cli.RunAsync("restore-asset", "Lamp", "--yes")).Code);
        Assert.Equal(whole, Read("Content/Props/Lamp.uasset"));
        Assert.Equal(0, (await _cli.RunAsync("restore-undo", "--yes")).Code);
        Assert.False(File.Exists(At("Content/Props/Lamp.uasset")));
    }

    [Fact]
    public async Task A_read_only_file_is_replaced_and_that_is_said()
    {
        await PushAsync();
        Package("Props/Lamp", data: 2);
        File.SetAttributes(At("Content/Props/Lamp.uasset"), FileAttributes.ReadOnly);
        CliResult result = await _cli.RunAsync("restore-asset", "Lamp", "--yes");
        Assert.Equal(0, result.Code);
        Assert.Contains("read-only now", result.Out, StringComparison.Ordinal);
        Assert.Equal(Bytes("/Game/Props/Lamp", 1, ["/Game/Materials/M_Lamp", "/Engine/Cube"]), Read("Content/Props/Lamp.uasset"));
        Assert.False(new FileInfo(At("Content/Props/Lamp.uasset")).IsReadOnly);
    }

    [Fact]
    public async Task A_safety_snapshot_of_many_assets_leaves_the_table_readable()
    {
        for (int i = 0; i < 6; i++)
        {
            Package($"Many/A{i}", data: 1, needs: i < 5 ? [$"/Game/Many/A{i + 1}"] : []);
        }

        await PushAsync();
        Package("Many/A5", data: 2);
        Assert.Equal(0, (await _cli.RunAsync("restore-asset", "A0", "--with-dependencies", "--yes")).Code);
        string table = (await _cli.RunAsync("snapshots")).Out;
        Assert.Contains("path=Content/Many/A0.uasset,and 5 more paths", table, StringComparison.Ordinal);
        Assert.Contains("path=Content/Many/A5.uasset", (await _cli.RunAsync("snapshots", "--json")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await _cli.RunAsync("restore-undo", "--yes")).Code);
        Assert.Equal(Bytes("/Game/Many/A5", 2), Read("Content/Many/A5.uasset"));
    }

    [Fact]
    public async Task An_open_editor_stops_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/bin/sh"), "needs a program that waits");
        await PushAsync();
        Package("Props/Lamp", data: 2);
        File.Copy("/bin/sh", _folder["UnrealEditor"]);
        ProcessStartInfo start = new(_folder["UnrealEditor"], ["-c", "read line; exit 0", "editor", _folder["Game", "Game.uproject"]]) { RedirectStandardInput = true };
        using Process editor = Process.Start(start)!;
        CliResult refused = await _cli.RunAsync("restore-asset", "Lamp", "--yes");
        editor.StandardInput.Close();
        await editor.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, refused.Code);
        Assert.Contains("has this project open", refused.Error, StringComparison.Ordinal);
        Assert.Equal(Bytes("/Game/Props/Lamp", 2), Read("Content/Props/Lamp.uasset"));
    }

    private async Task<string> PushAsync()
    {
        CliResult pushed = await _cli.RunAsync("push");
        Assert.True(pushed.Code is 0 or 3, pushed.Error);
        using JsonDocument snapshots = JsonDocument.Parse((await _cli.RunAsync("snapshots", "--json")).Out);
        return snapshots.RootElement.EnumerateArray().Last().GetProperty("id").GetString()!;
    }

    private void Package(string path, byte data, string[]? needs = null) => WriteBytes($"Content/{path}.uasset", Bytes("/Game/" + path, data, needs));

    private void Actor(string name, string label) => WriteBytes($"{Actors}/{name}.uasset", new PackageWriter
    {
        PackageName = $"/Game/__ExternalActors__/Maps/Arena/{name}", Class = "/Script/Engine.StaticMeshActor", HardDependencies = ["/Game/Maps/Arena"], Tags = [("ActorLabel", label)],
    }.Write());

    private static byte[] Bytes(string name, byte data, string[]? needs = null) =>
        new PackageWriter { PackageName = name, HardDependencies = needs ?? [], Data = [.. Enumerable.Repeat(data, 100)] }.Write();

    private byte[] Read(string path) => File.ReadAllBytes(At(path));

    private string Text(string path) => File.ReadAllText(At(path));

    private void Write(string path, string text) => WriteBytes(path, System.Text.Encoding.UTF8.GetBytes(text));

    private void WriteBytes(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllBytes(At(path), bytes);
    }

    private string At(string path) => Path.Combine(_folder["Game"], path.Replace('/', Path.DirectorySeparatorChar));
}
