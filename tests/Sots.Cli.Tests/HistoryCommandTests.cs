using System.Text.Json;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests;

/// <summary><c>history</c> as text, as JSON, and as a page of pictures.</summary>
public sealed class HistoryCommandTests : IAsyncLifetime
{
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3, 4], Other = [0xFF, 0xD8, 0xFF, 0xE0, 5, 6, 7, 8];
    private readonly TempFolder _folder = new();
    private readonly CliRunner _cli;

    public HistoryCommandTests()
    {
        _cli = new CliRunner(_folder);
        _cli.Variables["RESTIC_REPOSITORY"] = "repo";
        _cli.Variables["RESTIC_CACHE_DIR"] = "cache";
    }

    public async ValueTask InitializeAsync()
    {
        await _cli.RunAsync("init");
        await SaveAsync("01", new PackageWriter { PackageName = "/Game/BP_Door", Thumbnail = Jpeg, Objects = ["Hinge"] }.Write());
        await SaveAsync("02", null);
        await SaveAsync("03", new PackageWriter { PackageName = "/Game/BP_Door", Thumbnail = Other, Objects = ["Hinge", "Lock"], Tags = [("Note", "<script>alert(1)</script>")] }.Write());
        await SaveAsync("04", [1, 2, 3]);
        File.Delete(_folder["Game", "Content", "BP_Door.uasset"]);
        await SaveAsync("05", null);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Every_version_stands_once_the_newest_first_with_what_happened_to_it()
    {
        CliResult told = await _cli.RunAsync("history", "bp_door");
        Assert.Equal(0, told.Code);
        string[] lines = [.. told.OutLines.Select(static line => line.Trim())];
        string[] heads = [.. lines.Where(static line => line.StartsWith("2026-03-0", StringComparison.Ordinal))];
        Assert.Equal(["05", "04", "03", "01"], heads.Select(static line => line[8..10]));
        Assert.EndsWith("deleted", heads[0], StringComparison.Ordinal);
        Assert.Contains("DAMAGED: ", heads[1], StringComparison.Ordinal);
        Assert.Contains("UE 5.7  healthy", heads[2], StringComparison.Ordinal);
        Assert.Contains("+1 object: Lock (", told.Out, StringComparison.Ordinal);
        Assert.Contains("Note: (none) -> <script>alert(1)</script>", lines);
        Assert.Contains("the same in 2 snapshots, until 2026-03-02 10:00:00", lines);
    }

    [Fact]
    public async Task The_command_that_is_told_brings_the_last_healthy_version_back()
    {
        string line = (await _cli.RunAsync("history", "bp_door")).OutLines[^1].Trim();
        string[] words = line.Replace("'", "", StringComparison.Ordinal).Split(' ');
        Assert.Equal(["sots_backup", "restore-asset"], words[..2]);
        CliResult restored = await _cli.RunAsync([.. words[1..], "--to", "out"]);
        Assert.Equal((0, ""), (restored.Code, restored.Error));
        string file = Assert.Single(Directory.EnumerateFiles(_folder["out"], "BP_Door.uasset", SearchOption.AllDirectories));
        Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(Other) > 0);
    }

    [Fact]
    public async Task Json_says_the_same_of_every_version()
    {
        using JsonDocument json = JsonDocument.Parse((await _cli.RunAsync("history", "/Game/BP_Door", "--json")).Out);
        Assert.Equal("history", json.RootElement.GetProperty("message_type").GetString());
        JsonElement asset = Assert.Single(json.RootElement.GetProperty("assets").EnumerateArray());
        Assert.Equal(5, asset.GetProperty("snapshots").GetInt32());
        JsonElement[] versions = [.. asset.GetProperty("versions").EnumerateArray()];
        Assert.Equal(["deleted", "version", "version", "version"], versions.Select(static version => version.GetProperty("state").GetString()));
        Assert.Equal([null, "damaged", "healthy", "healthy"], versions.Select(static version => version.TryGetProperty("health", out JsonElement health) ? health.GetString() : null));
        Assert.Equal("not_a_package", versions[1].GetProperty("findings")[0].GetProperty("cause").GetString());
        Assert.EndsWith("Lock", versions[2].GetProperty("change").GetProperty("objects_added")[0].GetProperty("path").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, versions[3].GetProperty("snapshots").GetInt32());
        Assert.StartsWith("sots_backup restore", versions[3].GetProperty("restore").GetString(), StringComparison.Ordinal);
        Assert.False(versions[0].TryGetProperty("restore", out _));
    }

    [Fact]
    public async Task Pictures_are_written_as_they_are_and_the_page_holds_them()
    {
        CliResult told = await _cli.RunAsync("history", "BP_Door", "--thumbnails", "pictures/door");
        Assert.Contains("2 pictures in ", told.Out, StringComparison.Ordinal);
        string[] files = [.. Directory.EnumerateFiles(_folder["pictures", "door"]).Order(StringComparer.Ordinal)];
        Assert.Equal(3, files.Length);
        Assert.Equal(Other, File.ReadAllBytes(files[0]));
        Assert.Equal(Jpeg, File.ReadAllBytes(files[1]));
        string page = File.ReadAllText(_folder["pictures", "door", "index.html"]);
        Assert.Contains(Convert.ToBase64String(Jpeg), page, StringComparison.Ordinal);
        Assert.Contains("no picture stored", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);

        // Again into the same folder: the page is known.
        Assert.Equal(0, (await _cli.RunAsync("history", "BP_Door", "--thumbnails", "pictures/door")).Code);
        Assert.Equal(3, Directory.EnumerateFiles(_folder["pictures", "door"]).Count());
    }

    [Fact]
    public async Task Nothing_is_written_outside_of_the_folder_and_no_page_of_others_is_replaced()
    {
        Directory.CreateDirectory(_folder["site"]);
        File.WriteAllText(_folder["site", "index.html"], "<html>mine</html>");
        Assert.Equal(1, (await _cli.RunAsync("history", "BP_Door", "--thumbnails", "site")).Code);
        Assert.Equal("<html>mine</html>", File.ReadAllText(_folder["site", "index.html"]));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder["site"]));

        // A link in the place of the page is replaced, not followed.
        Directory.CreateDirectory(_folder["linked"]);
        File.WriteAllText(_folder["target"], "<!DOCTYPE html>\n<!-- made by sots_backup history -->\n");
        File.CreateSymbolicLink(_folder["linked", "index.html"], _folder["target"]);
        Assert.Equal(0, (await _cli.RunAsync("history", "BP_Door", "--thumbnails", "linked")).Code);
        Assert.Equal("<!DOCTYPE html>\n<!-- made by sots_backup history -->\n", File.ReadAllText(_folder["target"]));
        Assert.Null(new FileInfo(_folder["linked", "index.html"]).LinkTarget);
    }

    [Fact]
    public async Task A_second_time_no_package_is_read()
    {
        Assert.Contains("and 3 packages\n", (await _cli.RunAsync("history", "BP_Door", "-v")).Out, StringComparison.Ordinal);
        Assert.Contains("and 0 packages\n", (await _cli.RunAsync("history", "BP_Door", "-v")).Out, StringComparison.Ordinal);
        foreach (string file in Directory.EnumerateFiles(_folder["cache"], "*", SearchOption.AllDirectories))
        {
            File.WriteAllText(file, "damaged");
        }

        Assert.Contains("and 3 packages\n", (await _cli.RunAsync("history", "BP_Door", "-v")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_files_of_a_name_are_listed_and_none_is_an_error()
    {
        foreach (string folder in (string[])["A", "B"])
        {
            Directory.CreateDirectory(_folder["Game", "Content", folder]);
            File.WriteAllBytes(_folder["Game", "Content", folder, "Lamp.uasset"], new PackageWriter { PackageName = $"/Game/{folder}/Lamp" }.Write());
        }

        await SaveAsync("06", null);
        CliResult several = await _cli.RunAsync("history", "Lamp");
        Assert.Equal(0, several.Code);
        Assert.Contains("2 files fit \"Lamp\"", several.Out, StringComparison.Ordinal);
        Assert.Contains("/Game/Content/A/Lamp.uasset  (Blueprint)", several.Out, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse((await _cli.RunAsync("history", "Lamp", "--json")).Out);
        Assert.Equal("history_candidates", json.RootElement.GetProperty("message_type").GetString());
        Assert.Equal(2, json.RootElement.GetProperty("candidates").GetArrayLength());
        CliResult none = await _cli.RunAsync("history", "Nothing");
        Assert.Equal(1, none.Code);
        Assert.Contains("nothing in 6 snapshots is called \"Nothing\"", none.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("history")]
    [InlineData("history x --as-name --as-path")]
    public async Task What_makes_no_sense_is_refused(string words) => Assert.Equal(1, (await _cli.RunAsync(words.Split(' '))).Code);

    private async Task SaveAsync(string day, byte[]? door)
    {
        Directory.CreateDirectory(_folder["Game", "Content"]);
        if (door is not null)
        {
            File.WriteAllBytes(_folder["Game", "Content", "BP_Door.uasset"], door);
        }

        Assert.Equal(0, (await _cli.RunAsync("backup", "Game", "--time", $"2026-03-{day} 10:00:00")).Code);
    }
}
