using Sots.Backup;
using Sots.Backup.Comparing;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Testing;
using Sots.Testing.Unreal;
using Sots.Unreal.Assets;
using Sots.Unreal.Histories;

namespace Sots.Interop.Tests;

/// <summary>Two real projects as they grew, saved by both programs in turn into one repository: the histories are what the states on the disk say.</summary>
public sealed class HistoryOfStatesTests(UnrealStates states)
{
    private const int Followed = 24;

    [Theory]
    [InlineData("rpgfw", 12)]
    [InlineData("als-refactored", 9)]
    public async Task The_history_of_a_file_is_what_the_states_say(string project, int count)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && ResticBinaries.All, ResticBinaries.Absent);
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        using TempFolder folder = new();
        string live = folder["project"];
        Directory.CreateDirectory(live);
        using Engine engine = await Engine.CreateAsync(folder["repo"]);
        ResticProgram restic = new(ResticBinaries.Find("0.19.1")!, engine.Repository, folder.Path);
        for (int n = 1; n <= count; n++)
        {
            ProjectState.Apply(states.PathOf(project, n), live);
            if (n % 2 == 0)
            {
                restic.Backup("project", "--host", "one");
            }
            else
            {
                await engine.BackupAsync(Engine.Options(folder.Path, "project") with { Host = "one" });
            }
        }

        IReadOnlyList<SavedSnapshot> snapshots = await engine.SnapshotsAsync();
        IndexedRepository indexed = await (await engine.OpenAsync()).LoadIndexAsync(CancellationToken.None);
        AssetFactsCache facts = new();
        AssetDetailsCache details = new();
        HistoryOperation operation = new(indexed, facts, details, static (path, problem) => Assert.Fail($"{path}: {problem.Message}"), new OperationCounters());
        string[] paths = Choose(project, count);
        Assert.NotEmpty(paths);
        foreach (string path in paths)
        {
            HistoryWord word = new($"project/{path}", [$"/project/{path}"]);
            AssetHistory history = Assert.Single((await operation.RunAsync(snapshots, word, all: false, CancellationToken.None)).Histories);
            Assert.Equal(Expected(project, count, path), Runs(history, $"/project/{path}"));
            Assert.All(history.Versions, static version => Assert.False(version.Details is { IsDamaged: true }));
            Assert.Equal(0, (await operation.RunAsync(snapshots, word, all: false, CancellationToken.None)).ReadPackages);
        }

        await LooksIntoEachFolderOnceAsync(indexed, snapshots);
    }

    /// <summary>The part of a history at one path: before and after it the file may have been elsewhere.</summary>
    private static List<(ulong? Size, int Snapshots)> Runs(AssetHistory history, string path) =>
        [.. history.Versions.Where(version => version.Path == path).Select(static version => (version.Node?.Size, version.Snapshots))];

    /// <summary>All snapshots together cost as many trees as there are different ones; a folder that became again what it was counts twice.</summary>
    private static async Task LooksIntoEachFolderOnceAsync(IndexedRepository indexed, IReadOnlyList<SavedSnapshot> snapshots)
    {
        SnapshotScan<FoundEntry> scan = new(indexed, new FindPatterns(["*.uasset"], false, null, null), static (path, problem) => Assert.Fail($"{path}: {problem.Message}"));
        foreach (SavedSnapshot saved in snapshots)
        {
            await scan.RunAsync(saved.Snapshot, CancellationToken.None);
        }

        long different = indexed.Index.ByPack().Values.Sum(static blobs => blobs.LongCount(static blob => blob.Type == BlobType.Tree));
        Assert.InRange(scan.LoadedTrees, different, (long)(different * 1.05));
    }

    /// <summary>The files with the most different lengths.</summary>
    private string[] Choose(string project, int count)
    {
        Dictionary<string, HashSet<long>> lengths = [];
        for (int n = 1; n <= count; n++)
        {
            foreach (FileInfo file in new DirectoryInfo(states.PathOf(project, n)).EnumerateFiles("*", SearchOption.AllDirectories))
            {
                string path = Path.GetRelativePath(states.PathOf(project, n), file.FullName);
                (lengths.TryGetValue(path, out HashSet<long>? known) ? known : lengths[path] = []).Add(file.Length);
            }
        }

        return [.. lengths.OrderByDescending(static file => file.Value.Count).ThenBy(static file => file.Key, StringComparer.Ordinal).Select(static file => file.Key).Take(Followed)];
    }

    /// <summary>Runs of states with the same bytes, from the first that has the file.</summary>
    private List<(ulong? Size, int Snapshots)> Expected(string project, int count, string path)
    {
        List<(byte[]? Content, int Snapshots)> runs = [];
        for (int n = 1; n <= count; n++)
        {
            string file = Path.Combine(states.PathOf(project, n), path);
            byte[]? content = File.Exists(file) ? File.ReadAllBytes(file) : null;
            if (runs.Count > 0 && (content is null ? runs[^1].Content is null : runs[^1].Content is { } last && content.AsSpan().SequenceEqual(last)))
            {
                runs[^1] = (content, runs[^1].Snapshots + 1);
            }
            else if (content is not null || runs.Count > 0)
            {
                runs.Add((content, 1));
            }
        }

        return [.. runs.Select(static run => ((ulong?)run.Content?.Length, run.Snapshots))];
    }
}
