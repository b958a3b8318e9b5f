using System.Diagnostics;
using Sots.Testing;

namespace Sots.Publish.Tests.Wine;

/// <summary>
/// A Windows made by Wine, with the published program on it and a drive D: that is a folder of this machine. Wine's own folder is kept
/// for the next run, the drive is not.
/// </summary>
public sealed class WineHost : IAsyncLifetime
{
    private readonly TempFolder _drive = new();
    private string _program = "", _holder = "";

    /// <summary>Why tests that need Wine are skipped; null where they can run.</summary>
    public static string? Absence { get; } =
        !OperatingSystem.IsLinux() ? "runs the Windows program under Wine on Linux"
        : SourceFolder.Root is null ? SourceFolder.Absent
        : Command.Find("wine") is null || Command.Find("wineboot") is null ? "needs Wine (Debian's packages wine and wine64)"
        : null;

    /// <summary>What Windows sees as D:\, as a folder of this machine.</summary>
    public string Drive(params string[] parts) => _drive[parts];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Absence is not null)
        {
            return;
        }

        (_program, _) = await Publication.ForWine.MakeAsync();
        (_holder, _) = await Publication.FileHolderForWine.MakeAsync();
        string ready = Path.Combine(Prefix, "ready");
        if (!File.Exists(ready))
        {
            Directory.CreateDirectory(Prefix);
            (await On("wineboot").RunAsync("-i")).Expect(0);
            await On("wineserver").RunAsync("-w");
            (await On("wine").RunAsync("winecfg", "-v", "win10")).Expect(0);

            // Else Wine lists files whose names begin with a dot as hidden, and when asked about one of them says that it is not.
            (await On("wine").RunAsync("reg", "add", @"HKCU\Software\Wine", "/v", "ShowDotFiles", "/d", "Y", "/f")).Expect(0);
            await On("wineserver").RunAsync("-w");
            await File.WriteAllTextAsync(ready, "");
        }

        string drive = Path.Combine(Prefix, "dosdevices", "d:");
        File.Delete(drive);
        File.CreateSymbolicLink(drive, _drive.Path);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Absence is null)
        {
            await On("wineserver").RunAsync("-k");
        }

        _drive.Dispose();
    }

    /// <summary>Runs the program.</summary>
    internal Task<CommandResult> RunAsync(params string[] arguments) => Program.RunAsync(arguments);

    /// <summary>The program, in D:\ and without variables of ours.</summary>
    internal Command Program => On("wine", Path.Combine(_program, "sots_backup.exe"));

    /// <summary>The program that holds files, as Windows names it.</summary>
    internal string HolderProgram => "Z:" + Path.Combine(_holder, "Sots.FileHolder.exe").Replace('/', '\\');

    /// <summary>A command of Windows itself.</summary>
    internal Task<CommandResult> WindowsAsync(params string[] words) => On("wine").RunAsync(words);

    /// <summary>Lets another process hold files open; a "!" before a path lets nobody else open it, a "?" nobody write to it or remove it. Ends when disposed.</summary>
    internal async Task<IAsyncDisposable> HoldAsync(params string[] paths)
    {
        Process process = On("wine", Path.Combine(_holder, "Sots.FileHolder.exe")).Start(paths);
        if (await process.StandardOutput.ReadLineAsync() != "held")
        {
            Assert.Fail(await process.StandardError.ReadToEndAsync());
        }

        return new Holder(process);
    }

    private static string Prefix => SourceFolder.PathOf("artifacts", "wine");

    private Command On(string program, params string[] first) => new(program, first)
    {
        Folder = _drive.Path,
        Variables = new Dictionary<string, string?>
        {
            ["WINEPREFIX"] = Prefix,
            ["WINEARCH"] = "win64",
            ["WINEDEBUG"] = "-all",

            // No menus of the desktop. Its mscoree.dll has to stay: assemblies without native code are loaded through it.
            ["WINEDLLOVERRIDES"] = "winemenubuilder.exe=d",
            ["LC_ALL"] = "C.UTF-8",
            ["DISPLAY"] = "",
        },
    };

    private sealed class Holder(Process process) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}

/// <summary>The tests that share one <see cref="WineHost"/>; one at a time.</summary>
[CollectionDefinition(Name)]
public sealed class OnWine : ICollectionFixture<WineHost>
{
    /// <summary>Name of the collection.</summary>
    public const string Name = "Wine";
}
