namespace Sots.Publish.Tests.Wine;

/// <summary>Restores into a project on Windows, where an open file cannot be replaced.</summary>
[Collection(OnWine.Name)]
public sealed class WindowsInPlaceTests(WineHost wine)
{
    [Fact]
    public async Task A_restore_in_place_waits_for_open_files_and_can_be_undone()
    {
        Assert.SkipWhen(WineHost.Absence is not null, WineHost.Absence ?? "");
        Directory.CreateDirectory(wine.Drive("Place", "Content"));
        File.WriteAllText(wine.Drive("Place", "Place.uproject"), "{}");
        Write("saved", "saved");
        (await RunAsync("full")).Expect(0);
        Write("edited", "edited too");

        // Read-only as version control leaves it: such a file cannot be opened for writing by anybody.
        (await wine.WindowsAsync("attrib", "+r", @"D:\Place\Content\B.bin")).Expect(0);
        await RefusedAsync(@"!D:\Place\Content\A.bin", @"D:\Place\Content\A.bin");
        await RefusedAsync(@"?D:\Place\Content\B.bin", @"D:\Place\Content\B.bin");

        (await RunAsync("restore-latest", "--in-place", "--yes")).Expect(0);
        Check("saved", "saved");
        (await RunAsync("restore-undo", "--yes")).Expect(0);
        Check("edited", "edited too");
        Assert.Contains(" R ", (await wine.WindowsAsync("attrib", @"D:\Place\Content\B.bin")).Expect(0).Out, StringComparison.Ordinal);
        (await RunAsync("check", "--read-data")).Expect(0);
    }

    private async Task RefusedAsync(string held, string named)
    {
        await using (await wine.HoldAsync(held))
        {
            CommandResult refused = (await RunAsync("restore-latest", "--in-place", "--yes")).Expect(1);
            Assert.Contains(named, refused.Error, StringComparison.Ordinal);
            Assert.Contains("Nothing was changed.", refused.Error, StringComparison.Ordinal);
        }

        Check("edited", "edited too");
        Assert.Single(Directory.GetFiles(wine.Drive("Place_Backup", "repo", "snapshots")));
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => (wine.Program with { Folder = wine.Drive("Place") }).RunAsync(arguments);

    private void Write(string a, string b)
    {
        File.WriteAllText(wine.Drive("Place", "Content", "A.bin"), a);
        File.WriteAllText(wine.Drive("Place", "Content", "B.bin"), b);
    }

    private void Check(string a, string b)
    {
        Assert.Equal(a, File.ReadAllText(wine.Drive("Place", "Content", "A.bin")));
        Assert.Equal(b, File.ReadAllText(wine.Drive("Place", "Content", "B.bin")));
    }
}
