using System.Text;
using System.Text.Json;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Maintenance;
using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Interop.Tests;

/// <summary>Fifty repositories with one defect each, repaired by us and by restic.</summary>
public sealed class RepairTests : IDisposable
{
    private const string GoldenPassword = "golden-password";

    /// <summary>What neither can open, and what only lost its snapshot file.</summary>
    private static readonly string[] BeyondRepair =
        ["config_version_3", "config_reducible_polynomial", "config_compressed", "key_renamed", "snapshot_bitflip", "snapshot_zero_bytes"];

    /// <summary>Names that restic's check passes over and no restore gives back; we give them others.</summary>
    private static readonly string[] Renamed = ["node_empty_name", "node_slash_name", "node_dotdot_name", "node_duplicate_names"];

    private readonly TempFolder _folder = new();

    public RepairTests()
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        Assert.SkipUnless(OperatingSystem.IsLinux() && ResticBinaries.All, ResticBinaries.Absent);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_our_repairs_every_restic_finds_nothing_and_no_file_is_lost_that_restic_saves()
    {
        List<string> better = [];

        // All were made of the same files; what a repair cut short is none of them.
        (HashSet<string> truth, _) = await LookAsync(Copy(SharedMaterial.PathOf("vectors", "damaged", "ok"), "truth"));
        foreach (string vector in Directory.GetDirectories(SharedMaterial.PathOf("vectors", "damaged")).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(vector);
            if (BeyondRepair.Contains(name))
            {
                continue;
            }

            string ours = Copy(vector, name + "-ours"), theirs = Copy(vector, name + "-restic");
            truth.UnionWith((await LookAsync(theirs)).Files);
            (HashSet<string> kept, string[] trees) = await RepairAsync(ours);
            foreach (string version in (string[])["0.14.0", "0.19.1"])
            {
                ResticRun check = Restic(version, ours).Run("check", "--read-data");
                Assert.True(check.ExitCode == 0, $"{name} {version}: {check.Output}{check.Errors}");
            }

            bool isClean = RepairByRestic(theirs, name);
            (HashSet<string> saved, string[] resticTrees) = await LookAsync(theirs);
            saved.IntersectWith(truth);
            kept.IntersectWith(truth);
            Assert.True(Renamed.Contains(name) || saved.IsSubsetOf(kept), $"{name}: {string.Join(", ", saved.Except(kept))}");
            if (!isClean || kept.Count > saved.Count)
            {
                better.Add(name);
            }
            else if (!Renamed.Contains(name))
            {
                Assert.True(resticTrees.SequenceEqual(trees), $"{name}: {string.Join(' ', resticTrees)} / {string.Join(' ', trees)}");
            }
        }

        // What restic's repairs leave damaged.
        Assert.True(better.Count >= 3, string.Join(' ', better));
        TestContext.Current.TestOutputHelper?.WriteLine("better than restic: " + string.Join(' ', better));
    }

    private static async Task<(HashSet<string> Files, string[] Trees)> RepairAsync(string folder)
    {
        using OpenRepository repository = await OpenAsync(folder);
        WriteOptions write = new();
        RepairIndexOperation index = new(repository, write, new OperationCounters(), SilentEvents.Instance);
        IndexRepairPlan plan = await index.PlanAsync(readAllPacks: false, CancellationToken.None);
        await index.ExecuteAsync(plan, CancellationToken.None);

        CheckReport report = await CheckOperation.RunAsync(
            repository, new CheckOptions { ReadData = new ReadDataSubset(ReadDataMode.All) }, new OperationCounters(), SilentEvents.Instance, CancellationToken.None);
        RepairPacksOperation packs = new(repository, write, new OperationCounters(), SilentEvents.Instance);
        string[] broken = [.. report.BrokenPacks.Union(plan.PacksTo(IndexChangeKind.LeaveDamaged)).Select(pack => pack.ToString())];
        using TempFolder copies = new();
        await packs.ExecuteAsync(await packs.PlanAsync(broken, CancellationToken.None), copies.Path, CancellationToken.None);

        IReadOnlyList<SavedSnapshot> snapshots = (await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots;
        RepairSnapshotsOperation repair = new(repository, write, new OperationCounters(), SilentEvents.Instance);
        await repair.ExecuteAsync(await repair.PlanAsync(snapshots, snapshots, CancellationToken.None), forget: true, CancellationToken.None);
        return await LookAsync(repository);
    }

    /// <summary>What restic's check advises, with restic. Returns whether its check finds nothing afterwards.</summary>
    private static bool RepairByRestic(string folder, string name)
    {
        ResticProgram restic = Restic("0.19.1", folder);
        restic.Run("repair", "index");
        if (BrokenPacks(name) is { Length: > 0 } broken)
        {
            restic.Run(["repair", "packs", .. broken]);
        }

        restic.Run("repair", "snapshots", "--forget");
        try
        {
            return ResticProgram.Finish(restic.Start("check", "--read-data"), TimeSpan.FromSeconds(4)).ExitCode == 0;
        }
        catch (TimeoutException)
        {
            // It tries for a quarter of an hour to read what lies outside of a pack.
            return false;
        }
    }

    /// <summary>The packs that restic's check named, when the repository was made.</summary>
    private static string[] BrokenPacks(string name)
    {
        using JsonDocument all = JsonDocument.Parse(File.ReadAllBytes(SharedMaterial.PathOf("vectors", "damaged-expected.json")));
        JsonElement broken = all.RootElement.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name).GetProperty("summary-0.19.1").GetProperty("broken_packs");
        return broken.ValueKind == JsonValueKind.Array ? [.. broken.EnumerateArray().Select(pack => pack.GetString()!)] : [];
    }

    private static ResticProgram Restic(string version, string repository)
    {
        string folder = Directory.CreateDirectory(repository + "-" + version).FullName;
        return new ResticProgram(ResticBinaries.Find(version)!, repository, folder, GoldenPassword);
    }

    private static async Task<(HashSet<string> Files, string[] Trees)> LookAsync(string folder)
    {
        using OpenRepository repository = await OpenAsync(folder);
        return await LookAsync(repository);
    }

    private static async Task<(HashSet<string> Files, string[] Trees)> LookAsync(OpenRepository repository) => (
        await RestorableFiles.OfAsync(repository),
        [.. (await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots.Select(saved => saved.Snapshot.Tree.ToString()).Order(StringComparer.Ordinal)]);

    private static Task<OpenRepository> OpenAsync(string folder) =>
        Repository.OpenAsync(new LocalBackend(folder), Encoding.UTF8.GetBytes(GoldenPassword), new OpenOptions(), CancellationToken.None);

    private string Copy(string vector, string name)
    {
        string target = _folder[name];
        foreach (string file in Directory.EnumerateFiles(vector, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(vector, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return target;
    }
}
