using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Sots.Cli.InstalledRestic;
using Sots.Cli.Tests.BadInput;
using Sots.Testing;

namespace Sots.Cli.Tests;

/// <summary>An installed restic, run by this program.</summary>
public sealed class ResticCommandTests
{
    private static string Restic
    {
        get
        {
            string? found = ResticBinaries.Find("0.19.1");
            Assert.SkipWhen(found is null || OperatingSystem.IsWindows(), ResticBinaries.Absent);
            return found!;
        }
    }

    [Theory]
    [InlineData(nameof(PasswordKind.Variable))]
    [InlineData(nameof(PasswordKind.File))]
    [InlineData(nameof(PasswordKind.Command))]
    public async Task It_works_on_the_same_repository_with_the_same_password(string kind)
    {
        string restic = Restic;
        using Scene scene = await Scene.SavedAsync();
        scene.Write("pass.txt", Scene.Canary);
        string[] source = kind switch
        {
            nameof(PasswordKind.File) => ["--password-file", "pass.txt"],
            nameof(PasswordKind.Command) => ["--password-command", "cat pass.txt"],
            _ => [],
        };
        if (kind != nameof(PasswordKind.Variable))
        {
            scene.Variables["RESTIC_PASSWORD"] = "not this one";
        }

        CliResult result = await scene.RunAsync([.. source, "restic", "--restic-program", restic, "--", "--no-cache", "snapshots", "--json"]);
        Assert.Equal((0, ""), (result.Code, kind == nameof(PasswordKind.File) ? "" : result.Error));
        using JsonDocument snapshots = JsonDocument.Parse(result.Out);
        Assert.Equal(1, snapshots.RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Its_exit_code_and_its_words_are_handed_on()
    {
        string restic = Restic;
        using Scene scene = await Scene.SavedAsync();
        CliResult missing = await scene.RunAsync("-r", "nowhere", "restic", "--restic-program", restic, "--", "--no-cache", "snapshots");
        Assert.Equal(10, missing.Code);
        Assert.Contains("Is there a repository at the following location?", missing.Error, StringComparison.Ordinal);
        scene.Variables["RESTIC_PASSWORD"] = "wrong";
        Assert.Equal(12, (await scene.RunAsync("restic", "--restic-program", restic, "--", "--no-cache", "snapshots")).Code);
    }

    [Fact]
    public async Task What_it_prints_arrives_byte_for_byte()
    {
        string restic = Restic;
        using Scene scene = await Scene.SavedAsync();
        using Process process = scene.Start("restic", "--restic-program", restic, "--", "--no-cache", "dump", "latest", "/src/sub/c.bin");
        process.StandardInput.Close();
        using MemoryStream bytes = new();
        await process.StandardOutput.BaseStream.CopyToAsync(bytes);
        await process.WaitForExitAsync();
        Assert.Equal(File.ReadAllBytes(scene["src", "sub", "c.bin"]), bytes.ToArray());
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_reaches_it_and_no_secret_is_on_a_command_line(string signal)
    {
        string restic = Restic;
        Assert.SkipUnless(OperatingSystem.IsLinux(), "looks into /proc");
        using Scene scene = await Scene.SavedAsync();
        using (FileStream huge = File.Create(scene["huge"]))
        {
            huge.SetLength(64L << 30);
        }

        using Process process = scene.Start("restic", "--restic-program", restic, "--", "--no-cache", "backup", "--json", "huge");
        Assert.NotNull(await process.StandardOutput.ReadLineAsync());
        foreach (string folder in Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            Assert.DoesNotContain(Scene.Canary, CommandLine(folder), StringComparison.Ordinal);
        }

        using Process kill = Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        CliResult result = await ProgramProcess.FinishAsync(process);
        Assert.Equal(130, result.Code);
        Assert.Contains("context canceled", result.Error, StringComparison.Ordinal);
        Assert.Empty(scene.Stored("locks"));
        Assert.Single(scene.Stored("snapshots"));

        static string CommandLine(string folder)
        {
            try
            {
                return File.ReadAllText(Path.Combine(folder, "cmdline"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return "";
            }
        }
    }

    [Fact]
    public async Task Without_it_there_is_a_hint_how_to_get_it()
    {
        using TempFolder folder = new();
        CliRunner cli = new(folder);
        cli.Variables["PATH"] = folder.Path;
        CliResult result = await cli.RunAsync("restic", "--", "snapshots");
        Assert.Equal(1, result.Code);
        Assert.StartsWith("Fatal: there is no program restic on this computer", result.Error, StringComparison.Ordinal);
        Assert.Contains("nstall it", result.Error, StringComparison.Ordinal);
        Assert.StartsWith("Fatal: there is no program ", (await cli.RunAsync("restic", "--restic-program", "./no", "--", "x")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ID=debian\n", "sudo apt install restic")]
    [InlineData("NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "sudo apt install restic")]
    [InlineData("ID=\"fedora\"", "sudo dnf install restic")]
    [InlineData("ID=manjaro\nID_LIKE=arch\n", "sudo pacman -S restic")]
    [InlineData("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"", "sudo zypper install restic")]
    [InlineData("", "https://github.com/restic/restic/releases")]
    public void The_hint_is_for_the_system(string release, string words) => Assert.Contains(words, InstallHint.OfLinux(release), StringComparison.Ordinal);

    [Theory]
    [InlineData("a\nb\r\nc", "a|b|c")]
    [InlineData("10%\r20%\r30%\ndone\n", "30%|done")]
    [InlineData("\n\n", "|")]
    [InlineData("ü\n", "ü")]
    [InlineData("text\n\0\u0001\nmore\n", "text|(binary output is not logged)")]
    public void Lines_are_what_a_terminal_shows_in_the_end(string text, string lines)
    {
        List<string> whole = [], single = [];
        ChildLines atOnce = new(whole.Add), byByte = new(single.Add);
        atOnce.Add(Encoding.UTF8.GetBytes(text));
        atOnce.End();
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            byByte.Add([value]);
        }

        byByte.End();
        Assert.Equal(lines, string.Join('|', whole));
        Assert.Equal(whole, single);
    }
}
