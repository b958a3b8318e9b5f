using System.Diagnostics;
using System.Text.Json;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Interop.Tests;

/// <summary>The first weeks of somebody who has only read the README, with the program as a process and a real project as it grew.</summary>
public sealed class NewUserTests(UnrealStates states)
{
    private const string Game = "RpgFramework";

    private const int States = 12;

    [Fact]
    public void A_project_is_set_up_saved_twelve_times_thinned_out_and_comes_back()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && ResticBinaries.All, ResticBinaries.Absent);
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        using TempFolder folder = new();
        string project = folder[Game], repository = folder[Game + "_Backup", "repo"], password = folder[Game + "_Backup", ".restic_pass.txt"];
        Directory.CreateDirectory(project);
        Directory.CreateDirectory(folder["home"]);
        for (int n = 1; n <= States; n++)
        {
            Directory.CreateDirectory(StateOf(folder, n));
            ProjectState.Apply(states.PathOf("rpgfw", n), StateOf(folder, n));
        }

        ProjectState.Apply(StateOf(folder, 1), project);
        File.WriteAllText(Path.Combine(project, Game + ".uproject"), """{ "FileVersion": 3, "EngineAssociation": "5.4" }""");

        Assert.Contains("Ready.", Type(folder, "init", "--yes"), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(password));
        KeepWhatTheUserHas(folder, project);
        for (int n = 1; n <= States; n++)
        {
            ProjectState.Apply(StateOf(folder, n), project);
            Assert.Contains(" saved", Type(folder, n == 1 ? "full" : "push"), StringComparison.Ordinal);
        }

        string[] ids = Snapshots(folder);
        Assert.Equal(States, ids.Length);
        string status = Type(folder, "status");
        Assert.Contains("12 snapshots of this project", status, StringComparison.Ordinal);
        Assert.Contains("all is well", status, StringComparison.Ordinal);
        using (JsonDocument runs = JsonDocument.Parse(Type(folder, "runs", "--json")))
        {
            Assert.Equal(States + 1, runs.RootElement.GetArrayLength());
            Assert.All(runs.RootElement.EnumerateArray(), run => Assert.Equal("complete", run.GetProperty("outcome").GetString()));
        }

        string[] before = FilesOf(repository);
        Assert.Contains("Would have removed", Type(folder, "forget-prune", "--keep-last", "4", "--dry-run"), StringComparison.Ordinal);
        Assert.Equal(before, FilesOf(repository));

        // The policy of the config keeps the newest ten and what `full` made; how many days the test saw decides about the rest.
        Type(folder, "forget-prune");
        string[] kept = Snapshots(folder);
        Assert.Empty(ids[2..].Append(ids[0]).Except(kept));
        ComesBack(folder, ids, 7);

        Type(folder, "forget-prune", "--keep-last", "4");
        Assert.Equal([ids[0], .. ids[^4..]], Snapshots(folder));
        ComesBack(folder, ids, 1);
        ComesBack(folder, ids, States);
        Assert.Contains("no errors were found", Type(folder, "check", "--read-data"), StringComparison.Ordinal);
        ResticProgram restic = new(ResticBinaries.Find("0.19.1")!, repository, folder.Path);
        Assert.Contains("no errors were found", restic.Succeed("--password-file", password, "check", "--read-data"), StringComparison.Ordinal);
    }

    /// <summary>A state of this test's own: the user's files come into it.</summary>
    private static string StateOf(TempFolder folder, int n) => folder["states", $"{n}"];

    /// <summary>The project's file and what `init` wrote are part of every state from now on.</summary>
    private static void KeepWhatTheUserHas(TempFolder folder, string project)
    {
        for (int n = 1; n <= States; n++)
        {
            foreach (string file in (string[])[Game + ".uproject", "sots_backup_config.json", Path.Combine(".vscode", "tasks.json")])
            {
                string copy = Path.Combine(StateOf(folder, n), file);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(Path.Combine(project, file), copy, overwrite: true);
            }
        }
    }

    private static void ComesBack(TempFolder folder, string[] ids, int n)
    {
        string target = folder[$"Restored{n}"];
        Type(folder, n == States ? ["restore-latest", "--target", target, "--verify"] : ["restore-latest", "--target", target, "--snapshot", ids[n - 1][..8]]);
        Assert.Empty(TreeComparison.Differences(StateOf(folder, n), target));
    }

    private static string[] Snapshots(TempFolder folder)
    {
        using JsonDocument list = JsonDocument.Parse(Type(folder, "snapshots", "--json"));
        return [.. list.RootElement.EnumerateArray().Select(snapshot => snapshot.GetProperty("id").GetString()!)];
    }

    private static string[] FilesOf(string repository) =>
        [.. Directory.EnumerateFiles(repository, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static UnixFileMode ModeOf(string path) =>
        OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException() : File.GetUnixFileMode(path);

    /// <summary>Types a command in the project's folder, without a terminal, and returns what it printed. It must succeed.</summary>
    private static string Type(TempFolder folder, params string[] arguments)
    {
        string[] words = Environment.GetEnvironmentVariable("SOTS_BINARY") is { Length: > 0 } binary
            ? [binary]
            : ["dotnet", Path.Combine(AppContext.BaseDirectory, "sots_backup.dll")];
        ProcessStartInfo start = new(words[0], [.. words[1..], .. arguments])
        {
            WorkingDirectory = folder[Game],
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["HOME"] = folder["home"] },
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("RESTIC_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        ResticRun run = ResticProgram.Finish(process);
        Assert.True(run.ExitCode == 0 && run.Errors.Length == 0, $"{string.Join(' ', arguments)} ended with {run.ExitCode}\n{run.Output}\n{run.Errors}");
        return run.Output;
    }
}
