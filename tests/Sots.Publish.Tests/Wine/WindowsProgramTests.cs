namespace Sots.Publish.Tests.Wine;

/// <summary>The Windows program as a process: that it works at all, its exit codes, its text.</summary>
[Collection(OnWine.Name)]
public sealed class WindowsProgramTests(WineHost wine)
{
    [Fact]
    public async Task The_demo_goes_through()
    {
        Assert.SkipWhen(WineHost.Absence is not null, WineHost.Absence ?? "");
        (_, string log) = await Publication.ForWine.MakeAsync();
        Assert.DoesNotContain("warning", log, StringComparison.OrdinalIgnoreCase);
        CommandResult demo = (await wine.RunAsync("demo")).Expect(0);
        Assert.Equal("", demo.Error);
        Assert.Contains(": 0 differences;", demo.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exit_codes_say_what_is_wrong()
    {
        Assert.SkipWhen(WineHost.Absence is not null, WineHost.Absence ?? "");
        File.WriteAllText(wine.Drive("right.txt"), "correct horse\r\n");
        File.WriteAllText(wine.Drive("wrong.txt"), "battery staple\r\n");
        (await wine.RunAsync("snapshots", "-r", @"D:\nowhere", "-p", "right.txt")).Expect(10);
        (await wine.RunAsync("init", "-r", "codes", "-p", "right.txt")).Expect(0);
        (await wine.RunAsync("snapshots", "-r", @"D:\codes", "-p", "wrong.txt")).Expect(12);
        (await wine.RunAsync("snapshots", "-r", @"D:\codes", "-p", "right.txt")).Expect(0);
        (await wine.RunAsync("full", "--project", @"D:\no project")).Expect(1);
    }

    [Fact]
    public async Task Names_are_written_in_UTF8_whatever_the_code_page()
    {
        Assert.SkipWhen(WineHost.Absence is not null, WineHost.Absence ?? "");
        Directory.CreateDirectory(wine.Drive("names"));
        File.WriteAllText(wine.Drive("names", "Ümläut ☃ 日本.txt"), "x");
        File.WriteAllText(wine.Drive("names.txt"), "correct horse");
        (await wine.RunAsync("init", "-r", @"D:\names-repo", "-p", "names.txt")).Expect(0);
        (await wine.RunAsync("backup", "-r", @"D:\names-repo", "-p", "names.txt", "names")).Expect(0);
        CommandResult listed = (await wine.RunAsync("ls", "latest", "-q", "-r", @"D:\names-repo", "-p", "names.txt")).Expect(0);
        Assert.Equal("/names\n/names/Ümläut ☃ 日本.txt\n", listed.Out);
    }
}
