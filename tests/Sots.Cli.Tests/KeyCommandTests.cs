using System.Text;
using System.Text.Json;
using Sots.Backup.Credentials;
using Sots.Cli.Commands;
using Sots.Cli.Tests.Configuration;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Maintenance;
using Sots.Testing;

namespace Sots.Cli.Tests;

/// <summary><c>key</c>: after every change, and after every change that failed, the project's password file opens the repository.</summary>
public sealed class KeyCommandTests : IDisposable
{
    private readonly ProjectScene _scene = new();

    private string Repository => _scene["Game_Backup", "repo"];

    private string PasswordPath => _scene["Game_Backup", ".restic_pass.txt"];

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task A_new_random_password_is_in_the_projects_file_and_the_old_one_opens_nothing()
    {
        await _scene.DoneAsync("push");
        string old = File.ReadAllText(PasswordPath);
        CliResult changed = await _scene.DoneAsync("key", "passwd", "--new-random-password");
        string now = File.ReadAllText(PasswordPath);
        Assert.NotEqual(old, now);
        Assert.Equal(44, now.Length);
        Assert.DoesNotContain(now.Trim(), changed.Out + changed.Error, StringComparison.Ordinal);
        await _scene.DoneAsync("push");
        await _scene.DoneAsync("check", "--read-data");
        File.WriteAllText(_scene["old"], old);
        Assert.Equal(12, (await _scene.RunAsync("snapshots", "-r", Repository, "-p", _scene["old"])).Code);
        Assert.Single(Directory.GetFiles(Path.Combine(Repository, "keys")));
        Assert.Equal([".restic_pass.txt", "damaged-assets.json", "logs", "repo"], Directory.GetFileSystemEntries(_scene["Game_Backup"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PasswordPath));
        }

        foreach (string log in Directory.GetFiles(_scene["Game_Backup", "logs"]))
        {
            Assert.DoesNotContain(now.Trim(), File.ReadAllText(log), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_password_file_that_a_flag_names_is_left_alone_and_that_is_said()
    {
        File.WriteAllText(_scene["one"], "one");
        File.WriteAllText(_scene["two"], "two\n");
        string repository = _scene["r"];
        await _scene.DoneAsync("init", "-r", repository, "-p", _scene["one"]);
        CliResult changed = await _scene.DoneAsync("key", "passwd", "-r", repository, "-p", _scene["one"], "--new-password-file", _scene["two"]);
        Assert.Contains("still has the old one", changed.Out, StringComparison.Ordinal);
        Assert.Equal("one", File.ReadAllText(_scene["one"]));
        Assert.Equal(12, (await _scene.RunAsync("snapshots", "-r", repository, "-p", _scene["one"])).Code);
        await _scene.DoneAsync("snapshots", "-r", repository, "-p", _scene["two"]);
    }

    [Fact]
    public async Task Keys_are_listed_as_restic_does_and_the_one_in_use_cannot_be_removed()
    {
        await _scene.DoneAsync("push");
        File.WriteAllText(_scene["two"], "two");
        string added = (await _scene.DoneAsync("key", "add", "--new-password-file", _scene["two"], "--user", "an\u001b[31mna", "--host", "pc")).Out.Trim().Split(' ')[^1];
        CliResult list = await _scene.DoneAsync("key", "list");
        Assert.Contains($" {added[..8]}  an\\x1b[31mna", list.Out, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse((await _scene.DoneAsync("key", "list", "--json")).Out);
        JsonElement mine = json.RootElement.EnumerateArray().Single(key => key.GetProperty("current").GetBoolean());
        Assert.Equal(["current", "id", "userName", "hostName", "created"], mine.EnumerateObject().Select(member => member.Name));

        CliResult refused = await _scene.RunAsync("key", "remove", mine.GetProperty("id").GetString()!);
        Assert.Equal(1, refused.Code);
        Assert.StartsWith("Fatal: refusing to remove key currently used to access repository\n", refused.Error, StringComparison.Ordinal);
        Assert.Contains("no matching ID found for prefix \"zz\"", (await _scene.RunAsync("key", "remove", "zz")).Error, StringComparison.Ordinal);
        Assert.Contains("one argument too many", (await _scene.RunAsync("key", "list", "x")).Error, StringComparison.Ordinal);
        await _scene.DoneAsync("key", "remove", added[..10]);
        Assert.Equal(12, (await _scene.RunAsync("snapshots", "-r", Repository, "-p", _scene["two"])).Code);
    }

    [Theory]
    [InlineData("", "an empty password is not allowed by default")]
    [InlineData("  \n", "an empty password is not allowed by default")]
    public async Task An_empty_new_password_is_refused_and_nothing_is_changed(string content, string words)
    {
        await _scene.DoneAsync("push");
        File.WriteAllText(_scene["new"], content);
        string[] before = _scene.Listing();
        CliResult refused = await _scene.RunAsync("key", "passwd", "--new-password-file", _scene["new"], "--log-folder", _scene["elsewhere"]);
        Assert.Equal(1, refused.Code);
        Assert.Contains(words, refused.Error, StringComparison.Ordinal);
        Assert.Contains("--new-insecure-no-password", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, _scene.Listing().Where(path => !path.StartsWith(_scene["elsewhere"], StringComparison.Ordinal)));
        await _scene.DoneAsync("snapshots");
    }

    [Fact]
    public async Task A_random_password_that_would_be_kept_nowhere_is_refused()
    {
        await _scene.DoneAsync("push");
        Assert.Equal(1, (await _scene.RunAsync("key", "add", "--new-random-password")).Code);
        Assert.Equal(1, (await _scene.RunAsync("key", "passwd", "--new-random-password", "-p", PasswordPath)).Code);
        Assert.Single(Directory.GetFiles(Path.Combine(Repository, "keys")));
    }

    [Fact]
    public async Task Without_a_terminal_the_new_password_is_not_waited_for()
    {
        await _scene.DoneAsync("push");
        CliResult refused = await _scene.RunAsync("key", "passwd");
        Assert.Equal(1, refused.Code);
        Assert.Contains("Use --new-password-file.", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FaultMoment.Before)]
    [InlineData(FaultMoment.After)]
    public async Task Whichever_call_fails_the_password_file_opens_the_repository(FaultMoment moment)
    {
        using TempFolder folder = new();
        string path = folder["password"];
        int points = 0;
        for (bool failed = true; failed; points++)
        {
            File.WriteAllText(path, SmallRepository.Password + "\n");
            MemoryBackend memory = new();
            (await SmallRepository.CreateAsync(memory)).Dispose();
            FaultyBackend faulty = new(memory, moment);
            using OpenRepository repository = await SmallRepository.OpenAsync(faulty);
            faulty.FailNth(points + 1);
            failed = !await ChangesAsync(repository, path, "the next one");
            using Password now = PasswordFile.Read(path, static _ => { });
            (await Restic.Repository.OpenAsync(memory, now.Bytes, new OpenOptions(), TestContext.Current.CancellationToken)).Dispose();
            Assert.Equal([path], Directory.GetFiles(folder.Path));
        }

        Assert.InRange(points, 5, 20);
    }

    [Theory]
    [InlineData(" padded")]
    [InlineData("padded\t")]
    [InlineData("\ufeffmarked")]
    public async Task A_password_that_a_file_cannot_hold_is_refused_before_anything_is_changed(string password)
    {
        using TempFolder folder = new();
        File.WriteAllText(folder["password"], SmallRepository.Password);
        MemoryBackend memory = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(memory);
        Assert.False(await ChangesAsync(repository, folder["password"], password));
        Assert.Equal(SmallRepository.Password, File.ReadAllText(folder["password"]));
        Assert.Equal(1, await memory.ListAsync(FileType.Key, TestContext.Current.CancellationToken).CountAsync(TestContext.Current.CancellationToken));
    }

    private async Task<bool> ChangesAsync(OpenRepository repository, string path, string password)
    {
        CliEnvironment environment = _scene.Cli.Environment(new StringWriter(), new StringWriter());
        CommandRun run = new(environment, new GlobalSettings(), CommandRun.CreateReporter(environment, json: false, verbosity: 1));
        PasswordChange change = new(run, new RepositoryKeys(repository, static _ => ValueTask.CompletedTask), repository, new PasswordSource(PasswordKind.File, path, "default"));
        using Password next = new(Encoding.UTF8.GetBytes(password));
        try
        {
            await change.RunAsync(next, new NewKeyOptions { Scrypt = SmallRepository.Cheap }, TestContext.Current.CancellationToken);
            return true;
        }
        catch (RepositoryException)
        {
            return false;
        }
    }
}
