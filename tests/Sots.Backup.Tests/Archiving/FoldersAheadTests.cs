using System.Globalization;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Backup.Tests.Archiving;

/// <summary>Folders that are looked into before their turn: faster, and otherwise as if each were looked into when its turn comes.</summary>
public sealed class FoldersAheadTests
{
    private const string Level = "/proj/level";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_next_eight_folders_are_listed_while_the_first_is_waited_for_and_none_after_them()
    {
        ScriptedSource disk = Disk(12);
        using CountdownEvent others = new(8);
        List<string> listed = [], before = [];
        disk.AtPoint = (_, what) =>
        {
            if (what == $"list {Level}/0")
            {
                Assert.True(others.Wait(Patience), "the folders after it were not listed");
                before.AddRange(Copy(listed));
            }
            else if (!others.IsSet && what.StartsWith($"list {Level}/", StringComparison.Ordinal))
            {
                others.Signal();
            }
        };
        Record(disk, listed);
        await BackupAsync(disk);
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8"], before.Order(StringComparer.Ordinal));
        Assert.Equal(12, listed.Count);
    }

    [Fact]
    public async Task A_folder_that_is_left_out_is_not_looked_into_and_nothing_is_said_of_it()
    {
        ScriptedSource disk = Disk(9);
        List<string> listed = [];
        Record(disk, listed, what => what == $"list {Level}/3");
        (BackupResult result, RecordedEvents events, List<string> files) = await BackupAsync(disk, options => options with { Excludes = new LeavesOut("/3") });
        Assert.True(result.IsComplete);
        Assert.Empty(events.Problems);
        Assert.DoesNotContain("3", listed);
        Assert.Equal(["0", "1", "2", "4", "5", "6", "7", "8"], files);
    }

    [Theory]
    [InlineData("list", Level + "/5")]
    [InlineData("status", Level + "/5/actor.uasset")]
    public async Task What_cannot_be_read_ahead_is_named_once_and_its_neighbours_are_saved(string call, string path)
    {
        ScriptedSource disk = Disk(9);
        Record(disk, [], what => what == $"{call} {path}");
        (BackupResult result, RecordedEvents events, List<string> files) = await BackupAsync(disk);
        Assert.Equal(1, result.Problems);
        Assert.Equal(path, Assert.Single(events.Problems).Item);
        Assert.Equal(["0", "1", "2", "3", "4", "6", "7", "8"], files);
    }

    [Fact]
    public async Task Whatever_happens_to_the_folder_above_between_two_calls_nothing_of_another_place_is_saved()
    {
        for (int at = 0, points = 1; at < points; at++)
        {
            ScriptedSource disk = Disk(6);
            int chosen = at;
            disk.AtPoint = (number, _) =>
            {
                if (number == chosen)
                {
                    disk.Remove(Level);
                    disk.Link(Level, "/elsewhere");
                }
            };
            (BackupResult result, RecordedEvents events, List<string> files) = await BackupAsync(disk);
            points = disk.Points;
            Assert.DoesNotContain("foreign", files);
            Assert.True(files.Count is 0 or 6 || !result.IsComplete, $"at point {at}: {files.Count} files of 6 and not a word");
            Assert.Equal(result.Problems, events.Problems.Count);
        }
    }

    [Fact]
    public async Task A_folder_that_became_a_file_after_it_was_listed_takes_no_other_with_it()
    {
        ScriptedSource disk = Disk(9);
        using ManualResetEventSlim replaced = new();
        disk.AtPoint = (_, what) =>
        {
            // The first folder's turn lasts until one that was listed ahead is another thing.
            if (what == $"status {Level}/4/actor.uasset" && !replaced.IsSet)
            {
                disk.File(Level + "/4", [1, 2, 3]);
                replaced.Set();
            }
            else if (what == $"list {Level}/0")
            {
                Assert.True(replaced.Wait(Patience), "the folder was not listed");
            }
        };
        (BackupResult result, RecordedEvents events, List<string> files) = await BackupAsync(disk);
        Assert.Equal(["0", "1", "2", "3", "5", "6", "7", "8"], files);
        Assert.Equal(result.Problems, events.Problems.Count);
    }

    [Fact]
    public async Task Nothing_is_looked_at_any_more_when_a_cancelled_backup_has_ended()
    {
        ScriptedSource disk = Disk(9);
        using CancellationTokenSource stop = new();
        using CountdownEvent begun = new(1);
        int inside = 0;
        disk.AtPoint = (_, what) =>
        {
            Interlocked.Increment(ref inside);
            if (what == $"list {Level}/0")
            {
                Assert.True(begun.Wait(Patience), "nothing was listed ahead");
                stop.Cancel();
            }
            else if (what.StartsWith($"list {Level}/", StringComparison.Ordinal))
            {
                if (!begun.IsSet)
                {
                    begun.Signal();
                }

                // A slow disk: it answers only after the wish to stop.
                stop.Token.WaitHandle.WaitOne(Patience);
            }

            Interlocked.Decrement(ref inside);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BackupAsync(disk, cancellationToken: stop.Token));
        int points = disk.Points;
        Assert.Equal(0, inside);
        Assert.Equal(points, disk.Points);
    }

    /// <summary>Remembers the folders that are listed, the first of all once its listing goes on; calls may be let fail.</summary>
    private static void Record(ScriptedSource disk, List<string> listed, Predicate<string>? fails = null)
    {
        Action<int, string> also = disk.AtPoint;
        disk.AtPoint = (number, what) =>
        {
            if (what.StartsWith($"list {Level}/", StringComparison.Ordinal) && what != $"list {Level}/0")
            {
                Add(what);
            }

            also(number, what);
            if (what == $"list {Level}/0")
            {
                Add(what);
            }

            if (fails?.Invoke(what) == true)
            {
                throw new SourceException(SourceErrorKind.Other, "open", DiskPath.FromText(what[(what.IndexOf(' ', StringComparison.Ordinal) + 1)..]), "input/output error");
            }
        };

        void Add(string what)
        {
            lock (listed)
            {
                listed.Add(what[(what.LastIndexOf('/') + 1)..]);
            }
        }
    }

    private static List<string> Copy(List<string> listed)
    {
        lock (listed)
        {
            return [.. listed];
        }
    }

    /// <summary>A level of some folders with one file each; the file's content is the folder's name.</summary>
    private static ScriptedSource Disk(int folders)
    {
        ScriptedSource disk = new();
        disk.Folder("/proj");
        disk.Folder(Level);
        disk.Folder("/elsewhere");
        for (int i = 0; i < folders; i++)
        {
            string name = i.ToString("X", CultureInfo.InvariantCulture);
            disk.Folder($"{Level}/{name}");
            disk.File($"{Level}/{name}/actor.uasset", PathText.ToBytes(name));
            disk.Folder($"/elsewhere/{name}");
            disk.File($"/elsewhere/{name}/actor.uasset", "foreign"u8.ToArray());
        }

        return disk;
    }

    /// <summary>Backs the project up and reads all files back, in order.</summary>
    private static async Task<(BackupResult Result, RecordedEvents Events, List<string> Files)> BackupAsync(
        ScriptedSource disk, Func<BackupOptions, BackupOptions>? with = null, CancellationToken cancellationToken = default)
    {
        using OpenRepository repository = await SmallRepository.CreateAsync(new MemoryBackend());
        RecordedEvents events = new();
        BackupOptions options = new()
        {
            Targets = [DiskPath.FromText("/proj")],
            WorkingDirectory = DiskPath.FromText("/"),
            Host = "host",
            FileSystem = disk,
            ReadConcurrency = 1,
            Write = new WriteOptions { Compression = CompressionMode.Off, Time = new HurriedTime() },
        };
        BackupResult result = await BackupOperation.RunAsync(repository, with?.Invoke(options) ?? options, new OperationCounters(), events, cancellationToken);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        List<string> files = [];
        await CollectAsync((await repository.LoadSnapshotAsync(result.Snapshot!.Value, CancellationToken.None)).Snapshot.Tree);
        return (result, events, files);

        async Task CollectAsync(TreeId tree)
        {
            foreach (Node node in await indexed.LoadTreeAsync(tree, CancellationToken.None))
            {
                if (node.Subtree is { } below)
                {
                    await CollectAsync(below);
                }
                else if (node is { Type: NodeType.File, Content: [BlobId content] } && PathText.ToText(node.Name) == "actor.uasset")
                {
                    files.Add(PathText.ToText((await indexed.LoadBlobAsync(new BlobHandle(content), CancellationToken.None)).AsSpan()));
                }
            }
        }
    }

    private sealed class LeavesOut(string ending) : ExcludeRules
    {
        public override bool RejectsName(DiskPath path) => false;

        public override bool RejectsEntry(DiskPath path, bool isDirectory, long sizeBytes) => isDirectory && path.ToString().EndsWith(ending, StringComparison.Ordinal);
    }
}
