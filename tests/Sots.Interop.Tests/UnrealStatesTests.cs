using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Testing;
using Sots.Testing.Unreal;
using Sots.Unreal.Health;

[assembly: AssemblyFixture(typeof(UnrealStates))]

namespace Sots.Interop.Tests;

/// <summary>Two real projects as they grew, saved state by state by both programs at one path.</summary>
public sealed class UnrealStatesTests(UnrealStates states)
{
    [Theory]
    [InlineData("rpgfw", 12)]
    [InlineData("als-refactored", 9)]
    public async Task Every_state_of_a_project_comes_back(string project, int count)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && ResticBinaries.All, ResticBinaries.Absent);
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        using TempFolder folder = new();
        string live = folder["project"];
        Directory.CreateDirectory(live);

        // The same polynomial, so that both cut alike and sizes can be compared.
        string program = ResticBinaries.Find("0.19.1")!;
        ResticProgram restic = new(program, folder["theirs"], folder.Path);
        restic.Succeed("init");
        using Engine theirs = new(folder["theirs"]);
        using Engine engine = await Engine.CreateAsync(folder["ours"], polynomial: await theirs.PolynomialAsync());
        ResticProgram auditor = new(program, engine.Repository, folder.Path);

        for (int n = 1; n <= count; n++)
        {
            string state = states.PathOf(project, n);
            ProjectState.Apply(state, live);
            PackageWatch watch = new();
            BackupResult push = await engine.BackupAsync(Engine.Options(folder.Path, "project") with { Observer = watch, Tags = [n == 1 ? "full" : "push"], Force = n == 1 });
            Assert.Equal(0, watch.Health.Damaged);
            Assert.True(n > 1 || watch.Health.Packages > 100, $"only {watch.Health.Packages} packages were examined");
            restic.Backup("project");
            SavedSnapshot ours = (await engine.SnapshotsAsync())[^1];
            Assert.Equal(push.Snapshot, ours.Id);
            Assert.Equal((await theirs.SnapshotsAsync())[^1].Snapshot.Tree, ours.Snapshot.Tree);
            Assert.Equal(n > 1, push.Parent is not null);

            auditor.CheckAllData();
            auditor.Succeed("restore", $"{push.Snapshot}", "--target", folder["restored-by-restic"]);
            Assert.Empty(TreeComparison.Differences(state, folder["restored-by-restic", "project"], withRoots: true));
            Directory.Delete(folder["restored-by-restic"], recursive: true);
            if (n == count / 2)
            {
                CheckWithOlder(engine, folder);
            }
        }

        CheckWithOlder(engine, folder);
        IReadOnlyList<SavedSnapshot> snapshots = await engine.SnapshotsAsync();
        Assert.Equal(count, snapshots.Count);

        // The first state into an empty folder, then every state over the one before it, and the first over the last.
        foreach (int n in (int[])[.. Enumerable.Range(1, count), 1])
        {
            await engine.RestoreAsync(
                snapshots[n - 1], new RestoreOptions { Target = DiskPath.FromText(folder["over"]), Delete = true });
            Assert.Empty(TreeComparison.Differences(states.PathOf(project, n), folder["over", "project"], withRoots: true));
        }

        long size = Engine.SizeOf(engine.Repository), theirSize = Engine.SizeOf(folder["theirs"]);
        TestContext.Current.TestOutputHelper?.WriteLine($"{project}: {size} bytes, restic {theirSize}");
        Assert.InRange(size, 1, (long)(theirSize * 1.01));
    }

    private static void CheckWithOlder(Engine engine, TempFolder folder)
    {
        foreach (string version in new[] { "0.14.0", "0.18.0" })
        {
            new ResticProgram(ResticBinaries.Find(version)!, engine.Repository, folder.Path).CheckAllData();
        }
    }
}
