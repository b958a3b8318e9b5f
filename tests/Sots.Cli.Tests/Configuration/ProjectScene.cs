using System.Text.Json;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests.Configuration;

/// <summary>A small Unreal project in a folder of its own, and commands that run in it.</summary>
internal sealed class ProjectScene : IDisposable
{
    private readonly TempFolder _folder = new();

    public ProjectScene()
    {
        Write("Game/Game.uproject", "{}");
        Write("Game/Content/Maps/A.umap", new string('m', 5000));
        Write("Game/Content/skip.tmp", "own exclude");
        Write("Game/Intermediate/x.obj", "regenerable");
        Write("Game/Saved/Logs/keep.log", "log");
        Cli = new CliRunner(_folder) { WorkingDirectory = this["Game"] };
        Cli.Variables.Clear();
    }

    public CliRunner Cli { get; }

    public string Config => this["Game", "sots_backup_config.json"];

    public string this[params string[] parts] => _folder[parts];

    public Task<CliResult> RunAsync(params string[] arguments) => Cli.RunAsync(arguments);

    /// <summary>Runs a command that must succeed.</summary>
    public async Task<CliResult> DoneAsync(params string[] arguments)
    {
        CliResult result = await RunAsync(arguments);
        Assert.True(result.Code == 0, $"{string.Join(' ', arguments)}: {result.Code}\n{result.Error}");
        return result;
    }

    /// <summary>Names of the files of the newest snapshot.</summary>
    public async Task<string[]> SavedAsync() => [.. (await DoneAsync("ls", "latest")).OutLines.Select(line => Path.GetFileName(line.TrimEnd('/'))).Order(StringComparer.Ordinal)];

    /// <summary>What `config show --json` says of a key.</summary>
    public async Task<(string Value, string Origin)> ShownAsync(string key, params string[] flags)
    {
        using JsonDocument shown = JsonDocument.Parse((await DoneAsync(["config", "show", "--json", .. flags])).Out);
        JsonElement line = shown.RootElement.GetProperty("values").EnumerateArray().Single(value => value.GetProperty("key").GetString() == key);
        JsonElement found = line.GetProperty("value");
        return (found.ValueKind == JsonValueKind.String ? found.GetString()! : found.GetRawText(), line.GetProperty("origin").GetString()!);
    }

    public void Write(string path, string text)
    {
        string full = Path.Combine(_folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        TestPackage.WriteText(full, text);
    }

    /// <summary>Every file and folder below the scene.</summary>
    public string[] Listing() => [.. Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();
}
