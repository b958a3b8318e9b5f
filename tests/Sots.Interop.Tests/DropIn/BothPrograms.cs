using System.Diagnostics;
using System.Text;
using Sots.Testing;

namespace Sots.Interop.Tests.DropIn;

/// <summary>
/// A folder with a source and a repository of three snapshots, in which restic 0.19.1 and this program do the same one after the other.
/// Each finds the repository as it was first and no restored files; what both print is theirs to compare.
/// </summary>
public sealed class BothPrograms : IAsyncLifetime
{
    /// <summary>Name of the tests that share one.</summary>
    public const string Name = "both programs";

    private static readonly string[] Ours = Environment.GetEnvironmentVariable("SOTS_BINARY") is { Length: > 0 } binary
        ? [binary]
        : ["dotnet", Path.Combine(AppContext.BaseDirectory, "sots_backup.dll")];

    private readonly TempFolder _folder = new();

    /// <summary>Folder that the programs run in.</summary>
    public string Root => _folder["work"];

    /// <summary>The repository both find, when nothing else is said.</summary>
    public string Repository => _folder["work", "repo"];

    /// <summary>Makes source, repository and snapshots.</summary>
    public async ValueTask InitializeAsync()
    {
        if (!IsPossible)
        {
            return;
        }

        WriteSource();
        (await Engine.CreateAsync(_folder["work", "repo"])).Dispose();
        await SaveAsync("backup", "src", "--host", "one", "--time", "2024-01-02 03:04:05");
        await SaveAsync("backup", "src/sub", "--host", "two", "--tag", "a,b", "--time", "2024-01-03 03:04:05");
        await File.AppendAllTextAsync(_folder["work", "src", "a.txt"], "!");
        await SaveAsync("backup", "src", "--host", "one", "--tag", "c", "--time", "2024-01-04 03:04:05");
        Directory.Move(Repository, Template);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Skips a test where there is no restic.</summary>
    public static void SkipWithoutRestic() => Assert.SkipUnless(IsPossible, ResticBinaries.Absent);

    /// <summary>Both do what a line of words says.</summary>
    internal Task<Pair> RunAsync(string command) => RunAsync(command.Split(' '));

    /// <summary>Both do the same.</summary>
    /// <param name="words">Command and flags.</param>
    /// <param name="variables">Variables on top of repository and password; null removes one.</param>
    /// <param name="prepare">Makes the folder ready, before each program.</param>
    /// <param name="repository">Repository that both start from; null for the one with three snapshots.</param>
    /// <param name="folder">Folder to run in, relative to the root.</param>
    internal async Task<Pair> RunAsync(
        string[] words, (string Name, string? Value)[]? variables = null, Action? prepare = null, string? repository = null, string folder = "")
    {
        SkipWithoutRestic();
        return new Pair(await OneAsync([Restic, "--no-cache"]), await OneAsync(Ours));

        Task<Outcome> OneAsync(string[] program)
        {
            Reset(repository ?? Template);
            prepare?.Invoke();
            return StartAsync([.. program, .. words], variables ?? [], folder);
        }
    }

    /// <summary>Restic alone, on the repository as it is.</summary>
    internal Task<Outcome> ResticAsync(params string[] words) => StartAsync([Restic, "--no-cache", .. words], []);

    /// <summary>This program alone, on the repository as it is.</summary>
    internal Task<Outcome> OursAsync(params string[] words) => StartAsync([.. Ours, .. words], []);

    private static string Restic => ResticBinaries.Find("0.19.1")!;

    private static bool IsPossible => OperatingSystem.IsLinux() && ResticBinaries.Find("0.19.1") is not null;

    private string Template => _folder["template"];

    private void WriteSource()
    {
        Directory.CreateDirectory(_folder["work", "src", "sub", "deep"]);
        Directory.CreateDirectory(_folder["work", "src", "empty"]);
        File.WriteAllText(_folder["work", "src", "a.txt"], "hello");
        File.WriteAllText(_folder["work", "src", "zero"], "");
        File.WriteAllText(_folder["work", "src", "sub", "b.txt"], "world");
        File.WriteAllText(_folder["work", "src", "sub", "deep", "big.log"], string.Concat(Enumerable.Repeat("a line of text\n", 40_000)));
        byte[] noise = new byte[300_000];
        new Random(7).NextBytes(noise);
        File.WriteAllBytes(_folder["work", "src", "sub", "c.bin"], noise);
    }

    private async Task SaveAsync(params string[] words)
    {
        Outcome saved = await ResticAsync(words);
        Assert.True(saved.Code == 0, saved.Error);
    }

    private void Reset(string template)
    {
        foreach (string folder in new[] { Repository, Path.Combine(Root, "out") }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach (string file in Directory.EnumerateFiles(template, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(Repository, Path.GetRelativePath(template, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        Directory.CreateDirectory(Path.Combine(Repository, "locks"));
    }

    private async Task<Outcome> StartAsync(string[] words, (string Name, string? Value)[] variables, string folder = "")
    {
        ProcessStartInfo start = new(words[0], words[1..])
        {
            WorkingDirectory = Path.Combine(Root, folder),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (string name in start.Environment.Keys.Where(IsOfBackups).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["RESTIC_REPOSITORY"] = Repository;
        start.Environment["RESTIC_PASSWORD"] = ResticProgram.Password;
        foreach ((string name, string? value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Outcome(process.ExitCode, await output, error);
    }

    private static bool IsOfBackups(string name) =>
        name.StartsWith("RESTIC_", StringComparison.Ordinal) || name.StartsWith("SOTS_", StringComparison.Ordinal);
}

/// <summary>All tests that compare share the folder: making it takes longer than most of them.</summary>
[CollectionDefinition(BothPrograms.Name)]
public sealed class BothProgramsTests : ICollectionFixture<BothPrograms>;
