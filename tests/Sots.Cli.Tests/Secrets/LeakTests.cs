using System.CommandLine;
using System.Text;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests.Secrets;

/// <summary>
/// Every command, as talkative as it gets, in text and in JSON, where all is well and where things fail: neither the password nor the key is
/// in anything it prints or writes, in whatever form.
/// </summary>
public sealed class LeakTests : IDisposable
{
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["init"] = "init --yes", ["config"] = "config show", ["config show"] = "config show", ["config check"] = "config check", ["config schema"] = "config schema",
        ["config reference"] = "config reference", ["full"] = "full", ["push"] = "push", ["restore-latest"] = "restore-latest --target ../T", ["restore-undo"] = "restore-undo --yes",
        ["snapshots"] = "snapshots", ["ls"] = "ls latest --long", ["diff"] = "diff latest latest", ["levels"] = "levels latest", ["backup"] = "backup Content", ["restore"] = "restore latest --target ../U --verify", ["check"] = "check --read-data",
        ["status"] = "status", ["runs"] = "runs", ["runs show"] = "runs show latest --log", ["forget-prune"] = "forget-prune --yes", ["forget"] = "forget --keep-last 9", ["prune"] = "prune",
        ["tag"] = "tag --add t latest", ["key"] = "key list", ["key list"] = "key list", ["key add"] = "key add --new-password-file ../more", ["key remove"] = "key remove 00",
        ["key passwd"] = "key passwd --new-password-file ../password", ["unlock"] = "unlock", ["vscode"] = "vscode", ["restic"] = "restic --restic-program ../restic -- x",
        ["drill"] = "drill", ["repair"] = "repair index --dry-run", ["repair index"] = "repair index", ["repair packs"] = "repair packs 00", ["repair snapshots"] = "repair snapshots --dry-run",
        ["find"] = "find *.umap", ["history"] = "history A", ["references"] = "references", ["source-art"] = "source-art latest", ["sizes"] = "sizes", ["why"] = "why Content",
        ["verify-assets"] = "verify-assets latest", ["restore-asset"] = "restore-asset A --dry-run", ["restore-level"] = "restore-level A --dry-run",
        ["recover"] = "recover --dry-run", ["completion"] = "completion bash", ["doctor"] = "doctor", ["demo"] = "demo", ["version"] = "version",
    };

    private readonly TempFolder _folder = new();
    private readonly string _password = Canary.NewPassword();
    private readonly string _other = Canary.NewPassword();

    public static TheoryData<string> Sources => ["file", "command", "variable"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task No_command_lets_a_secret_out(string source)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && source == "command", "runs a program of Unix");
        CliRunner cli = Prepare(source);
        Canary canary = new Canary().Add("the password", _password).Add("the other password", _other);
        Assert.Equal(Verbs(), Words.Keys.Order(StringComparer.Ordinal));
        Check(canary, "push", await cli.RunAsync([.. "push -vv".Split(' '), .. PasswordFlags(source)]));
        canary.Add(await KeyAsync());
        foreach ((string verb, string words) in Words)
        {
            foreach (string more in source == "file" ? new[] { "-vv", "--json --verbose=2" } : ["-vv"])
            {
                string[] arguments = [.. words.Split(' ').TakeWhile(static word => word != "--"), .. more.Split(' '), .. PasswordFlags(source), .. words.Split(' ').SkipWhile(static word => word != "--")];
                Check(canary, $"{verb} {more}", await cli.RunAsync(arguments));
            }
        }

        Check(canary, _folder.Path);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task No_failure_lets_a_secret_out(string source)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs permissions of Unix");
        CliRunner cli = Prepare(source);
        Canary canary = new Canary().Add("the password", _password).Add("the other password", _other);
        await cli.RunAsync([.. "push -vv".Split(' '), .. PasswordFlags(source)]);
        canary.Add(await KeyAsync());
        foreach (Action<string> harm in source == "file" ? Harms() : Harms().Take(2))
        {
            using TempFolder copy = new();
            string repository = copy["repo"];
            CopyFolder(_folder["Game_Backup", "repo"], repository);
            harm(repository);
            foreach (string words in Words.Values.Where(static words => !words.Contains(" -- ", StringComparison.Ordinal) && words is not "demo"))
            {
                Check(canary, words, await cli.RunAsync([.. words.Split(' '), "-vv", "--repo", repository, .. PasswordFlags(source)]));
            }

            Check(canary, copy.Path);
        }

        Check(canary, _folder.Path);
    }

    private CliRunner Prepare(string source)
    {
        Directory.CreateDirectory(_folder["Game", "Content"]);
        File.WriteAllText(_folder["Game", "Game.uproject"], "{}");
        TestPackage.WriteText(_folder["Game", "Content", "a.uasset"], "asset");
        WriteSecret("password", _password);
        WriteSecret("more", _other);
        File.WriteAllText(_folder["restic"], "#!/bin/sh\necho \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder["restic"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        CliRunner cli = new(_folder) { WorkingDirectory = _folder["Game"] };
        cli.Variables.Clear();
        if (source == "variable")
        {
            cli.Variables["RESTIC_PASSWORD"] = _password;
        }

        return cli;
    }

    private string[] PasswordFlags(string source) => source switch
    {
        "file" => ["--password-file", _folder["password"]],
        "command" => ["--password-command", $"cat '{_folder["password"]}'"],
        _ => [],
    };

    private void WriteSecret(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private async Task<Restic.Crypto.MasterKey> KeyAsync()
    {
        using LocalBackend backend = new(_folder["Game_Backup", "repo"]);
        return (await Restic.Repository.OpenAsync(backend, Encoding.UTF8.GetBytes(_password), new OpenOptions(), TestContext.Current.CancellationToken)).Key;
    }

    private static IEnumerable<Action<string>> Harms() =>
    [
        repository => File.Delete(Path.Combine(repository, "config")),
        repository => Overwrite(Path.Combine(repository, "config")),
        repository => Array.ForEach(Directory.GetFiles(Path.Combine(repository, "keys")), Overwrite),
        repository => Array.ForEach(Directory.GetFiles(Path.Combine(repository, "index")), Overwrite),
        repository => Array.ForEach(Directory.GetFiles(Path.Combine(repository, "snapshots")), Overwrite),
        repository => Array.ForEach(Directory.GetFiles(Path.Combine(repository, "data"), "*", SearchOption.AllDirectories), Overwrite),
    ];

    private static void Overwrite(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        content[content.Length / 2] ^= 0x10;
        File.Delete(path);
        File.WriteAllBytes(path, content);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static void Check(Canary canary, string run, CliResult result)
    {
        Assert.True(canary.FindIn(Encoding.UTF8.GetBytes(result.Out + "\n" + result.Error)) is null, $"{run}: {canary.FindIn(Encoding.UTF8.GetBytes(result.Out + "\n" + result.Error))} in\n{result.Out}\n{result.Error}");
    }

    private void Check(Canary canary, string folder)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories))
        {
            Assert.Null(canary.FindIn(Encoding.UTF8.GetBytes(path)));
            if (File.Exists(path) && path != _folder["password"] && path != _folder["more"])
            {
                Assert.True(canary.FindIn(File.ReadAllBytes(path)) is null, $"{canary.FindIn(File.ReadAllBytes(path))} in {path}");
            }
        }
    }

    private static IEnumerable<string> Verbs() =>
        Below(CliRoot.Build(CliEnvironment.OfProcess(), new GlobalOptions())).OfType<VerbCommand>().Select(HelpWithExitCodes.PathOf).Order(StringComparer.Ordinal);

    private static IEnumerable<Command> Below(Command command) => command.Subcommands.SelectMany(child => Below(child).Prepend(child));
}
