using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Backup.Tests.Archiving;

/// <summary>
/// Files and folders that change between any two calls of a backup. The law of all: what a snapshot has of a file, and does not complain
/// about, the file was at some moment.
/// </summary>
public sealed class MovingSourceTests
{
    private const string Victim = "/proj/content/victim.uasset", Folder = "/proj/content", Elsewhere = "/elsewhere";
    private static readonly byte[] Old = SplitMix.Bytes(1, 600_000), New = SplitMix.Bytes(2, 600_000), Longer = SplitMix.Bytes(3, 900_000), Foreign = SplitMix.Bytes(4, 600_000);

    /// <summary>Everything that can happen to a file or to the folder it lies in.</summary>
    private static readonly Dictionary<string, Action<ScriptedSource>> Changes = new(StringComparer.Ordinal)
    {
        ["grows"] = disk => disk.Write(Victim, [.. disk.ContentOf(Victim) ?? [], .. New.AsSpan(0, 1000)]),
        ["shrinks"] = disk => disk.Write(Victim, (disk.ContentOf(Victim) ?? [])[..((disk.ContentOf(Victim)?.Length ?? 0) / 2)]),
        ["is rewritten"] = disk => disk.Write(Victim, disk.ContentOf(Victim) == New ? Old : New),
        ["is rewritten, and its time set back"] = disk => disk.Write(Victim, disk.ContentOf(Victim) == New ? Old : New, keepModified: true),
        ["is truncated and written longer"] = disk => disk.Write(Victim, Longer),
        ["is replaced by renaming"] = disk => disk.File(Victim, disk.ContentOf(Victim) == New ? Old : New),
        ["is removed"] = disk => disk.Remove(Victim),
        ["turns into a folder"] = disk => disk.Folder(Victim),
        ["turns into a link"] = disk => disk.Link(Victim, Elsewhere + "/victim.uasset"),
        ["turns into a pipe"] = disk => disk.Pipe(Victim),
        ["loses its folder"] = disk => disk.Remove(Folder),
        ["loses its folder to a file"] = disk => disk.File(Folder, New),
        ["loses its folder to a link"] = disk =>
        {
            disk.Remove(Folder);
            disk.Link(Folder, Elsewhere);
        },
        ["gets a new folder"] = disk =>
        {
            disk.Remove(Folder);
            disk.Folder(Folder);
            disk.File(Victim, New);
        },
    };

    public static TheoryData<string> Kinds => [.. Changes.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Whatever_happens_to_a_file_between_two_calls_the_snapshot_tells_the_truth(string kind)
    {
        int points = 0;
        for (int at = 0; ; at++, points++)
        {
            ScriptedSource disk = Disk();
            int chosen = at;
            disk.AtPoint = (number, _) =>
            {
                if (number == chosen)
                {
                    Changes[kind](disk);
                }
            };
            await VerifyAsync(disk, $"{kind} at point {at}", mustComplete: kind is "grows" or "shrinks" or "is rewritten" or "is replaced by renaming");
            if (disk.Points <= at)
            {
                break;
            }
        }

        Assert.InRange(points, 12, 60);
    }

    [Theory]
    [InlineData("grows")]
    [InlineData("is rewritten")]
    [InlineData("is rewritten, and its time set back")]
    [InlineData("is replaced by renaming")]
    public async Task A_file_that_never_stands_still_is_named_and_not_taken_for_whole(string kind)
    {
        ScriptedSource disk = Disk();
        disk.AtPoint = (_, what) =>
        {
            if (what.StartsWith($"read {Victim}", StringComparison.Ordinal))
            {
                Changes[kind](disk);
            }
        };
        (BackupResult result, _, RecordedEvents events) = await VerifyAsync(disk, kind, mustComplete: false);
        Assert.Equal(1, result.Problems);
        Assert.Contains("changed while it was read", Assert.Single(events.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_written_twice_in_one_tick_of_the_clock_is_not_torn()
    {
        // The system's clock stands still between two ticks: both writes leave the same time, and the second comes while it is read.
        HurriedTime time = new();
        ScriptedSource disk = new() { Clock = () => TickOf(time) };
        Fill(disk);
        disk.AtPoint = (_, what) =>
        {
            if (what == $"read {Victim} at 524288" && disk.ContentOf(Victim) == Old)
            {
                disk.Write(Victim, New);
            }
        };
        (BackupResult result, byte[]? content, _) = await BackupAsync(disk, time);
        Assert.True(result.IsComplete);
        Assert.Equal(New, disk.ContentOf(Victim));
        Assert.True(content!.AsSpan().SequenceEqual(New) || content.AsSpan().SequenceEqual(Old));
    }

    [Fact]
    public async Task A_file_that_grows_faster_than_it_can_be_read_ends_somewhere()
    {
        ScriptedSource disk = Disk();
        byte[] more = new byte[8 << 20];
        int readings = 0;
        disk.AtPoint = (_, what) =>
        {
            // As far as the first reading goes, and a little further in each that follows: it never stands still.
            readings += what == $"read {Victim} at 0" ? 1 : 0;
            if (what.StartsWith($"read {Victim}", StringComparison.Ordinal) && disk.ContentOf(Victim)!.Length < (90 + (10 * readings)) << 20)
            {
                disk.Write(Victim, [.. disk.ContentOf(Victim)!, .. more]);
            }
        };
        (BackupResult result, byte[]? content, _) = await BackupAsync(disk, new HurriedTime());
        Assert.Equal(1, result.Problems);
        Assert.InRange(content!.Length, 64 << 20, 130 << 20);
    }

    [Fact]
    public async Task Short_readings_give_the_same_file()
    {
        ScriptedSource disk = new() { ReadLength = asked => Math.Min(asked, 1 + (asked % 7919)) };
        Fill(disk);
        (BackupResult result, byte[]? content, _) = await BackupAsync(disk, new HurriedTime());
        Assert.True(result.IsComplete);
        Assert.Equal(Old, content);
    }

    [Fact]
    public async Task A_reading_that_fails_once_is_made_again_and_the_file_is_whole()
    {
        foreach (SourceErrorKind kind in (SourceErrorKind[])[SourceErrorKind.Other, SourceErrorKind.Locked])
        {
            int reads = await ReadsOfAsync();
            for (int failing = 0; failing < reads; failing++)
            {
                (BackupResult result, byte[]? content, RecordedEvents events) = await FailingAsync(kind, number => number == failing);
                Assert.True(result.IsComplete);
                Assert.Equal(Old, content);
                Assert.Contains(events.Details, text => text.Contains("reading it again (1 of 2)", StringComparison.Ordinal));
                Assert.Equal(Old.Length, events.Items.Single(item => item.Path == Victim).AddedBytes);
            }
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_to_its_end_is_named_and_no_part_of_it_is_taken_for_it()
    {
        int reads = await ReadsOfAsync();
        for (int failing = 0; failing < reads; failing++)
        {
            (BackupResult result, byte[]? content, RecordedEvents events) = await FailingAsync(SourceErrorKind.Other, number => number % reads == failing, always: failing);
            Assert.Null(content);
            Assert.Equal(1, result.Problems);
            Assert.Equal(Victim, Assert.Single(events.Problems).Item);
            Assert.NotNull(result.Snapshot);
        }
    }

    [Fact]
    public async Task An_entry_whose_status_cannot_be_read_does_not_hide_its_neighbours()
    {
        ScriptedSource disk = Disk();
        disk.File(Folder + "/neighbour.uasset", New);
        disk.AtPoint = (_, what) =>
        {
            if (what == $"status {Folder}/neighbour.uasset")
            {
                throw new SourceException(SourceErrorKind.Other, "lstat", DiskPath.FromText(Folder + "/neighbour.uasset"), "input/output error");
            }
        };
        (BackupResult result, byte[]? content, RecordedEvents events) = await BackupAsync(disk, new HurriedTime());
        Assert.Equal(Old, content);
        Assert.Equal(1, result.Problems);
        Assert.Contains("neighbour.uasset", Assert.Single(events.Problems).Item, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"open {Victim}", true)]
    [InlineData($"read {Victim} at 0", true)]
    [InlineData($"status {Victim}", false)]
    [InlineData($"list {Folder}", false)]
    public async Task A_disk_that_once_does_not_find_what_is_there_does_not_shorten_a_snapshot_without_a_word(string call, bool isMadeGood)
    {
        ScriptedSource disk = Disk();
        int times = 0;
        disk.AtPoint = (_, what) =>
        {
            if (what == call && times++ == 0)
            {
                throw new SourceException(SourceErrorKind.Vanished, "open", DiskPath.FromText(Victim), "no such file or directory");
            }
        };
        (BackupResult result, byte[]? content, RecordedEvents events) = await BackupAsync(disk, new HurriedTime());
        Assert.Equal(isMadeGood, result.IsComplete);
        Assert.Equal(isMadeGood, events.Problems.Count == 0);
        Assert.Equal(isMadeGood ? Old : null, content);
    }

    [Fact]
    public async Task What_is_removed_is_only_a_line_and_what_goes_with_the_whole_project_a_problem()
    {
        ScriptedSource disk = Disk();
        disk.AtPoint = (_, what) =>
        {
            if (what == $"open {Victim}")
            {
                disk.Remove(Victim);
            }
        };
        (BackupResult result, _, RecordedEvents events) = await BackupAsync(disk, new HurriedTime());
        Assert.True(result.IsComplete);
        Assert.Contains(events.Messages, text => text.StartsWith("1 file or folder was removed while the backup ran", StringComparison.Ordinal));

        disk = Disk();
        disk.AtPoint = (_, what) =>
        {
            if (what == $"open {Victim}")
            {
                disk.Remove("/proj");
            }
        };
        (result, _, events) = await BackupAsync(disk, new HurriedTime());
        Assert.False(result.IsComplete);
        Assert.Equal("/proj", Assert.Single(events.Problems).Item);
    }

    [Fact]
    public async Task A_change_that_leaves_size_and_both_times_as_they_were_is_the_one_that_is_not_seen()
    {
        // The limit that docs/protection.md states. Systems do not let programs set the second time; a failing disk can.
        ScriptedSource disk = Disk();
        disk.AtPoint = (_, what) =>
        {
            if (what == $"read {Victim} at 524288")
            {
                disk.Write(Victim, New, keepModified: true, keepChanged: true);
            }
        };
        (BackupResult result, byte[]? content, _) = await BackupAsync(disk, new HurriedTime());
        Assert.True(result.IsComplete);
        Assert.NotEqual(Old, content);
        Assert.NotEqual(New, content);
    }

    private static ScriptedSource Disk()
    {
        ScriptedSource disk = new();
        Fill(disk);
        return disk;
    }

    private static void Fill(ScriptedSource disk)
    {
        disk.Folder(Elsewhere);
        disk.File(Elsewhere + "/victim.uasset", Foreign);
        disk.Folder("/proj");
        disk.Folder(Folder);
        disk.File(Victim, Old);
    }

    private static DiskTime TickOf(HurriedTime time)
    {
        long ticks = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 40_000 * 40_000;
        return new DiskTime(ticks / TimeSpan.TicksPerSecond, (int)(ticks % TimeSpan.TicksPerSecond * 100) + 100);
    }

    private static async Task<(BackupResult Result, byte[]? Content, RecordedEvents Events)> VerifyAsync(ScriptedSource disk, string what, bool mustComplete)
    {
        List<byte[]?> moments = [disk.ContentOf(Victim)];
        Action<int, string> change = disk.AtPoint;
        disk.AtPoint = (number, call) =>
        {
            change(number, call);
            lock (moments)
            {
                moments.Add(disk.ContentOf(Victim));
            }
        };
        (BackupResult result, byte[]? content, RecordedEvents events) = await BackupAsync(disk, new HurriedTime());
        bool isNamed = events.Problems.Any(problem => problem.Item is Victim or Folder);
        bool wasThere = moments.Exists(moment => moment is null ? content is null : content is not null && moment.AsSpan().SequenceEqual(content));
        Assert.True(isNamed || wasThere, $"{what}: the snapshot has what never was, and says nothing");
        Assert.False(content is not null && content.AsSpan().SequenceEqual(Foreign), $"{what}: a file of another place was saved under this name");
        Assert.Equal(result.Problems > 0, events.Problems.Count > 0);
        Assert.True(result.IsComplete || !mustComplete, $"{what}: one change must be made good by reading again");
        return (result, content, events);
    }

    /// <summary>Backs the project up and reads the victim back; null where it is no file of the snapshot.</summary>
    private static async Task<(BackupResult Result, byte[]? Content, RecordedEvents Events)> BackupAsync(ScriptedSource disk, HurriedTime time)
    {
        using OpenRepository repository = await SmallRepository.CreateAsync(new MemoryBackend());
        RecordedEvents events = new();
        RecordingObserver observer = new();
        BackupOptions options = new()
        {
            Targets = [DiskPath.FromText("/proj")],
            Observer = observer,
            WorkingDirectory = DiskPath.FromText("/"),
            Host = "host",
            FileSystem = disk,
            ReadConcurrency = 1,
            Write = new WriteOptions { Compression = CompressionMode.Off, Time = time },
        };
        BackupResult result = await BackupOperation.RunAsync(repository, options, new OperationCounters(), events, CancellationToken.None);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        TreeId tree = (await repository.LoadSnapshotAsync(result.Snapshot!.Value, CancellationToken.None)).Snapshot.Tree;
        foreach (string name in (string[])["proj", "content"])
        {
            if ((await indexed.LoadTreeAsync(tree, CancellationToken.None)).Find(node => PathText.ToText(node.Name) == name) is not { Subtree: { } below })
            {
                return (result, null, events);
            }

            tree = below;
        }

        Node? victim = (await indexed.LoadTreeAsync(tree, CancellationToken.None)).Find(node => PathText.ToText(node.Name) == "victim.uasset");
        if (victim is not { Type: NodeType.File })
        {
            Assert.Empty(observer.Finished);
            return (result, null, events);
        }

        MemoryStream content = new();
        foreach (BlobId id in victim.Content!)
        {
            content.Write(await indexed.LoadBlobAsync(new BlobHandle(id), CancellationToken.None));
        }

        // However often it was read: who looked on saw exactly what is in the snapshot.
        Assert.Equal((long)victim.Size, content.Length);
        Assert.Equal(content.ToArray(), observer.Finished[Victim]);
        return (result, content.ToArray(), events);
    }

    private static async Task<int> ReadsOfAsync()
    {
        int reads = 0;
        ScriptedSource disk = Disk();
        disk.AtPoint = (_, what) => reads += what.StartsWith("read ", StringComparison.Ordinal) ? 1 : 0;
        await BackupAsync(disk, new HurriedTime());
        return reads;
    }

    /// <summary>Lets readings fail: those whose number is chosen, or always the one of this place in the file.</summary>
    private static Task<(BackupResult Result, byte[]? Content, RecordedEvents Events)> FailingAsync(SourceErrorKind kind, Func<int, bool> fails, int? always = null)
    {
        int reads = 0;
        ScriptedSource disk = Disk();
        disk.AtPoint = (_, what) =>
        {
            if (what.StartsWith($"open {Victim}", StringComparison.Ordinal) && always is not null)
            {
                reads = 0;
            }

            if (what.StartsWith("read ", StringComparison.Ordinal) && fails(reads++))
            {
                throw new SourceException(kind, "read", DiskPath.FromText(Victim), kind == SourceErrorKind.Locked ? "another program has locked a part of it" : "input/output error");
            }
        };
        return BackupAsync(disk, new HurriedTime());
    }
}
