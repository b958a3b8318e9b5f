using System.Diagnostics;
using Sots.Backup.Restoring;
using Sots.Testing;

namespace Sots.Backup.Tests.Restoring;

/// <summary>Which files another program holds. The other program is a shell.</summary>
public sealed class OpenFileProbeTests : IDisposable
{
    private const string Flock = "/usr/bin/flock";

    private readonly TempFolder _folder = new();

    public OpenFileProbeTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the other program is a shell");
        File.WriteAllText(_folder["a"], "a");
        File.WriteAllText(_folder["b"], "b");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(">>")]
    [InlineData("<>")]
    public async Task A_file_that_is_open_for_writing_is_held_by_its_writer_until_that_is_gone(string how)
    {
        using (Process writer = await HoldAsync($"exec 3{how} a"))
        {
            HeldFile held = Assert.Single(Find("a", "b"));
            Assert.Equal((_folder["a"], $"sh (process {writer.Id})"), (held.Path.ToString(), held.By));
            await EndAsync(writer);
        }

        Assert.Empty(Find("a", "b"));
    }

    [Fact]
    public async Task A_file_that_is_only_read_is_not_held()
    {
        using Process reader = await HoldAsync("exec 3< a");
        Assert.Empty(Find("a", "b"));
        await EndAsync(reader);
    }

    [Fact]
    public async Task A_reader_that_locked_a_file_holds_it()
    {
        Assert.SkipUnless(File.Exists(Flock), "needs flock");
        using Process reader = await HoldAsync($"exec 3< a; {Flock} 3");
        Assert.Equal(_folder["a"], Assert.Single(Find("a", "b")).Path.ToString());
        await EndAsync(reader);
    }

    [Fact]
    public async Task A_file_is_found_under_every_path_that_leads_to_it()
    {
        Directory.CreateSymbolicLink(_folder["link"], _folder.Path);
        using Process writer = await HoldAsync("exec 3>> a");
        Assert.Equal(_folder["link", "a"], Assert.Single(OpenFileProbe.Current.Find([DiskPath.FromText(_folder["link", "a"])], CancellationToken.None)).Path.ToString());
        await EndAsync(writer);
    }

    [Fact]
    public void What_this_program_has_open_and_what_is_no_file_is_never_held()
    {
        using FileStream own = new(_folder["a"], FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Directory.CreateDirectory(_folder["folder"]);
        Assert.Empty(Find("a", "missing", "folder"));
        Assert.Empty(OpenFileProbe.Current.Find([], CancellationToken.None));
    }

    [Fact]
    public void A_search_can_be_cancelled() =>
        Assert.Throws<OperationCanceledException>(() => OpenFileProbe.Current.Find([DiskPath.FromText(_folder["a"])], new CancellationToken(canceled: true)));

    private IReadOnlyList<HeldFile> Find(params string[] names) => OpenFileProbe.Current.Find([.. names.Select(name => DiskPath.FromText(_folder[name]))], CancellationToken.None);

    private async Task<Process> HoldAsync(string command)
    {
        ProcessStartInfo start = new("/bin/sh", ["-c", command + "; echo ready; read line"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = _folder.Path,
        };
        Process process = Process.Start(start)!;
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return process;
    }

    private static async Task EndAsync(Process process)
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
