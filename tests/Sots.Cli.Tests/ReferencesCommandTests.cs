using System.Security.Cryptography;
using System.Text.Json;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests;

/// <summary>references and source-art as a user types them.</summary>
public sealed class ReferencesCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CliRunner _cli;

    public ReferencesCommandTests()
    {
        Write("Game.uproject", "{}"u8.ToArray());
        Package("A", ["/Game/B", "/Game/Never", "/Engine/Cube"]);
        Package("B", []);
        _cli = new CliRunner(_folder) { WorkingDirectory = _folder["Game"] };
        _cli.Variables.Clear();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_deletion_is_told_with_what_it_broke_and_the_command_that_mends_it()
    {
        string first = await PushAsync();
        File.Delete(_folder["Game", "Content", "B.uasset"]);
        CliResult result = await _cli.RunAsync("references");
        Assert.Equal(3, result.Code);
        Assert.Contains("New since then: 1 package is missing that others need\n  /Game/B\n    needed by /Game/A\n", result.Out, StringComparison.Ordinal);
        string command = $"restore-asset /Game/B@{first[..8]}";
        Assert.Contains(command, result.Out, StringComparison.Ordinal);
        Assert.Contains("As before: 1 package is missing that others need\n  /Game/Never", result.Out, StringComparison.Ordinal);
        Assert.Contains("not judged: /Engine (1)", result.Out, StringComparison.Ordinal);

        // The same in the snapshots, each against the one before, and of two that are named.
        string second = await PushAsync();
        Assert.Equal(result.Out.Split("\n\n")[1..], (await _cli.RunAsync("references", second[..8])).Out.Split("\n\n")[1..]);
        Assert.Equal(result.Out.Split("\n\n")[1..], (await _cli.RunAsync("references", first[..8], "latest")).Out.Split("\n\n")[1..]);
        using JsonDocument json = JsonDocument.Parse((await _cli.RunAsync("references", "latest", "--json")).Out);
        JsonElement missing = json.RootElement.GetProperty("missing")[0];
        Assert.Equal(
            ("/Game/B", true, first, second, first),
            (missing.GetProperty("name").GetString(), missing.GetProperty("new").GetBoolean(), missing.GetProperty("last_snapshot").GetString(),
                json.RootElement.GetProperty("snapshot").GetString(), json.RootElement.GetProperty("compared_with").GetString()));

        Assert.Equal(0, (await _cli.RunAsync([.. command.Split(' '), "--yes"])).Code);
        Assert.DoesNotContain("New since then", (await _cli.RunAsync("references")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_any_backup_can_be_looked_at()
    {
        CliResult project = await _cli.RunAsync("references");
        Assert.Equal(3, project.Code);
        Assert.Contains("2 packages in " + _folder["Game"] + "\n\n1 package is missing that others need\n  /Game/Never", project.Out, StringComparison.Ordinal);
        _cli.WorkingDirectory = _folder.Path;
        Assert.Equal(3, (await _cli.RunAsync("references", "Game")).Code);
        Assert.Equal(1, (await _cli.RunAsync("references", "Nowhere")).Code);
        Directory.CreateDirectory(_folder["Empty"]);
        Assert.Contains("no packages of Unreal", (await _cli.RunAsync("references", "Empty")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_in_order_is_told_so()
    {
        Package("A", ["/Game/B", "/Engine/Cube"]);
        CliResult result = await _cli.RunAsync("references");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains("Nothing is missing", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_moved_outside_the_editor_is_told_with_what_to_do()
    {
        Package("C", ["/Game/B"]);
        Directory.CreateDirectory(_folder["Game", "Content", "New"]);
        File.Move(_folder["Game", "Content", "B.uasset"], _folder["Game", "Content", "New", "B.uasset"]);
        CliResult result = await _cli.RunAsync("references");
        Assert.Contains("needed by /Game/A, /Game/C\n    its file was moved outside the editor, to Content/New/B.uasset", result.Out, StringComparison.Ordinal);
        Assert.Contains("1 package moved, renamed or copied outside the editor:\n  Content/New/B.uasset\n    calls itself /Game/B", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Source_files_outside_the_project_are_offered_to_be_saved()
    {
        string outside = _folder["Art", "Rock.fbx"];
        Directory.CreateDirectory(_folder["Art"]);
        File.WriteAllText(outside, "rock");
        Write("Saved/Temp/In.png", "in"u8.ToArray());
        Write("Content/Same.png", "same"u8.ToArray());
        Import((outside.Replace('\\', '/'), Md5("rock")), ("../Saved/Temp/In.png", Md5("other")), ("Same.png", Md5("same")), ("Gone.png", ""));
        await PushAsync();
        CliResult result = await _cli.RunAsync("source-art");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains("imported from 4 source files", result.Out, StringComparison.Ordinal);
        Assert.Contains("1 file in the project, as imported\n    Content/Same.png, of /Game/Imported", result.Out, StringComparison.Ordinal);
        Assert.Contains("1 file in the project, changed since the import or another file under that name\n    Saved/Temp/In.png", result.Out, StringComparison.Ordinal);
        Assert.Contains("1 file not where they were in the project\n    Content/Gone.png", result.Out, StringComparison.Ordinal);
        Assert.Contains($"sots_backup backup --tag source-art {_folder["Art"]}", result.Out, StringComparison.Ordinal);
        Assert.Contains("\"include\": [\"/Saved/Temp\"]", result.Out, StringComparison.Ordinal);

        // Both offers do what they say.
        Write("sots_backup_config.json", "{ \"include\": [\"/Saved/Temp\"] }"u8.ToArray());
        Assert.Equal(0, (await _cli.RunAsync("backup", "--tag", "source-art", _folder["Art"])).Code);
        await PushAsync();
        CliResult after = await _cli.RunAsync("source-art");
        Assert.DoesNotContain("--tag source-art", after.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\"include\"", after.Out, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse((await _cli.RunAsync("source-art", "latest", "--json")).Out);
        Assert.Equal(
            ["Content/Gone.png missing False", "Content/Same.png present True", "Saved/Temp/In.png changed True"],
            json.RootElement.GetProperty("files").EnumerateArray().Where(file => file.TryGetProperty("inside", out _))
                .Select(file => $"{file.GetProperty("inside")} {file.GetProperty("state")} {file.GetProperty("saved")}"));
    }

    [Fact]
    public void Many_folders_become_the_ones_above_them()
    {
        string root = Path.GetFullPath("/Art");
        IReadOnlyList<string> folders = Sots.Cli.Assets.SourceArtReport.FoldersOf(
            Enumerable.Range(0, 20).Select(i => Path.Combine(root, $"Deep{i % 10}", "Textures", $"{i}.png")).Append(Path.Combine(root, "Sub", "a.png")));
        Assert.Equal([root], folders);
        Assert.Equal([Path.Combine(root, "A")], Sots.Cli.Assets.SourceArtReport.FoldersOf([Path.Combine(root, "A", "x"), Path.Combine(root, "A", "B", "y")]));
        Assert.Equal(2, Sots.Cli.Assets.SourceArtReport.FoldersOf([Path.Combine(root, "A", "x"), Path.Combine(root, "AB", "y")]).Count);
    }

    private async Task<string> PushAsync()
    {
        CliResult pushed = await _cli.RunAsync("push");
        Assert.True(pushed.Code is 0 or 3, pushed.Error);
        using JsonDocument snapshots = JsonDocument.Parse((await _cli.RunAsync("snapshots", "--json")).Out);
        return snapshots.RootElement.EnumerateArray().Last().GetProperty("id").GetString()!;
    }

    private void Package(string name, string[] needs) =>
        Write($"Content/{name}.uasset", new PackageWriter { PackageName = "/Game/" + name, HardDependencies = needs }.Write());

    private void Import(params (string File, string Md5)[] files)
    {
        string json = $"[{string.Join(", ", files.Select(static file => $"{{ \"RelativeFilename\" : \"{file.File}\", \"Timestamp\" : \"1\", \"FileMD5\" : \"{file.Md5}\" }}"))}]";
        Write("Content/Imported.uasset", new PackageWriter { PackageName = "/Game/Imported", Tags = [("AssetImportData", json)] }.Write());
    }

    private void Write(string path, byte[] content)
    {
        string full = Path.Combine(_folder["Game"], path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
    }

#pragma warning disable CA5351 // What the editor writes down.
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
}
