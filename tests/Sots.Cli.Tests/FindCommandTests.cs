using System.Text.Json;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests;

/// <summary><c>find</c> where it goes beyond restic: assets by name, class and label.</summary>
public sealed class FindCommandTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly CliRunner _cli;

    public FindCommandTests()
    {
        _cli = new CliRunner(_folder);
        _cli.Variables["RESTIC_REPOSITORY"] = "repo";
        _cli.Variables["RESTIC_CACHE_DIR"] = "cache";
    }

    public async ValueTask InitializeAsync()
    {
        Write("Game/Content/SM_Tree.uasset", "/Game/SM_Tree", "/Script/Engine.StaticMesh");
        Write("Game/Content/Maps/Arena.umap", "/Game/Maps/Arena", "/Script/Engine.World");
        Write("Game/Content/__ExternalActors__/Maps/Arena/0/AB/CD.uasset", "/Game/__ExternalActors__/Maps/Arena/0/AB/CD", "/Script/Engine.StaticMeshActor", "Tree \u001b[31m\"129\"");
        File.WriteAllText(_folder["Game", "Content", "Broken.uasset"], "no package");
        await _cli.RunAsync("init");
        Assert.Equal(0, (await _cli.RunAsync("backup", "Game")).Code);
        File.Delete(_folder["Game", "Content", "SM_Tree.uasset"]);
        Assert.Equal(0, (await _cli.RunAsync("backup", "Game")).Code);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Assets_are_found_by_class_with_class_and_label_behind_the_path()
    {
        CliResult found = await _cli.RunAsync("find", "--class", "staticmesh*", "-R");
        Assert.Equal(0, found.Code);
        string[] lines = [.. found.OutLines.Where(static line => line.StartsWith('/'))];
        Assert.Equal(3, lines.Length);
        Assert.EndsWith("/Game/Content/SM_Tree.uasset  (StaticMesh)", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("/0/AB/CD.uasset  (StaticMeshActor \"Tree \\x1b[31m\"129\"\")", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, found.OutLines.Count(static line => line.StartsWith("Found matching entries in snapshot ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("--label Tree* -s latest", "CD.uasset")]
    [InlineData("--asset /Game/Maps/Arena -s latest", "Arena.umap")]
    [InlineData("--asset arena -s latest", "Arena.umap")]
    [InlineData("--class World **/Maps/* -s latest", "Arena.umap")]
    [InlineData("--class World --class StaticMesh", "Arena.umap Arena.umap SM_Tree.uasset")]
    [InlineData("--class World **/Nowhere/*", "")]
    [InlineData("--class World --label Tree*", "")]
    [InlineData("--class World --oldest 2100-01-01", "")]
    public async Task Patterns_and_flags_have_to_fit_together(string words, string names)
    {
        CliResult found = await _cli.RunAsync(["find", "-q", .. words.Split(' ')]);
        Assert.Equal(0, found.Code);
        Assert.Equal(names.Split(' ', StringSplitOptions.RemoveEmptyEntries), found.OutLines.Select(static line => line.Split("  ")[0].Split('/')[^1]));
    }

    [Fact]
    public async Task What_is_in_an_asset_stands_in_the_json_of_its_match()
    {
        using JsonDocument found = JsonDocument.Parse((await _cli.RunAsync("find", "--label", "tree*", "--json", "-s", "latest")).Out);
        JsonElement match = Assert.Single(Assert.Single(found.RootElement.EnumerateArray()).GetProperty("matches").EnumerateArray());
        Assert.Equal("StaticMeshActor", match.GetProperty("asset").GetProperty("class").GetString());
        Assert.Equal("Tree \u001b[31m\"129\"", match.GetProperty("asset").GetProperty("label").GetString());
        using JsonDocument plain = JsonDocument.Parse((await _cli.RunAsync("find", "CD.uasset", "--json")).Out);
        Assert.All(plain.RootElement.EnumerateArray(), static at => Assert.False(at.GetProperty("matches")[0].TryGetProperty("asset", out _)));
    }

    [Fact]
    public async Task What_was_read_is_remembered_where_the_cache_may_be_and_nowhere_else()
    {
        await _cli.RunAsync("find", "--class", "World", "--no-cache");
        Assert.False(Directory.Exists(_folder["cache"]));
        CliResult first = await _cli.RunAsync("find", "--class", "World");
        string file = Assert.Single(Directory.EnumerateFiles(_folder["cache", "sots_backup"], "*", SearchOption.AllDirectories));
        Assert.Equal("assets", Path.GetFileName(file));
        Assert.Equal(first.Out, (await _cli.RunAsync("find", "--class", "World")).Out);
        File.WriteAllText(file, "damaged");
        Assert.Equal(first, await _cli.RunAsync("find", "--class", "World"));
        await _cli.RunAsync("find", "--class", "World", "--cache-dir", "elsewhere");
        Assert.True(Directory.Exists(_folder["elsewhere", "sots_backup"]));
    }

    [Theory]
    [InlineData("find --class World --blob 00")]
    [InlineData("find --class World --tree")]
    [InlineData("find [")]
    public async Task What_makes_no_sense_is_refused(string words) => Assert.Equal(1, (await _cli.RunAsync(words.Split(' '))).Code);

    private void Write(string path, string name, string type, string? label = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[path])!);
        File.WriteAllBytes(_folder[path], new PackageWriter { PackageName = name, Class = type, Tags = label is null ? [] : [("ActorLabel", label)] }.Write());
    }
}
