using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Locking;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Interop.Tests;

/// <summary>What one program pruned is whole for the other, and takes about as much room.</summary>
public sealed class PruneTests : IDisposable
{
    private const int States = 7, Files = 14;

    private readonly TempFolder _folder = new();

    public PruneTests() => Assert.SkipUnless(OperatingSystem.IsLinux() && ResticBinaries.All, ResticBinaries.Absent);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0.14.0", true)]
    [InlineData("0.14.0", false)]
    [InlineData("0.18.0", true)]
    [InlineData("0.19.1", true)]
    [InlineData("0.19.1", false)]
    public async Task What_we_pruned_is_whole_for_restic_and_restores_the_same(string version, bool madeByRestic)
    {
        using Engine engine = await Engine.CreateAsync(_folder["repository"]);
        ResticProgram restic = new(ResticBinaries.Find(version)!, engine.Repository, _folder.Path);
        await MakeStatesAsync(engine, madeByRestic ? restic : null);
        IReadOnlyList<SavedSnapshot> all = await engine.SnapshotsAsync();
        Assert.Equal(States, all.Count);

        int[] kept = [1, 4, 6];
        PrunePlan plan = await ForgetAndPruneAsync(engine, all.Where((_, i) => !kept.Contains(i)), new PruneOptions { MaxUnused = UnusedLimit.Bytes(0) });
        Assert.NotEqual(0, plan.Statistics.RemovedBytes);
        restic.CheckAllData();
        foreach (int state in kept)
        {
            string target = _folder[$"restored-{state}"];
            restic.Succeed("restore", all[state].Id.ToString(), "--target", target);
            Assert.Empty(TreeComparison.Differences(_folder[$"state-{state}"], Path.Combine(target, "tree"), TreeAspects.None));
        }

        // And nothing is left that restic would remove.
        Assert.Contains("this removes:          0 blobs", restic.Succeed("prune", "--dry-run", "--max-unused", "0"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.14.0")]
    [InlineData("0.18.0")]
    [InlineData("0.19.1")]
    public async Task What_restic_pruned_of_ours_is_whole_for_us_and_restores_the_same(string version)
    {
        using Engine engine = await Engine.CreateAsync(_folder["repository"]);
        ResticProgram restic = new(ResticBinaries.Find(version)!, engine.Repository, _folder.Path);
        await MakeStatesAsync(engine, null);
        restic.Succeed("forget", "--keep-last", "2", "--prune", "--max-unused", "0");
        restic.CheckAllData();
        IReadOnlyList<SavedSnapshot> kept = await engine.SnapshotsAsync();
        Assert.Equal(2, kept.Count);
        for (int i = 0; i < 2; i++)
        {
            await engine.RestoreAsync(kept[i], _folder[$"restored-{i}"]);
            Assert.Empty(TreeComparison.Differences(_folder[$"state-{States - 2 + i}"], _folder[$"restored-{i}", "tree"], TreeAspects.None));
        }

        // What restic leaves is nothing to do for us, and we can go on.
        PrunePlan plan = await ForgetAndPruneAsync(engine, [], new PruneOptions { MaxUnused = UnusedLimit.Bytes(0) });
        Assert.Equal(0, plan.Statistics.RemovedBlobs);
        restic.CheckAllData();
    }

    [Fact]
    public async Task After_the_same_removal_both_leave_about_the_same_size()
    {
        using Engine engine = await Engine.CreateAsync(_folder["repository"]);
        await MakeStatesAsync(engine, null);
        foreach (string limit in (string[])["0", "5%", "50%"])
        {
            string theirs = _folder["theirs" + limit], ours = _folder["ours" + limit];
            Copy(engine.Repository, theirs);
            Copy(engine.Repository, ours);
            new ResticProgram(ResticBinaries.Find("0.19.1")!, theirs, _folder.Path).Succeed("forget", "--keep-last", "2", "--prune", "--max-unused", limit);
            using Engine copy = new(ours);
            UnusedLimit unused = limit switch { "0" => UnusedLimit.Bytes(0), "5%" => UnusedLimit.Percent(5), _ => UnusedLimit.Percent(50) };
            await ForgetAndPruneAsync(copy, (await copy.SnapshotsAsync()).SkipLast(2), new PruneOptions { MaxUnused = unused });
            Assert.InRange(Engine.SizeOf(ours) / (double)Engine.SizeOf(theirs), 0.97, 1.03);
        }
    }

    /// <summary>Seven states of a folder: each has some files of the one before, some changed and some new.</summary>
    private async Task MakeStatesAsync(Engine engine, ResticProgram? restic)
    {
        for (int state = 0; state < States; state++)
        {
            for (int file = 0; file < Files; file++)
            {
                if (state == 0 || file % 4 == state % 4)
                {
                    string path = _folder["tree", $"folder{file % 3}", $"{file}"];
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    await File.WriteAllBytesAsync(path, SplitMix.Bytes((ulong)((state * 100) + file + 1), 150_000 + (file * 40_000)));
                }
            }

            Copy(_folder["tree"], _folder[$"state-{state}"]);
            if (restic is not null)
            {
                restic.Backup("--pack-size", "4", "tree");
            }
            else
            {
                BackupOptions options = Engine.Options(_folder.Path, "tree");
                await engine.BackupAsync(options with { Write = new WriteOptions { PackSizeBytes = 4 << 20 } });
            }
        }
    }

    private static async Task<PrunePlan> ForgetAndPruneAsync(Engine engine, IEnumerable<SavedSnapshot> removed, PruneOptions options)
    {
        OpenRepository open = await engine.OpenAsync();
        await using RepositoryLock held = await open.LockAsync(exclusive: true, new LockOptions(), CancellationToken.None);
        PruneOptions locked = options with { Write = new WriteOptions { EnsureLocked = held.EnsureHeldAsync } };
        SnapshotId[] ids = [.. removed.Select(saved => saved.Id)];
        Assert.Equal(0, await ForgetOperation.RunAsync(open, ids, held.EnsureHeldAsync, TimeProvider.System, SilentEvents.Instance, held.Lost));
        PruneOperation prune = new(open, locked, new OperationCounters(), SilentEvents.Instance);
        PrunePlan plan = await prune.PlanAsync(held.Lost);
        Assert.Empty((await prune.ExecuteAsync(plan, held.Lost)).Failed);
        return plan;
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
