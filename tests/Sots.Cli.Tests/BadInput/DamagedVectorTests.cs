using System.Text.Json;
using Sots.Testing;

namespace Sots.Cli.Tests.BadInput;

/// <summary>The fifty repositories with one defect each: whatever real restic 0.19.1 restores rightly of them, we restore too, and never anything wrong.</summary>
public sealed class DamagedVectorTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Names => SharedMaterial.Root is null ? ["ok"]
        : [.. Directory.GetDirectories(SharedMaterial.PathOf("vectors", "damaged")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Snapshots_check_and_restore_are_as_good_as_restics_or_better(string name)
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        Dictionary<string, byte[]> right = await RestoredAsync("ok");
        Assert.Equal(["f1", "f2"], right.Keys.Order(StringComparer.Ordinal));
        CliResult check = await RunAsync(name, "check", "--read-data", "--no-lock");
        CliResult restore = await RunAsync(name, "restore", "latest", "--no-lock", "--target", _folder["out"]);
        CliResult snapshots = await RunAsync(name, "snapshots", "--no-lock");
        foreach (CliResult result in (CliResult[])[check, restore, snapshots])
        {
            Assert.True(result.Code is 0 or 1, $"{result.Code}: {result.Error}");
            Scene.Decent(result);
        }

        JsonElement expected = Expected(name);
        if (expected.GetProperty("summary-0.19.1").GetProperty("num_errors").GetInt64() > 0)
        {
            Assert.Equal(1, check.Code);
        }

        // Under its name a file is right, or not there at all; without an error everything is there that can be.
        Dictionary<string, byte[]> ours = Files(_folder["out"]);
        Assert.All(ours, file => Assert.True(file.Value.AsSpan().SequenceEqual(right[file.Key]), $"{file.Key} is wrong"));
        Assert.True(restore.Code == 1 || ours.Count == right.Count, restore.Error);
        foreach (string line in expected.GetProperty("restore-0.19.1").GetProperty("files").EnumerateArray().Select(file => file.GetString()!))
        {
            // restic leaves files with wrong content or a wrong length, which no one should count.
            string file = line.Split('/', ':')[^2];
            bool isWrong = (name, file) is ("data_blob_bitflip", "f2") or ("index_wrong_length", "f2") or ("node_content_null", "f1") or ("node_wrong_size", "f1");
            Assert.True(isWrong || ours.ContainsKey(file), $"restic restores {file}, we do not: {restore.Error}");
        }
    }

    private async Task<Dictionary<string, byte[]>> RestoredAsync(string name)
    {
        Assert.Equal(0, (await RunAsync(name, "restore", "latest", "--no-lock", "--target", _folder["right"])).Code);
        return Files(_folder["right"]);
    }

    private Task<CliResult> RunAsync(string name, params string[] arguments)
    {
        CliRunner runner = new(_folder);
        runner.Variables["RESTIC_PASSWORD"] = "golden-password";
        return runner.RunAsync(["--repo", SharedMaterial.PathOf("vectors", "damaged", name), .. arguments]);
    }

    private static Dictionary<string, byte[]> Files(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes)
        : [];

    private static JsonElement Expected(string name)
    {
        using JsonDocument all = JsonDocument.Parse(File.ReadAllBytes(SharedMaterial.PathOf("vectors", "damaged-expected.json")));
        return all.RootElement.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name).Clone();
    }
}
