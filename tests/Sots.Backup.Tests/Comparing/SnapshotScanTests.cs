using CsCheck;
using Sots.Backup.Comparing;
using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Snapshots;
using Sots.Testing;

namespace Sots.Backup.Tests.Comparing;

/// <summary>Looking through many snapshots finds what looking through each alone does, at the cost of what differs.</summary>
public sealed class SnapshotScanTests
{
    private static readonly FindPatterns Ones = new(["1", "2/**/0"], ignoreCase: false, oldest: null, newest: null);

    [Fact]
    public async Task Snapshots_one_after_the_other_give_what_each_gives_alone()
    {
        await Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 2]).Array[0, 8].Array[1, 5].SampleAsync(async states =>
        {
            using TempFolder folder = new();
            using MemoryBackend backend = new();
            using OpenRepository repository = await SmallRepository.CreateAsync(backend);
            List<Snapshot> snapshots = [];
            foreach ((int, int, int)[] state in states)
            {
                snapshots.Add(await SaveAsync(repository, folder, state));
            }

            IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
            SnapshotScan<FoundEntry> scan = new(indexed, Ones, NoProblem);
            foreach (Snapshot snapshot in snapshots)
            {
                IReadOnlyList<FoundEntry> alone = await new SnapshotScan<FoundEntry>(indexed, Ones, NoProblem).RunAsync(snapshot, CancellationToken.None);
                IReadOnlyList<FoundEntry> among = await scan.RunAsync(snapshot, CancellationToken.None);
                Assert.Equal(alone.Select(Told), among.Select(Told));
            }
        }, iter: 20, threads: 1);
    }

    [Fact]
    public async Task Folders_that_are_the_same_are_loaded_once()
    {
        using TempFolder folder = new();
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        Snapshot first = await SaveAsync(repository, folder, [.. Enumerable.Range(0, 40).Select(static i => (i % 20, i / 20, 0))]);
        Snapshot same = (await BackupAsync(repository, folder["tree"])).Snapshot;
        File.WriteAllText(folder["tree/7/1"], "something else");
        Snapshot changed = (await BackupAsync(repository, folder["tree"])).Snapshot;
        Directory.CreateDirectory(folder["other"]);
        Snapshot other = (await BackupAsync(repository, folder["other"])).Snapshot;
        SnapshotScan<FoundEntry> scan = new(await repository.LoadIndexAsync(CancellationToken.None), Ones, NoProblem);

        Assert.Equal(20, (await scan.RunAsync(first, CancellationToken.None)).Count(static found => found.Path.EndsWith("/1", StringComparison.Ordinal) && found.Node.Subtree is null));
        long whole = scan.LoadedTrees, above = whole - 20;
        await scan.RunAsync(same, CancellationToken.None);

        // Those above it also hold the folder for temporary files, which other tests write to meanwhile.
        Assert.InRange(scan.LoadedTrees, whole, whole + above);

        // Another project between them does not make it forget.
        await scan.RunAsync(other, CancellationToken.None);
        long withOther = scan.LoadedTrees;
        await scan.RunAsync(changed, CancellationToken.None);
        Assert.InRange(scan.LoadedTrees, withOther + 2, withOther + above + 1);
    }

    [Fact]
    public async Task What_cannot_be_of_interest_is_not_loaded()
    {
        using TempFolder folder = new();
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        Snapshot snapshot = await SaveAsync(repository, folder, [.. Enumerable.Range(0, 40).Select(static i => (i % 20, i / 20, 0))]);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        SnapshotScan<FoundEntry> all = new(indexed, Ones, NoProblem), rooted = new(indexed, new FindPatterns([folder["tree/7/1"]], false, null, null), NoProblem);
        await all.RunAsync(snapshot, CancellationToken.None);
        Assert.EndsWith("/tree/7/1", Assert.Single(await rooted.RunAsync(snapshot, CancellationToken.None)).Path, StringComparison.Ordinal);
        Assert.Equal(all.LoadedTrees - 19, rooted.LoadedTrees);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_read_is_told_once_and_the_rest_is_found()
    {
        using TempFolder folder = new();
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        Snapshot snapshot = await SaveAsync(repository, folder, [(0, 1, 0), (1, 1, 1)]);
        IndexedRepository whole = await repository.LoadIndexAsync(CancellationToken.None);
        IReadOnlyList<FoundEntry> found = await new SnapshotScan<FoundEntry>(whole, new FindPatterns(["1"], false, null, null), NoProblem).RunAsync(snapshot, CancellationToken.None);
        TreeId lost = found.Single(static entry => entry.Path.EndsWith("/tree/1", StringComparison.Ordinal)).Node.Subtree!.Value;

        List<string> problems = [];
        SnapshotScan<FoundEntry> scan = new(whole, new LosingFinder(lost, new FindPatterns(["1"], false, null, null)), (path, _) => problems.Add(path));
        Assert.Contains(await scan.RunAsync(snapshot, CancellationToken.None), static entry => entry.Path.EndsWith("/tree/0/1", StringComparison.Ordinal));
        await scan.RunAsync(snapshot, CancellationToken.None);
        Assert.EndsWith("/tree/1", Assert.Single(problems), StringComparison.Ordinal);
    }

    private static async Task<Snapshot> SaveAsync(OpenRepository repository, TempFolder folder, (int Folder, int File, int Content)[] state)
    {
        if (Directory.Exists(folder["tree"]))
        {
            Directory.Delete(folder["tree"], recursive: true);
        }

        Directory.CreateDirectory(folder["tree"]);
        foreach ((int sub, int file, int content) in state)
        {
            Directory.CreateDirectory(folder["tree", $"{sub}"]);
            File.WriteAllText(folder["tree", $"{sub}", $"{file}"], $"{content}");
        }

        return (await BackupAsync(repository, folder["tree"])).Snapshot;
    }

    private static async Task<SavedSnapshot> BackupAsync(OpenRepository repository, string path)
    {
        BackupResult result = await SmallRepository.BackupAsync(repository, path);
        return (await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots.Single(saved => saved.Id == result.Snapshot);
    }

    private static string Told(FoundEntry entry) => $"{entry.Path} {entry.Node.Size} {string.Join(',', entry.Node.Content ?? [])}";

    private static void NoProblem(string path, RepositoryException problem) => Assert.Fail($"{path}: {problem.Message}");

    /// <summary>Names a tree that is not there in place of one.</summary>
    private sealed class LosingFinder(TreeId lost, FindPatterns patterns) : IEntryFinder<FoundEntry>
    {
        public bool MayFindBelow(string folder) => true;

        public ValueTask FindAsync(ScannedEntry entry, List<FoundEntry> found, CancellationToken cancellationToken)
        {
            if (entry.Node.Subtree == lost)
            {
                entry.Node.Subtree = new TreeId(ContentId.Of([1, 2, 3]));
            }

            return patterns.FindAsync(entry, found, cancellationToken);
        }
    }
}
