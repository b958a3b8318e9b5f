using CsCheck;
using Sots.Backup.Comparing;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Backup.Tests.Comparing;

/// <summary>What differs between two trees is what differs between two listings, at the cost of what differs.</summary>
public sealed class TreeDifferenceTests
{
    [Fact]
    public async Task The_difference_of_two_states_is_that_of_their_listings()
    {
        await Gen.Select(Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 2]).Array[0, 12], Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 2]).Array[0, 12])
            .SampleAsync(async (one, other) =>
            {
                using TempFolder folder = new();
                using MemoryBackend backend = new();
                using OpenRepository repository = await SmallRepository.CreateAsync(backend);
                Snapshot before = await SaveAsync(repository, folder, one), after = await SaveAsync(repository, folder, other);
                IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
                Dictionary<string, Node> listedBefore = await ListAsync(indexed, before.Tree), listedAfter = await ListAsync(indexed, after.Tree);
                string[] expected = [.. listedBefore.Keys.Union(listedAfter.Keys).Where(path =>
                    !(listedBefore.TryGetValue(path, out Node? a) && listedAfter.TryGetValue(path, out Node? b) && a.EqualsExactly(b))).Order(StringComparer.Ordinal)];
                string[] found = [.. (await TreeDifference.CompareAsync(indexed, before.Tree, after.Tree, CancellationToken.None).ToListAsync()).Select(change => change.Path).Order(StringComparer.Ordinal)];
                Assert.Equal(expected, found);
            }, iter: 40, threads: 1);
    }

    [Fact]
    public async Task Folders_that_are_the_same_are_not_loaded()
    {
        using TempFolder folder = new();
        using MemoryBackend memory = new();
        RecordingBackend backend = new(memory);
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        Snapshot before = await SaveAsync(repository, folder, [.. Enumerable.Range(0, 30).Select(i => (i % 10, i / 10, 0))]);
        File.WriteAllText(folder["tree/0/0"], "something else");
        Snapshot after = (await BackupAsync(repository, folder)).Snapshot;
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        List<TreeChange> changes = await TreeDifference.CompareAsync(indexed, before.Tree, after.Tree, CancellationToken.None).ToListAsync();
        TreeChange change = Assert.Single(changes, static change => change.HasOtherContent);
        Assert.EndsWith("/tree/0/0", change.Path);
        Assert.DoesNotContain(changes, static change => change.Path.Contains("/tree/1", StringComparison.Ordinal));
        Assert.Empty(await TreeDifference.CompareAsync(indexed, after.Tree, after.Tree, CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task A_file_that_becomes_a_folder_is_named_once_and_what_is_in_it_is_new()
    {
        using TempFolder folder = new();
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        Directory.CreateDirectory(folder["tree"]);
        File.WriteAllText(folder["tree/a"], "a file");
        Snapshot before = (await BackupAsync(repository, folder)).Snapshot;
        File.Delete(folder["tree/a"]);
        Directory.CreateDirectory(folder["tree/a"]);
        File.WriteAllText(folder["tree/a/b"], "below it");
        Snapshot after = (await BackupAsync(repository, folder)).Snapshot;
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        List<TreeChange> changes = await TreeDifference.CompareAsync(indexed, before.Tree, after.Tree, CancellationToken.None).ToListAsync();
        Assert.True(Assert.Single(changes, static change => change.Path.EndsWith("/tree/a", StringComparison.Ordinal)).HasOtherType);
        Assert.Null(Assert.Single(changes, static change => change.Path.EndsWith("/tree/a/b", StringComparison.Ordinal)).Before);
    }

    private static async Task<Snapshot> SaveAsync(OpenRepository repository, TempFolder folder, IEnumerable<(int Folder, int File, int Content)> files)
    {
        string tree = folder["tree"];
        if (Directory.Exists(tree))
        {
            Directory.Delete(tree, recursive: true);
        }

        Directory.CreateDirectory(tree);
        foreach ((int sub, int file, int content) in files)
        {
            Directory.CreateDirectory(Path.Combine(tree, $"{sub}"));
            File.WriteAllText(Path.Combine(tree, $"{sub}", $"{file}"), $"content {content}");
        }

        return (await BackupAsync(repository, folder)).Snapshot;
    }

    private static async Task<SavedSnapshot> BackupAsync(OpenRepository repository, TempFolder folder)
    {
        SnapshotId id = (await SmallRepository.BackupAsync(repository, folder["tree"])).Snapshot!.Value;
        return await repository.LoadSnapshotAsync(id, CancellationToken.None);
    }

    private static async Task<Dictionary<string, Node>> ListAsync(IndexedRepository repository, TreeId root)
    {
        Dictionary<string, Node> listed = new(StringComparer.Ordinal);
        Stack<(string Path, TreeId Tree)> open = new([("", root)]);
        while (open.TryPop(out (string Path, TreeId Tree) at))
        {
            foreach (Node node in await repository.LoadTreeAsync(at.Tree, CancellationToken.None))
            {
                string path = at.Path + "/" + PathText.ToText(node.Name);
                listed[path] = node;
                if (node.Subtree is { } tree)
                {
                    open.Push((path, tree));
                }
            }
        }

        return listed;
    }
}
