using System.Text;
using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Testing;

namespace Sots.Interop.Tests;

/// <summary>For the same files and options, trees have the ids that restic gives them, and each program goes on from what the other saved.</summary>
public sealed class SameTreeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public SameTreeTests() => Assert.SkipUnless(OperatingSystem.IsLinux() && ResticBinaries.All, ResticBinaries.Absent);

    public void Dispose() => _folder.Dispose();

    /// <summary>Working directory below the test's folder, and targets; "{here}" is the folder.</summary>
    public static TheoryData<string, string[]> Targets => new()
    {
        { "", ["{here}/tree"] },
        { "", ["tree"] },
        { "tree", ["."] },
        { "", ["tree/content", "tree/names", "{here}/tree/modes/all"] },
        { "", ["tree/content/text"] },
        { "tree/empty", ["../content/zeros", "../names"] },
        { "tree/names", ["..", "../links"] },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Trees_have_the_ids_that_restic_gives_them(string workingDirectory, string[] targets)
    {
        OddTree.All().Write(_folder["tree"]);
        await SaveInTurnsAsync(workingDirectory, targets, "0.18.0", "0.19.1");
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Trees_have_the_ids_that_the_oldest_restic_gives_them(string workingDirectory, string[] targets)
    {
        OddTree.Common().Write(_folder["tree"]);
        await SaveInTurnsAsync(workingDirectory, targets, "0.14.0");
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("Europe/Berlin")]
    [InlineData("America/St_Johns")]
    [InlineData("Australia/Lord_Howe")]
    public void Trees_have_the_same_ids_in_every_time_zone(string zone)
    {
        ResticRun child = ChildProcess.Run($"{GetType().FullName}.{nameof(In_the_zone_of_this_process)}", ("TZ", zone), (ZoneVariable, zone));
        Assert.True(child.ExitCode == 0, child.Output + child.Errors);
    }

    [Fact(Explicit = true)]
    public async Task In_the_zone_of_this_process()
    {
        string zone = ChildProcess.Given(ZoneVariable);
        Assert.Equal(TimeZoneInfo.FindSystemTimeZoneById(zone).GetUtcOffset(DateTime.UnixEpoch), TimeZoneInfo.Local.GetUtcOffset(DateTime.UnixEpoch));
        OddTree.All().Write(_folder["tree"]);
        await SaveInTurnsAsync("", ["tree"], "0.19.1");
    }

    private const string ZoneVariable = "SOTS_TEST_ZONE";

    /// <summary>
    /// Two repositories: one that we begin and restic goes on with, one the other way round. Each time everything is read first (so that
    /// chunks are compared), then only what the parent does not have (so that nodes are).
    /// </summary>
    private async Task SaveInTurnsAsync(string workingDirectory, string[] targets, params string[] versions)
    {
        string here = _folder[workingDirectory];
        targets = [.. targets.Select(target => target.Replace("{here}", _folder.Path, StringComparison.Ordinal))];

        using Engine ours = await Engine.CreateAsync(_folder["ours"]);
        BackupResult first = await ours.BackupAsync(here, targets);
        Assert.Null(first.Parent);
        foreach (string version in versions)
        {
            ResticProgram restic = new(ResticBinaries.Find(version)!, ours.Repository, here);
            await SaveByResticAsync(restic, ours, ["--force", .. targets]);
            ResticBackup again = await SaveByResticAsync(restic, ours, targets);
            Assert.Equal(first.Summary.TotalFilesProcessed, (ulong)again.FilesUnmodified);
        }

        SavedSnapshot theirs = await LastAsync(ours);
        BackupResult last = await ours.BackupAsync(here, targets);
        Assert.Equal(theirs.Id, last.Parent);
        Assert.Equal(first.Summary.TotalFilesProcessed, last.Summary.FilesUnmodified);
        await AssertSameTreesAsync(ours, theirs, await LastAsync(ours), last.Summary.DataBlobs, last.Summary.TreeBlobs);

        using Engine begunByRestic = await Engine.CreateAsync(_folder["theirs"]);
        ResticProgram newest = new(ResticBinaries.Find(versions[^1])!, begunByRestic.Repository, here);
        newest.Backup(targets);
        SavedSnapshot begun = Assert.Single(await begunByRestic.SnapshotsAsync());
        BackupResult all = await begunByRestic.BackupAsync(Engine.Options(here, targets) with { Force = true });
        await AssertSameTreesAsync(begunByRestic, begun, await LastAsync(begunByRestic), all.Summary.DataBlobs, all.Summary.TreeBlobs);
        newest.CheckAllData();
    }

    /// <summary>Saves what has been saved before, which adds nothing.</summary>
    private async Task<ResticBackup> SaveByResticAsync(ResticProgram restic, Engine engine, string[] arguments)
    {
        SavedSnapshot before = await LastAsync(engine);
        ResticBackup backup = restic.Backup(arguments);
        SavedSnapshot after = await LastAsync(engine);
        Assert.StartsWith(backup.Snapshot, after.Id.ToString(), StringComparison.Ordinal);
        await AssertSameTreesAsync(engine, before, after, backup.DataBlobs, backup.TreeBlobs);
        return backup;
    }

    /// <summary>
    /// Others work in the folder for temporary files, which changes its time: where a tree has it, what lies below is compared, and the
    /// levels above may be new.
    /// </summary>
    private async Task AssertSameTreesAsync(Engine engine, SavedSnapshot before, SavedSnapshot after, long dataBlobs, long treeBlobs)
    {
        Assert.NotEqual(before.Id, after.Id);
        Assert.Equal(before.Snapshot.Paths, after.Snapshot.Paths);
        Assert.Equal(0, dataBlobs);
        List<byte[]> shared = PathRules.Posix.Components(DiskPath.FromText(Path.GetDirectoryName(_folder.Path)!));
        if (before.Snapshot.Tree == after.Snapshot.Tree)
        {
            Assert.Equal(0, treeBlobs);
        }
        else
        {
            Assert.InRange(treeBlobs, 1, shared.Count);
            Assert.Equal(await engine.TreeAtAsync(before, shared), await engine.TreeAtAsync(after, shared));
        }
    }

    private static async Task<SavedSnapshot> LastAsync(Engine engine) => (await engine.SnapshotsAsync())[^1];
}
