using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests.BadInput;

/// <summary>
/// A folder with a source, a repository of one snapshot whose key opens at once, and the program to run on them. Asserts what holds for
/// every refusal: the exit code, a message with the words that matter, no stack trace, no secret, nothing changed and no lock left.
/// </summary>
internal sealed class Scene : IDisposable
{
    /// <summary>The password. It must never be seen in any output.</summary>
    public const string Canary = "canary-6b1f-secret";

    private readonly TempFolder _folder = new();

    /// <summary>Makes the folder with a source, without a repository.</summary>
    public Scene()
    {
        Write("src/a.txt", "hello");
        Write("src/sub/b.txt", "world");
        byte[] noise = new byte[300_000];
        new Random(7).NextBytes(noise);
        File.WriteAllBytes(this["src", "sub", "c.bin"], noise);
    }

    /// <summary>Variables of the processes.</summary>
    public Dictionary<string, string?> Variables { get; } = new() { ["RESTIC_PASSWORD"] = Canary, ["RESTIC_REPOSITORY"] = "repo" };

    /// <summary>Full path of the folder.</summary>
    public string Root => _folder.Path;

    /// <summary>Full path of something in it.</summary>
    public string this[params string[] parts] => _folder[parts];

    /// <summary>A scene with a repository of one snapshot.</summary>
    public static async Task<Scene> SavedAsync()
    {
        Scene scene = new();
        await scene.InProcess("init");
        await scene.InProcess("backup", "src");
        return scene;
    }

    /// <summary>Runs a command in this process: with a cheap key, and quickly.</summary>
    public async Task<CliResult> InProcess(params string[] arguments)
    {
        CliRunner runner = new(_folder);
        runner.Variables["RESTIC_PASSWORD"] = Canary;
        runner.Variables["RESTIC_REPOSITORY"] = "repo";
        CliResult result = await runner.RunAsync(arguments);
        Assert.True(result.Code == 0, result.Error);
        return result;
    }

    /// <summary>Starts the program.</summary>
    public Process Start(params string[] arguments) => ProgramProcess.Start(Root, Variables, [.. ProgramProcess.Words, .. arguments]);

    /// <summary>Runs the program to its end.</summary>
    public async Task<CliResult> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        return Decent(await ProgramProcess.FinishAsync(process));
    }

    /// <summary>Runs a shell script in the folder; <c>"$@"</c> in it is the program.</summary>
    public async Task<CliResult> ScriptAsync(string script, params string[] before)
    {
        using Process process = ProgramProcess.Start(Root, Variables, [.. before, "/bin/sh", "-c", script, "sh", .. ProgramProcess.Words]);
        return Decent(await ProgramProcess.FinishAsync(process));
    }

    /// <summary>Runs the program, which must refuse.</summary>
    public async Task<CliResult> RefusesAsync(int code, string[] words, params string[] arguments)
    {
        string[] before = Listing();
        CliResult result = await RunAsync(arguments);
        Assert.Equal(before, Listing());
        Refused(code, words, result);
        return result;
    }

    /// <summary>Code, words, and where a message ends.</summary>
    public static void Refused(int code, string[] words, CliResult result)
    {
        Assert.True(code == result.Code, $"exit code {result.Code} in place of {code}: {result.Error}");
        foreach (string word in words)
        {
            Assert.Contains(word, result.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>What holds for all output of all runs.</summary>
    public static CliResult Decent(CliResult result)
    {
        string all = result.Out + result.Error;
        Assert.DoesNotContain("   at ", all, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", all, StringComparison.Ordinal);
        Assert.DoesNotContain("this is a bug", all, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, all, StringComparison.Ordinal);
        return result;
    }

    /// <summary>Every file and folder with its content; of locks there must be none.</summary>
    public string[] Listing()
    {
        EnumerationOptions all = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };
        string[] listing = [.. new DirectoryInfo(Root).EnumerateFileSystemInfos("*", all).Select(Describe).Order(StringComparer.Ordinal)];
        Assert.DoesNotContain(listing, line => line.Length > "repo/locks/".Length && line.StartsWith("repo/locks/", StringComparison.Ordinal));
        return listing;
    }

    /// <summary>Writes a file of the scene.</summary>
    public void Write(string path, string text)
    {
        string full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        TestPackage.WriteText(full, text);
    }

    /// <summary>The files of a kind in the repository, oldest first.</summary>
    public FileInfo[] Stored(string kind) => [.. new DirectoryInfo(this["repo", kind]).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.LastWriteTimeUtc)];

    /// <summary>Turns one byte of a stored file.</summary>
    public static void Damage(FileInfo file, int at = 40)
    {
        byte[] bytes = File.ReadAllBytes(file.FullName);
        bytes[at] ^= 1;
        Replace(file.FullName, bytes);
    }

    /// <summary>Writes a file that may be read-only.</summary>
    public static void Replace(string path, byte[] bytes)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }

        File.WriteAllBytes(path, bytes);
    }

    public void Dispose() => _folder.Dispose();

    private string Describe(FileSystemInfo entry)
    {
        string name = Path.GetRelativePath(Root, entry.FullName);
        return entry is FileInfo { LinkTarget: null } file
            ? string.Create(CultureInfo.InvariantCulture, $"{name} {file.Length} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName)))}")
            : name + "/";
    }
}
