using System.Text.Json;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests.Assets;

/// <summary>An Unreal project with whole packages, and commands that run in it.</summary>
internal sealed class AssetScene : IDisposable
{
    private readonly TempFolder _folder = new();

    public AssetScene()
    {
        Write("Game.uproject", """{ "EngineAssociation": "5.7" }"""u8.ToArray());
        Write("Config/DefaultGame.ini", "[x]\n"u8.ToArray());
        foreach (string name in (string[])["Lamp", "Door", "Tree"])
        {
            Write($"Content/{name}.uasset", Package(name, 1));
        }

        Write("Content/Maps/Arena.umap", Package("Arena", 1));
        Cli = new CliRunner(_folder) { WorkingDirectory = _folder["Game"] };
        Cli.Variables.Clear();
    }

    public CliRunner Cli { get; }

    public string this[params string[] parts] => _folder[parts];

    public string KnownDamage => _folder["Game_Backup", "damaged-assets.json"];

    public static byte[] Package(string name, int version, int version5 = 1018) => new PackageWriter
    {
        PackageName = "/Game/" + name, Version5 = version5, Data = [.. Enumerable.Repeat((byte)version, 3000)],
    }.Write();

    public string PathOf(string path) => Path.Combine(_folder["Game"], path);

    public void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllBytes(PathOf(path), bytes);
    }

    public byte[] Read(string path) => File.ReadAllBytes(PathOf(path));

    /// <summary>Cuts a file off.</summary>
    public void Truncate(string path, int length) => Write(path, Read(path)[..length]);

    /// <summary>Runs a command; the code must be as expected.</summary>
    public async Task<CliResult> RunAsync(int code, params string[] arguments)
    {
        CliResult result = await Cli.RunAsync(arguments);
        Assert.True(result.Code == code, $"{string.Join(' ', arguments)}: {result.Code}\n{result.Out}\n{result.Error}");
        return result;
    }

    /// <summary>The short id of the newest snapshot.</summary>
    public async Task<string> NewestAsync() => (await SnapshotsAsync())[^1].GetProperty("short_id").GetString()!;

    /// <summary>All snapshots, oldest first.</summary>
    public async Task<JsonElement[]> SnapshotsAsync()
    {
        using JsonDocument list = JsonDocument.Parse((await RunAsync(0, "snapshots", "--json")).Out);
        return [.. list.RootElement.EnumerateArray().Select(static element => element.Clone())];
    }

    /// <summary>The messages of a kind among lines of JSON.</summary>
    public static JsonElement[] Messages(string lines, string type) =>
    [
        .. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)
            .Where(element => element.TryGetProperty("message_type", out JsonElement found) && found.GetString() == type),
    ];

    public void Dispose() => _folder.Dispose();
}
