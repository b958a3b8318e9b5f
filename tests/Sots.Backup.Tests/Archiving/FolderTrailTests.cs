using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Backup.Tests.Archiving;

/// <summary>A folder far above an entry becomes a link while the walk is below it.</summary>
public sealed class FolderTrailTests
{
    private const string Folder = "/proj/content";

    [Theory]
    [InlineData("open /proj/content/a/b/victim", true)]
    [InlineData("open /proj/content/a/b/victim", false)]
    [InlineData("list /proj/content/a/b", true)]
    [InlineData("list /proj/content/a/b", false)]
    public async Task Nothing_behind_the_link_is_saved_under_the_folders_name(string call, bool hasInodes)
    {
        ScriptedSource disk = new() { HasInodes = hasInodes };
        foreach (string top in new[] { "/elsewhere", "/proj", Folder })
        {
            disk.Folder(top);
        }

        foreach (string top in new[] { "/elsewhere", Folder })
        {
            disk.Folder(top + "/a");
            disk.Folder(top + "/a/b");
            disk.File(top + "/a/b/victim", SplitMix.Bytes((ulong)top.Length, 1000));
        }

        disk.AtPoint = (_, what) =>
        {
            if (what == call)
            {
                disk.Remove(Folder);
                disk.Link(Folder, "/elsewhere");
            }
        };
        using OpenRepository repository = await SmallRepository.CreateAsync(new MemoryBackend());
        RecordedEvents events = new();
        BackupResult result = await SmallRepository.BackupAsync(
            repository, "/proj", options => options with { WorkingDirectory = DiskPath.FromText("/"), FileSystem = disk, ReadConcurrency = 1 }, events);
        Assert.Equal(1, result.Problems);
        Assert.Contains("it was a folder when it was listed and is none now", Assert.Single(events.Problems).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("victim", await NamesAsync(repository, result));
    }

    private static async Task<List<string>> NamesAsync(OpenRepository repository, BackupResult result)
    {
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        List<string> names = [];
        Stack<TreeId> trees = new([(await repository.LoadSnapshotAsync(result.Snapshot!.Value, CancellationToken.None)).Snapshot.Tree]);
        while (trees.TryPop(out TreeId tree))
        {
            foreach (Node node in await indexed.LoadTreeAsync(tree, CancellationToken.None))
            {
                names.Add(PathText.ToText(node.Name));
                if (node.Subtree is { } below)
                {
                    trees.Push(below);
                }
            }
        }

        Assert.Contains("content", names);
        return names;
    }
}
