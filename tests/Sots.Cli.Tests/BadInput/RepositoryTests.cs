using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Cli.Tests.BadInput;

/// <summary>Repositories that are not there, locked, too new, or damaged.</summary>
public sealed class RepositoryTests : IAsyncLifetime
{
    private Scene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await Scene.SavedAsync();

    public ValueTask DisposeAsync()
    {
        _scene.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("snapshots")]
    [InlineData("backup", "src")]
    [InlineData("restore", "latest", "--target", "out")]
    [InlineData("check")]
    [InlineData("unlock")]
    public async Task No_repository_is_code_10_and_none_is_made(params string[] arguments)
    {
        _scene.Variables["RESTIC_REPOSITORY"] = "nowhere";
        await _scene.RefusesAsync(10, ["repository does not exist", _scene["nowhere"]], arguments);
    }

    [Fact]
    public async Task A_lock_of_another_living_host_is_code_11_and_stays()
    {
        using OpenRepository repository = await OpenAsync();
        string json = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"time":"{{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss}}Z","exclusive":true,"hostname":"elsewhere","username":"somebody","pid":4711}""");
        await repository.SaveUnpackedAsync(FileType.Lock, Encoding.UTF8.GetBytes(json), CancellationToken.None);
        foreach (string[] arguments in (string[][])[["backup", "src"], ["check"], ["restore", "latest", "--target", "out"]])
        {
            CliResult result = await _scene.RunAsync(arguments);
            Scene.Refused(11, ["already locked exclusively by PID 4711 on elsewhere by somebody", "`unlock`"], result);
            Assert.Single(_scene.Stored("locks"));
            Assert.Single(_scene.Stored("snapshots"));
        }

        Assert.False(Directory.Exists(_scene["out"]));
        Assert.Equal(0, (await _scene.RunAsync("snapshots", "--no-lock")).Code);
    }

    [Fact]
    public async Task A_repository_of_a_newer_version_is_refused_unchanged()
    {
        using OpenRepository repository = await OpenAsync();
        string json = $$"""{"version":9,"id":"{{repository.Config.Id}}","chunker_polynomial":"{{repository.Config.Polynomial.Value:x}}"}""";
        byte[] stored = repository.SealVerified(Encoding.UTF8.GetBytes(json));
        Scene.Replace(_scene["repo", "config"], stored);
        await _scene.RefusesAsync(1, ["version 9"], "backup", "src");
        await _scene.RefusesAsync(1, ["version 9"], "restore", "latest", "--target", "out");
    }

    [Fact]
    public async Task A_config_that_is_empty_cut_short_or_foreign_is_named_stops_writing_and_no_reading()
    {
        byte[] config = File.ReadAllBytes(_scene["repo", "config"]);
        foreach (byte[] bad in (byte[][])[[], config[..20], config[..^1], RandomNumberGenerator.GetBytes(config.Length)])
        {
            Scene.Replace(_scene["repo", "config"], bad);
            CliResult list = await _scene.RunAsync("snapshots");
            Scene.Refused(0, ["warning: config is damaged", "nothing can be saved to it", "from a copy of the repository"], list);
            Assert.Contains("1 snapshots", list.Out, StringComparison.Ordinal);
            await _scene.RefusesAsync(1, ["config is damaged", "from a copy of the repository"], "backup", "src");
            await _scene.RefusesAsync(1, ["config is damaged"], "forget", "latest");
            await _scene.RefusesAsync(1, ["config"], "init");
        }

        Scene.Refused(1, ["config", "restores work without it"], await _scene.RunAsync("check"));
        Assert.Equal(0, (await _scene.RunAsync("restore", "latest:/src", "--target", "out")).Code);
        Assert.Equal("hello", File.ReadAllText(_scene["out", "a.txt"]));
    }

    [Fact]
    public async Task A_config_that_is_gone_stops_writing_and_no_reading()
    {
        File.Delete(_scene["repo", "config"]);
        Scene.Refused(0, ["There are snapshots, but the file config is missing"], await _scene.RunAsync("restore", "latest:/src", "--target", "out"));
        Assert.Equal("hello", File.ReadAllText(_scene["out", "a.txt"]));
        await _scene.RefusesAsync(10, ["repository does not exist", "the file config is missing"], "backup", "src");
        Scene.Refused(1, ["config", "restores work without it"], await _scene.RunAsync("check"));
    }

    [Fact]
    public async Task An_index_file_that_is_gone_takes_nothing_with_it()
    {
        File.Delete(_scene.Stored("index").Single().FullName);
        CliResult list = await _scene.RunAsync("ls", "latest");
        Scene.Refused(0, ["no index file names the root of the snapshot", "`repair index`"], list);
        Assert.Contains("/src/sub/c.bin", list.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await _scene.RunAsync("restore", "latest:/src", "--target", "out")).Code);
        Assert.Equal(300_000, new FileInfo(_scene["out", "sub", "c.bin"]).Length);
        Scene.Refused(1, ["nothing is lost: it is in a pack that no index file names", "`repair index`"], await _scene.RunAsync("check"));
    }

    [Fact]
    public async Task A_lost_file_is_named_with_the_snapshot_that_has_it_whole()
    {
        FileInfo[] before = _scene.Stored("data");
        byte[] other = RandomNumberGenerator.GetBytes(300_000);
        File.WriteAllBytes(_scene["src", "sub", "c.bin"], other);
        await _scene.InProcess("backup", "src");
        string oldest = _scene.Stored("snapshots")[0].Name;
        string newest = _scene.Stored("snapshots")[^1].Name[..8];
        Scene.Damage(before.MaxBy(file => file.Length)!, at: 200_000);
        CliResult check = await _scene.RunAsync("check", "--read-data");
        Scene.Refused(1, ["1 file of 1 snapshot cannot be restored whole", $"src/sub/c.bin: whole in snapshot {newest}", "All in all 1 file of 1 of 2 snapshots", "sots_backup repair packs", "sots_backup push"], check);
        CliResult restore = await _scene.RunAsync("restore", oldest, "--target", "out");
        Scene.Refused(1, ["c.bin"], restore);
        Assert.Contains($"c.bin is in snapshot {newest}", restore.Out, StringComparison.Ordinal);
        Assert.Equal(["a.txt", "b.txt"], Directory.EnumerateFiles(_scene["out"], "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        CliResult json = await _scene.RunAsync("check", "--read-data", "--json");
        Assert.Contains("\"message_type\":\"damage\",\"item\":\"data/", json.Error, StringComparison.Ordinal);
        Assert.Contains("\"files\":1,\"folders\":0,\"snapshots\":1,\"at_least\":false", json.Error, StringComparison.Ordinal);
        Assert.Contains("\"command\":\"repair packs ", json.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_key_alone_is_an_error_and_beside_a_good_one_no_hindrance()
    {
        FileInfo key = _scene.Stored("keys").Single();
        byte[] good = File.ReadAllBytes(key.FullName);
        byte[] bad = [.. good];
        bad[good.Length / 2] ^= 0x40;
        Scene.Replace(key.FullName, bad);
        CliResult alone = await _scene.RunAsync("snapshots");
        Assert.Contains(key.Name[..8], alone.Error, StringComparison.Ordinal);
        Assert.True(alone.Code is 1 or 12, alone.Error);

        Scene.Replace(key.FullName, good);
        string other = (key.Name[0] == '0' ? '1' : '0') + key.Name[1..];
        Scene.Replace(_scene["repo", "keys", other], bad);
        CliResult beside = await _scene.RunAsync("snapshots");
        Assert.True(beside.Code == 0, beside.Error);
        CliResult check = await _scene.RunAsync("check");
        Scene.Refused(1, ["keys/" + other], check);
    }

    [Fact]
    public async Task A_damaged_index_is_named_and_everything_goes_on()
    {
        FileInfo index = _scene.Stored("index").First();
        Scene.Damage(index);
        CliResult list = await _scene.RunAsync("ls", "latest");
        Assert.Contains(index.Name[..8], list.Error, StringComparison.Ordinal);
        Assert.Contains("/src/sub/c.bin", list.Out, StringComparison.Ordinal);
        CliResult restore = await _scene.RunAsync("restore", "latest:/src", "--target", "out");
        Assert.Contains(index.Name[..8], restore.Error, StringComparison.Ordinal);
        Assert.Equal("hello", File.ReadAllText(_scene["out", "a.txt"]));
        CliResult backup = await _scene.RunAsync("backup", "src");
        Assert.Contains(index.Name[..8], backup.Error, StringComparison.Ordinal);
        Assert.Equal(2, _scene.Stored("snapshots").Length);
        Scene.Refused(1, [index.Name[..8]], await _scene.RunAsync("check"));
    }

    [Fact]
    public async Task A_damaged_snapshot_is_named_and_latest_of_the_others_works()
    {
        _scene.Write("src/a.txt", "second");
        await _scene.InProcess("backup", "src");
        FileInfo newest = _scene.Stored("snapshots")[^1];
        Scene.Damage(newest);
        CliResult list = await _scene.RefusesAsync(1, [newest.Name[..8], "cannot be read"], "snapshots");
        Assert.Contains("1 snapshots", list.Out, StringComparison.Ordinal);
        CliResult restore = await _scene.RunAsync("restore", "latest:/src", "--target", "out");
        Assert.Contains(newest.Name[..8], restore.Error, StringComparison.Ordinal);
        Assert.Contains($"{_scene.Stored("snapshots")[0].Name[..8]} of ", restore.Error, StringComparison.Ordinal);
        Assert.Contains("name it in place of latest", restore.Error, StringComparison.Ordinal);
        Assert.Equal("hello", File.ReadAllText(_scene["out", "a.txt"]));
        Assert.Equal(1, restore.Code);
        CliResult listing = await _scene.RunAsync("ls", "latest");
        Assert.Contains(newest.Name[..8], listing.Error, StringComparison.Ordinal);
        Assert.Equal(1, listing.Code);
    }

    [Fact]
    public async Task A_damaged_or_missing_pack_costs_only_its_own_files()
    {
        _scene.Write("src/new.txt", "in a pack of its own");
        await _scene.InProcess("backup", "src");
        FileInfo[] packs = [.. _scene.Stored("data").OrderBy(file => file.Length)];
        FileInfo big = packs[^1];
        Scene.Damage(big, at: 200_000);
        CliResult damaged = await _scene.RunAsync("restore", "latest:/src", "--target", "out");
        Scene.Refused(1, ["c.bin", "There were 1 errors"], damaged);
        Assert.Equal("in a pack of its own", File.ReadAllText(_scene["out", "new.txt"]));

        File.Delete(big.FullName);
        CliResult missing = await _scene.RunAsync("restore", "latest:/src", "--target", "out2");
        Scene.Refused(1, ["c.bin"], missing);
        Assert.Equal("in a pack of its own", File.ReadAllText(_scene["out2", "new.txt"]));
        Scene.Refused(1, [big.Name[..8], "repository contains errors"], await _scene.RunAsync("check"));
    }

    [Fact]
    public async Task A_damaged_tree_is_named_and_the_rest_is_listed_and_restored()
    {
        _scene.Write("other/x.txt", "intact");
        await _scene.InProcess("backup", "other", "--tag", "other");
        FileInfo tree = TreePacks()[0];
        Scene.Damage(tree, at: 20);
        await _scene.RefusesAsync(1, ["is damaged"], "ls", "latest", "--path", _scene["src"]);
        Scene.Refused(1, ["tree"], await _scene.RunAsync("check"));
        Assert.Equal(0, (await _scene.RunAsync("restore", "latest", "--tag", "other", "--target", "out")).Code);
        Assert.Equal("intact", File.ReadAllText(_scene["out", "other", "x.txt"]));
        Assert.Equal(0, (await _scene.RunAsync("check", "--tag", "other")).Code);
    }

    /// <summary>Small packs are those of trees here; the content of the first backup is long.</summary>
    private FileInfo[] TreePacks() => [.. _scene.Stored("data").Where(file => file.Length < 100_000)];

    private async Task<OpenRepository> OpenAsync() => await Repository.OpenAsync(
        new LocalBackend(_scene["repo"]), Encoding.UTF8.GetBytes(Scene.Canary), new OpenOptions(), CancellationToken.None);
}
