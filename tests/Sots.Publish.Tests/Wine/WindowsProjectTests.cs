using System.Text.Json;
using Sots.Testing;

namespace Sots.Publish.Tests.Wine;

/// <summary>A project on a drive of Windows, saved by the Windows program, and read by it, by the Linux program and by real restic.</summary>
[Collection(OnWine.Name)]
public sealed class WindowsProjectTests(WineHost wine)
{
    private static readonly string[] LeftOut =
    [
        "Content/Scratch: only in the first",
        "Content/Scratch/Notes.txt: only in the first",
        "INTERMEDIATE: only in the first",
        "INTERMEDIATE/Build: only in the first",
        "INTERMEDIATE/Build/Unit.obj: only in the first",
        "deriveddatacache: only in the first",
        "deriveddatacache/Entry.udd: only in the first",
    ];

    [Fact]
    public async Task A_project_is_saved_pushed_and_comes_back_and_all_programs_agree()
    {
        Assert.SkipWhen(WineHost.Absence is not null, WineHost.Absence ?? "");
        TownProject town = new(wine.Drive("Town"));
        await town.CreateAsync();
        (await wine.WindowsAsync("attrib", "+r", @"D:\Town\Content\Locked.bin")).Expect(0);
        (await wine.WindowsAsync("attrib", "+h", @"D:\Town\Content\Hidden.bin")).Expect(0);

        CommandResult full = (await PushAsync("full")).Expect(0);
        Assert.Contains(@"created password file D:\Town_Backup\.restic_pass.txt", full.Out, StringComparison.Ordinal);
        Assert.Equal("", full.Error);

        await town.ChangeAsync();
        JsonElement second = await PushJsonAsync();
        Assert.InRange(second.GetProperty("files_changed").GetInt32(), 1, int.MaxValue);
        Assert.InRange(second.GetProperty("files_new").GetInt32(), 1, int.MaxValue);
        Assert.InRange(second.GetProperty("files_unmodified").GetInt32(), 1, int.MaxValue);

        JsonElement third = await PushJsonAsync();
        Assert.Equal(0, third.GetProperty("files_changed").GetInt32() + third.GetProperty("files_new").GetInt32());
        Assert.Equal(0, third.GetProperty("data_added").GetInt64());

        await ReadByWindowsAsync();
        await ReadByOthersAsync();
    }

    private async Task ReadByWindowsAsync()
    {
        CommandResult check = (await wine.RunAsync("check", "--read-data", "-r", @"D:\Town_Backup\repo", "-p", @"D:\Town_Backup\.restic_pass.txt")).Expect(0);
        Assert.Contains("no errors were found", check.Out, StringComparison.Ordinal);

        (await wine.RunAsync("restore-latest", "--project", @"D:\Town", "--target", @"D:\Back", "--verify")).Expect(0);
        Assert.Equal(LeftOut, Differences(wine.Drive("Back")));
        Assert.Contains(" R ", (await wine.WindowsAsync("attrib", @"D:\Back\Content\Locked.bin")).Expect(0).Out, StringComparison.Ordinal);
        Assert.Contains("H ", (await wine.WindowsAsync("attrib", @"D:\Back\Content\Hidden.bin")).Expect(0).Out, StringComparison.Ordinal);

        // Over what is there, read-only files too, and in restic's form of the command.
        File.WriteAllText(wine.Drive("Back", "Content", "New.bin"), "broken");
        File.WriteAllText(wine.Drive("Back", "Content", "Surplus.bin"), "never saved");
        (await wine.RunAsync(
            "restore", "latest:/D/Town", "--target", @"d:\back", "--delete", "-r", @"D:\Town_Backup\repo", "-p", @"D:\Town_Backup\.restic_pass.txt")).Expect(0);
        Assert.Equal(LeftOut, Differences(wine.Drive("Back")));
    }

    private async Task ReadByOthersAsync()
    {
        string repository = wine.Drive("Town_Backup", "repo"), password = wine.Drive("Town_Backup", ".restic_pass.txt");
        int number = 0;
        foreach (Command program in OtherPrograms.Restics(repository, password).Append(OtherPrograms.Ours(repository, password)))
        {
            Assert.Contains("no errors were found", (await program.RunAsync("check", "--read-data")).Expect(0).Out, StringComparison.Ordinal);
            using JsonDocument snapshots = JsonDocument.Parse((await program.RunAsync("snapshots", "--json")).Expect(0).Out);
            Assert.Equal(3, snapshots.RootElement.GetArrayLength());
            Assert.All(snapshots.RootElement.EnumerateArray(), snapshot => Assert.Equal([@"D:\Town"], snapshot.GetProperty("paths").EnumerateArray().Select(path => path.GetString())));
            string[] listed = (await program.RunAsync("ls", "latest")).Expect(0).Out.Split('\n');
            Assert.Contains("/D/Town/Town.uproject", listed);
            Assert.Contains("/D/Town/" + TownProject.ForeignFile, listed);
            Assert.Contains("/D/Town/" + TownProject.DeepFile, listed);

            string target = wine.Drive($"other{++number}");
            (await program.RunAsync("restore", "latest", "--target", target)).Expect(0);
            Assert.Equal(LeftOut, Differences(Path.Combine(target, "D", "Town")));
        }
    }

    [Fact]
    public async Task A_file_that_others_work_on_is_saved_and_one_that_is_locked_is_reported()
    {
        Assert.SkipWhen(WineHost.Absence is not null, WineHost.Absence ?? "");
        Directory.CreateDirectory(wine.Drive("Busy", "Content"));
        File.WriteAllText(wine.Drive("Busy", "Busy.uproject"), "{}");
        File.WriteAllText(wine.Drive("Busy", "Content", "Shared.bin"), "others write it");
        File.WriteAllText(wine.Drive("Busy", "Content", "Alone.bin"), "others keep it");
        await using (await wine.HoldAsync(@"D:\Busy\Content\Shared.bin", @"!D:\Busy\Content\Alone.bin"))
        {
            CommandResult push = (await wine.RunAsync("push", "--project", @"D:\Busy")).Expect(3);
            Assert.Contains(@"D:\Busy\Content\Alone.bin", push.Error, StringComparison.Ordinal);
            Assert.Contains("another program has it open and lets nobody read it", push.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("Shared.bin", push.Error, StringComparison.Ordinal);
            (await wine.RunAsync("restore-latest", "--project", @"D:\Busy", "--target", @"D:\BusyBack")).Expect(0);
        }

        Assert.Equal("others write it", File.ReadAllText(wine.Drive("BusyBack", "Content", "Shared.bin")));
        Assert.False(File.Exists(wine.Drive("BusyBack", "Content", "Alone.bin")));

        // As soon as nobody holds it, it is saved.
        (await wine.RunAsync("push", "--project", @"D:\Busy")).Expect(0);
        (await wine.RunAsync("restore-latest", "--project", @"D:\Busy", "--target", @"D:\BusyBack")).Expect(0);
        Assert.Equal("others keep it", File.ReadAllText(wine.Drive("BusyBack", "Content", "Alone.bin")));
    }

    private Task<CommandResult> PushAsync(string verb, params string[] more) =>
        wine.RunAsync([verb, "--project", @"D:\Town", "--iexclude", @"D:\town\CONTENT\scratch", .. more]);

    private async Task<JsonElement> PushJsonAsync()
    {
        CommandResult push = (await PushAsync("push", "--json")).Expect(0);
        string summary = push.Out.Split('\n').Last(line => line.Contains("\"message_type\":\"summary\"", StringComparison.Ordinal));
        using JsonDocument document = JsonDocument.Parse(summary);
        return document.RootElement.Clone();
    }

    private IReadOnlyList<string> Differences(string restored) =>
        TreeComparison.Differences(wine.Drive("Town"), restored, TreeAspects.ModifiedTime);
}
