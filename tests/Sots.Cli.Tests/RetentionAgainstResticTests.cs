using System.Diagnostics;
using System.Text.Json.Nodes;
using Sots.Testing;

namespace Sots.Cli.Tests;

/// <summary>Our <c>forget</c> and restic's on the same repository: the same JSON, the same tables.</summary>
public sealed class RetentionAgainstResticTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CliRunner _cli;
    private readonly string _repository;

    public RetentionAgainstResticTests()
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        Assert.SkipUnless(OperatingSystem.IsLinux() && ResticBinaries.All, ResticBinaries.Absent);
        _repository = _folder["repository"];
        string original = SharedMaterial.PathOf("vectors", "forget", "repo");
        foreach (string file in Directory.EnumerateFiles(original, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(_repository, Path.GetRelativePath(original, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        _cli = new CliRunner(_folder);
        _cli.Variables.Clear();
        _cli.Variables["RESTIC_REPOSITORY"] = _repository;
        _cli.Variables["RESTIC_PASSWORD"] = "golden-password";
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--keep-last", "3", "--keep-daily", "4", "--keep-monthly", "5")]
    [InlineData("--keep-within", "1y2m3d4h", "--keep-tag", "a,b", "--keep-last", "1")]
    [InlineData("--keep-weekly", "unlimited", "--group-by", "host")]
    [InlineData("--keep-last", "2", "--group-by", "tags")]
    [InlineData("--keep-yearly", "1", "--host", "h2")]
    [InlineData("--keep-within-weekly", "3m", "--keep-last", "1", "--group-by", "")]
    [InlineData("--keep-last", "1", "--host", "nobody")]
    public async Task Dry_runs_give_the_same_json(params string[] policy)
    {
        (int code, string output, _) = Restic(["forget", "--dry-run", "--json", .. policy]);
        CliResult ours = await _cli.RunAsync(["forget", "--dry-run", "--json", .. policy]);
        Assert.Equal((code, ""), (ours.Code, ours.Error));
        Assert.Equal(Groups(output), Groups(ours.Out));
    }

    [Theory]
    [InlineData("--keep-last", "2", "--keep-within-daily", "3d", "--host", "h2")]
    [InlineData("--keep-monthly", "3", "--keep-tag", "keep", "--host", "h1", "-v")]
    [InlineData("--keep-last", "1", "--host", "h1", "--compact")]
    public async Task Dry_runs_print_the_same_tables(params string[] policy)
    {
        (_, string output, _) = Restic(["forget", "--dry-run", .. policy]);
        CliResult ours = await _cli.RunAsync(["forget", "--dry-run", .. policy]);
        Assert.Equal(Masked(output), Masked(ours.Out));
    }

    [Fact]
    public async Task A_forget_with_prune_says_and_does_the_same()
    {
        string[] arguments = ["forget", "--host", "h1", "--keep-last", "2", "--prune"];
        CliResult ours = await _cli.RunAsync(arguments);
        Assert.Equal((0, ""), (ours.Code, ours.Error));
        string[] left = [.. Directory.GetFiles(Path.Combine(_repository, "snapshots")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        using RetentionAgainstResticTests other = new();
        (int code, string output, _) = other.Restic(arguments);
        Assert.Equal(0, code);
        Assert.Equal(Masked(output), Masked(ours.Out));
        Assert.Equal(Directory.GetFiles(Path.Combine(other._repository, "snapshots")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal), left);
        Assert.Contains("no errors were found", Restic(["check", "--read-data"]).Out, StringComparison.Ordinal);
    }

    /// <summary>The groups in one order; restic sorts paths and tags of the snapshots it shows where it needs them sorted to group.</summary>
    private static string[] Groups(string json)
    {
        JsonArray groups = json.Trim().Length == 0 ? [] : JsonNode.Parse(json)!.AsArray();
        foreach (JsonNode? group in groups)
        {
            JsonArray[] lists = [group!["keep"] as JsonArray ?? [], group["remove"] as JsonArray ?? []];
            IEnumerable<JsonNode?> reasons = (group["reasons"] as JsonArray ?? []).Select(reason => reason!["snapshot"]);
            foreach (JsonNode? snapshot in lists.SelectMany(list => list).Concat(reasons))
            {
                Sort(snapshot!, "paths");
                Sort(snapshot!, "tags");
            }
        }

        return [.. groups.Select(group => group!.ToJsonString()).Order(StringComparer.Ordinal)];
    }

    private static void Sort(JsonNode snapshot, string member)
    {
        if (snapshot[member] is JsonArray words)
        {
            snapshot[member] = new JsonArray([.. words.Select(word => word!.GetValue<string>()).Order(StringComparer.Ordinal).Select(word => JsonValue.Create(word))]);
        }
    }

    /// <summary>Lines for people about the program itself differ, and so does the time that something took.</summary>
    private static string[] Masked(string output) =>
    [
        .. output.Split('\n').Where(line => line != "open repository" && !line.Contains("without a cache", StringComparison.Ordinal))
            .Select(line => line.Replace("Timestamps shown in UTC", "Timestamps shown in local time", StringComparison.Ordinal))
            .Select(line => line.StartsWith('[') ? "[time]" + line[line.IndexOf(']', StringComparison.Ordinal)..] : line),
    ];

    private (int Code, string Out, string Error) Restic(string[] arguments)
    {
        ProcessStartInfo start = new(ResticBinaries.Find("0.19.1")!, ["--no-cache", .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.Environment["RESTIC_REPOSITORY"] = _repository;
        start.Environment["RESTIC_PASSWORD"] = "golden-password";
        using Process process = Process.Start(start)!;
        ResticRun run = ResticProgram.Finish(process);
        return (run.ExitCode, run.Output, run.Errors);
    }
}
