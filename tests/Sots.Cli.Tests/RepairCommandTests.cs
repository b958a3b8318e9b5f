using System.Diagnostics;
using System.Text.Json;
using Sots.Cli.Runs;
using Sots.Testing;

namespace Sots.Cli.Tests;

/// <summary>The repairs as a person runs them: the plan is shown first, a dry run changes nothing, and what is lost has its names.</summary>
public sealed class RepairCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CliRunner _cli;

    public RepairCommandTests()
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        _cli = new CliRunner(_folder);
        _cli.Variables["RESTIC_PASSWORD"] = "golden-password";
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("data_pack_missing", "repair index", "removing not found pack file", "file \"/d/f2\": content is missing")]
    [InlineData("index_bitflip", "repair index", "removing invalid index", "adding pack file to index")]
    [InlineData("index_missing_blob_of_pack", "repair index", "reindexing pack file", "by the index it must have 3206")]
    [InlineData("data_blob_bitflip", "repair packs a69760465b01df8b86c9", "1 blobs are lost", "file \"/d/f2\": content is missing")]
    [InlineData("node_content_missing_blob", "repair snapshots --forget", "file \"/d/f1\": removed missing content", "")]
    [InlineData("node_dir_no_subtree", "repair snapshots", "dir \"/d/zz\": replaced with empty directory", "")]
    [InlineData("node_wrong_size", "recover", "found 1 unreferenced roots", "")]
    public async Task A_dry_run_shows_the_plan_and_changes_nothing_and_the_run_shows_it_first(string vector, string command, string first, string second)
    {
        string repository = Copy(vector);
        string before = Listing(repository);
        CliResult pretended = await _cli.RunAsync([.. command.Split(' '), "--dry-run", "-r", repository]);
        Assert.Equal((0, ""), (pretended.Code, pretended.Error));
        Assert.Contains(first, pretended.Out, StringComparison.Ordinal);
        Assert.Contains(second, pretended.Out, StringComparison.Ordinal);
        Assert.Equal(before, Listing(repository));

        CliResult done = await _cli.RunAsync([.. command.Split(' '), "-r", repository]);
        Assert.Equal((0, ""), (done.Code, done.Error));
        Assert.Contains(first, done.Out, StringComparison.Ordinal);
        Assert.NotEqual(before, Listing(repository));
        Assert.Empty(Directory.GetFiles(Path.Combine(repository, "locks")));

        CliResult again = await _cli.RunAsync([.. command.Split(' '), "--json", "-r", repository]);
        if (!command.StartsWith("repair packs", StringComparison.Ordinal))
        {
            Assert.Equal(0, again.Code);
            using JsonDocument plan = JsonDocument.Parse(again.Out.Split('\n')[0]);
            Assert.EndsWith("_plan", plan.RootElement.GetProperty("message_type").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_damaged_pack_is_kept_in_the_current_folder_and_another_file_of_that_name_is_not_overwritten()
    {
        string repository = Copy("data_blob_bitflip");
        const string pack = "a69760465b01df8b86c9062cb208206647095ffdd0cbf4b7ff8b85b2e018420b";
        byte[] damaged = await File.ReadAllBytesAsync(Path.Combine(repository, "data", pack[..2], pack), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder["pack-" + pack], "mine", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await _cli.RunAsync("repair", "packs", pack, "-r", repository)).Code);
        Assert.Equal("mine", await File.ReadAllTextAsync(_folder["pack-" + pack], TestContext.Current.CancellationToken));
        Assert.Equal(damaged, await File.ReadAllBytesAsync(_folder[$"pack-{pack}-2"], TestContext.Current.CancellationToken));
        Assert.False(File.Exists(Path.Combine(repository, "data", pack[..2], pack)));
    }

    /// <summary>The runtime's own flush would not tell. Each time the disk refuses one file: the copy before it has its name, and the folder with the name.</summary>
    [Theory]
    [InlineData("pack-a69760465b01df8b86c9062cb208206647095ffdd0cbf4b7ff8b85b2e018420b.tmp", false)]
    [InlineData("", false)]
    [InlineData("", true)]
    public async Task A_copy_that_is_not_on_the_disk_stops_the_repair_before_anything_is_changed(string refused, bool isThere)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/strace"), "needs strace");
        string repository = Copy("data_blob_bitflip"), before = Listing(repository), copies = _folder["copies"];
        const string pack = "a69760465b01df8b86c9062cb208206647095ffdd0cbf4b7ff8b85b2e018420b";
        Directory.CreateDirectory(copies);
        if (isThere)
        {
            File.Copy(Path.Combine(repository, "data", pack[..2], pack), Path.Combine(copies, "pack-" + pack));
        }

        string[] strace = ["/usr/bin/strace", "-f", "-o", _folder["trace"], "-P", Path.Combine(copies, refused).TrimEnd('/'), "-e", "trace=fsync", "-e", "inject=fsync:error=EIO"];
        using Process process = ProgramProcess.Start(
            copies, new Dictionary<string, string?> { ["RESTIC_PASSWORD"] = "golden-password" }, [.. strace, .. ProgramProcess.Words, "repair", "packs", pack, "-r", repository]);
        CliResult result = await ProgramProcess.FinishAsync(process);
        Assert.NotEqual(0, result.Code);
        Assert.Contains("Nothing was changed", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, Listing(repository));
        Assert.Equal(isThere ? 1 : 0, Directory.GetFiles(copies).Length);
    }

    [Fact]
    public async Task Without_ids_repair_packs_says_who_names_them()
    {
        CliResult result = await _cli.RunAsync("repair", "packs", "-r", Copy("ok"));
        Assert.Equal(1, result.Code);
        Assert.Contains("no ids specified", result.Error, StringComparison.Ordinal);
        Assert.Contains("check --read-data", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_of_repair_snapshots_says_what_it_would_save_and_remove()
    {
        CliResult result = await _cli.RunAsync("repair", "snapshots", "--forget", "--dry-run", "-r", Copy("node_content_missing_blob"));
        foreach (string line in (string[])["would save new snapshot", "would remove old snapshot", "would modify 1 snapshots"])
        {
            Assert.Contains(line, result.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Repairs_are_logged_under_a_name_that_the_thinning_of_logs_knows()
    {
        foreach (string verb in (string[])["repair-index", "repair-packs", "repair-snapshots", "recover"])
        {
            Assert.True(RunVerbs.IsLogged(verb));
            Assert.True(RunName.IsLog(RunName.Of(DateTimeOffset.UnixEpoch, verb, 1, 1) + ".log"));
        }

        Assert.False(RunVerbs.IsLogged("snapshots"));
    }

    private static string Listing(string repository) => string.Join(
        '\n', Directory.EnumerateFiles(repository, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(repository, file)).Order(StringComparer.Ordinal));

    private string Copy(string vector)
    {
        string source = SharedMaterial.PathOf("vectors", "damaged", vector), target = _folder["repository"];
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        Directory.CreateDirectory(Path.Combine(target, "locks"));
        return target;
    }
}
