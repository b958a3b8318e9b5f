using System.Diagnostics;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Interop.Tests;

/// <summary>Assets of a real project, saved by restic itself before this program was heard of, come back by their names.</summary>
public sealed class BringingBackTests(UnrealStates states)
{
    private const string Needed = "Work/TLGame/Content/Materials/M_UI_TLG_Button_Base.uasset", Level = "Work/TDGame/Content/Levels/L_TDGame_Main.umap";
    private const string Actors = "Work/TDGame/Content/__ExternalActors__/Levels/L_TDGame_Main";

    [Fact]
    public void What_was_deleted_is_found_by_what_it_broke_and_comes_back_with_what_it_needs()
    {
        using TempFolder folder = Prepare();
        byte[] whole = File.ReadAllBytes(At(folder, Needed));
        File.Delete(At(folder, Needed));
        string told = Type(folder, 3, "references");
        Assert.Contains("New since then: 1 package is missing that others need\n  /TLGame/Materials/M_UI_TLG_Button_Base\n    needed by /TLGame/Materials/MI_UI_TLG_Button_Base", told, StringComparison.Ordinal);
        Assert.Contains("As before: 1 package is missing that others need\n  /TLGame/Sounds/SW_Room_Kitchen", told, StringComparison.Ordinal);
        string command = told.Split('\n').Single(line => line.Contains("last in snapshot", StringComparison.Ordinal)).Split("sots_backup ")[1];
        Type(folder, 0, [.. command.Split(' '), "--with-dependencies", "--yes"]);
        Assert.Equal(whole, File.ReadAllBytes(At(folder, Needed)));
        Assert.Empty(TreeComparison.Differences(states.PathOf("rpgfw", 12), folder["Work"]));
        Type(folder, 0, "restore-undo", "--yes");
        Assert.False(File.Exists(At(folder, Needed)));
    }

    [Fact]
    public void A_level_of_a_hundred_actors_comes_back_as_one_piece()
    {
        using TempFolder folder = Prepare();
        string[] actors = [.. Directory.EnumerateFiles(At(folder, Actors), "*.uasset", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Assert.True(actors.Length > 100);
        File.Delete(actors[0]);
        File.WriteAllBytes(actors[1], new byte[100]);
        File.Copy(actors[2], Path.Combine(Path.GetDirectoryName(actors[2])!, "0000000000000000000000.uasset"));
        File.WriteAllBytes(At(folder, Level), File.ReadAllBytes(At(folder, Level))[..^1000]);
        Type(folder, 0, "restore-level", "L_TDGame_Main", "--yes");
        Assert.Empty(TreeComparison.Differences(states.PathOf("rpgfw", 12), folder["Work"]));

        Type(folder, 0, "restore-level", "L_TDGame_Main", "--to", folder["Side"]);
        Assert.Equal(actors.Length, Directory.EnumerateFiles(folder["Side", "Plugins", "TDGame", "Content", "__ExternalActors__"], "*.uasset", SearchOption.AllDirectories).Count());
        Assert.True(File.Exists(folder["Side", "Restored.uproject"]) && File.Exists(folder["Side", "Plugins", "GBCore", "GBCore.uplugin"]));
    }

    /// <summary>Plugins without a project, saved by restic with the folder above.</summary>
    private TempFolder Prepare()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && ResticBinaries.All, ResticBinaries.Absent);
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        TempFolder folder = new();
        Directory.CreateDirectory(folder["Work"]);
        ProjectState.Apply(states.PathOf("rpgfw", 12), folder["Work"]);
        File.WriteAllText(folder["pass"], "correct horse\n");
        ResticProgram restic = new(ResticBinaries.Find("0.19.1")!, folder["repo"], folder.Path);
        restic.Succeed("--password-file", folder["pass"], "init");
        restic.Succeed("--password-file", folder["pass"], "backup", folder["Work"]);
        return folder;
    }

    private static string At(TempFolder folder, string path) => Path.Combine(folder.Path, path);

    /// <summary>Types a command in one of the plugins.</summary>
    private static string Type(TempFolder folder, int code, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "sots_backup.dll"), .. arguments])
        {
            WorkingDirectory = folder["Work", "TLGame"],
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["HOME"] = folder["home"], ["RESTIC_REPOSITORY"] = folder["repo"], ["RESTIC_PASSWORD_FILE"] = folder["pass"] },
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        ResticRun run = ResticProgram.Finish(process);
        Assert.True(run.ExitCode == code, $"{string.Join(' ', arguments)} ended with {run.ExitCode}\n{run.Output}\n{run.Errors}");
        return run.Output;
    }
}
