using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Tests.Archiving;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Backup.Tests.Proving;

/// <summary>What is read back after writing, and what comes of storage and disks that lie.</summary>
public sealed class WriteProofTests
{
    private const string Asset = "/proj/rock.uasset";
    private static readonly byte[] Content = SplitMix.Bytes(5, 500_000);

    [Fact]
    public async Task A_backup_reads_back_what_it_wrote_and_compares_it_with_the_files()
    {
        LyingBackend storage = new(new MemoryBackend());
        (BackupResult result, RecordedEvents events) = await BackupAsync(storage, Disk());
        Assert.True(result.IsComplete);
        Assert.Empty(events.Problems);
        Assert.Equal((2, 520_000), (result.Proof!.Files, result.Proof.ComparedBytes));
        Assert.True(result.Proof.Bytes > result.Proof.ComparedBytes);
        Assert.True(storage.Forgotten >= 2);

        (BackupResult unchanged, _) = await BackupAsync(storage, Disk());
        Assert.Equal(0, unchanged.Proof!.ComparedBytes);
    }

    [Fact]
    public async Task A_file_whose_first_reading_was_not_taken_for_whole_is_compared_as_the_second_found_it()
    {
        ScriptedSource disk = Disk();
        bool saved = false;
        disk.AtPoint = (_, what) =>
        {
            if (!saved && what == $"read {Asset} at 0")
            {
                saved = true;
                disk.Write(Asset, [.. Content]);
            }
        };
        (BackupResult result, RecordedEvents events) = await BackupAsync(new MemoryBackend(), disk);
        Assert.Contains(events.Details, static text => text.Contains("reading it again", StringComparison.Ordinal));
        Assert.Equal((2, 520_000), (result.Proof!.Files, result.Proof.ComparedBytes));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(30_000, 30_000)]
    public async Task No_more_is_read_back_than_was_asked_for_but_one_piece_at_least(long asked, long most)
    {
        ScriptedSource disk = Disk();
        for (int i = 0; i < 40; i++)
        {
            disk.File($"/proj/small{i}.uasset", SplitMix.Bytes((ulong)i + 50, 1000));
        }

        (BackupResult result, _) = await BackupAsync(new MemoryBackend(), disk, asked);
        Assert.True(result.Proof!.Blobs >= 1);
        Assert.True(result.Proof.Blobs == 1 || result.Proof.Bytes <= most);
    }

    [Fact]
    public async Task Nothing_is_read_back_where_that_was_not_asked_for_and_in_a_dry_run()
    {
        Assert.Null((await BackupAsync(new MemoryBackend(), Disk(), proofBytes: 0)).Result.Proof);
        MemoryBackend storage = new();
        using (OpenRepository repository = await SmallRepository.CreateAsync(storage))
        {
        }

        Assert.Null((await BackupAsync(new DryRunBackend(storage), Disk(), change: static options => options with { DryRun = true })).Result.Proof);
    }

    [Fact]
    public async Task Data_that_the_storage_keeps_wrong_is_stored_again_and_said()
    {
        int wrong = 0;
        LyingBackend storage = new(new MemoryBackend())
        {
            // In the middle: chance decides which of the two files comes first in the pack.
            FlipsWhenStored = (file, length) => file.Type == FileType.Pack && length > 400_000 && wrong++ == 0 ? length / 2 * 8 : -1,
        };
        (BackupResult result, RecordedEvents events) = await BackupAsync(storage, Disk());
        Assert.Equal(2, wrong);
        Assert.Equal(1, result.Problems);
        Assert.Contains("stored once more", Assert.Single(events.Problems).Message, StringComparison.Ordinal);
        Assert.NotNull(result.Snapshot);

        using OpenRepository repository = await SmallRepository.OpenAsync(storage);
        DrillResult drill = await DrillOperation.RunAsync(
            await repository.LoadIndexAsync(CancellationToken.None), await repository.LoadSnapshotsAsync(CancellationToken.None),
            new DrillOptions { Folder = DiskPath.FromText(Path.GetTempPath()), Random = new Random(1), Host = "another" },
            new OperationCounters(), SilentEvents.Instance, CancellationToken.None);
        Assert.True(drill.IsProof);
    }

    [Theory]
    [InlineData(15_000)] // all data
    [InlineData(0)] // lists of folders too
    public async Task Storage_that_never_gives_back_what_it_got_gets_no_snapshot(int from)
    {
        LyingBackend storage = new(new MemoryBackend()) { FlipsWhenStored = (file, length) => file.Type == FileType.Pack && length > from ? 400 : -1 };
        RepositoryException error = await Assert.ThrowsAsync<RepositoryException>(() => BackupAsync(storage, Disk()));
        Assert.Equal(RepositoryErrorKind.Damaged, error.Kind);
        Assert.Contains("does not come back", error.Message, StringComparison.Ordinal);
        using OpenRepository repository = await SmallRepository.OpenAsync(storage);
        Assert.Empty((await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots);
    }

    [Fact]
    public async Task A_reading_that_is_garbled_once_spoils_nothing()
    {
        LyingBackend storage = new(new MemoryBackend()) { FlipsWhenRead = (file, number) => file.Type == FileType.Pack && number == 1 ? 400 : -1 };
        (BackupResult result, RecordedEvents events) = await BackupAsync(storage, Disk());
        Assert.True(result.IsComplete);
        Assert.Empty(events.Problems);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_disk_that_gives_other_bytes_the_second_time_is_named_unless_the_third_time_is_right(bool staysWrong)
    {
        ScriptedSource disk = Disk();
        int opened = 0;
        disk.AtPoint = (_, what) =>
        {
            // First the backup reads, then the proof, which asks once more where the two differ.
            if (what == $"open {Asset}" && ++opened >= 2)
            {
                disk.Write(Asset, opened == 2 || staysWrong ? [.. Content.AsSpan(0, 1000), 0x55, .. Content.AsSpan(1001)] : Content, keepModified: true, keepChanged: true);
            }
        };
        (BackupResult result, RecordedEvents events) = await BackupAsync(new MemoryBackend(), disk, change: static options => options with { Targets = [DiskPath.FromText(Asset)] });
        Assert.Equal(staysWrong ? 1 : 0, result.Problems);
        Assert.Equal(!staysWrong, events.Messages.Any(text => text.StartsWith($"read again: {Asset}", StringComparison.Ordinal)));
        Assert.True(events.Problems.All(problem => problem.Item == Asset && problem.Message.Contains("are not what was read and saved", StringComparison.Ordinal)));
        Assert.NotNull(result.Snapshot);
    }

    [Fact]
    public async Task A_file_that_changed_since_it_was_saved_is_not_compared()
    {
        ScriptedSource disk = Disk();
        disk.AtPoint = (_, what) =>
        {
            if (what == $"close {Asset}")
            {
                disk.Write(Asset, SplitMix.Bytes(9, 700_000));
            }
        };
        (BackupResult result, RecordedEvents events) = await BackupAsync(new MemoryBackend(), disk);
        Assert.True(result.IsComplete);
        Assert.Empty(events.Problems);
        Assert.Equal((2, 20_000), (result.Proof!.Files, result.Proof.ComparedBytes));
    }

    [Fact]
    public async Task What_was_read_and_given_up_is_not_proved()
    {
        ScriptedSource disk = Disk();
        disk.AtPoint = (_, what) =>
        {
            if (what.StartsWith($"read {Asset}", StringComparison.Ordinal))
            {
                disk.Write(Asset, [.. disk.ContentOf(Asset)!, 1]);
            }
        };
        (BackupResult result, _) = await BackupAsync(new MemoryBackend(), disk);
        Assert.Equal(1, result.Problems);
        Assert.Equal((1, 20_000), (result.Proof!.Files, result.Proof.ComparedBytes));
    }

    private static ScriptedSource Disk()
    {
        ScriptedSource disk = new();
        disk.Folder("/proj");
        disk.File(Asset, Content);
        disk.File("/proj/tree.uasset", SplitMix.Bytes(6, 20_000));
        return disk;
    }

    private static async Task<(BackupResult Result, RecordedEvents Events)> BackupAsync(
        IBackend storage, ScriptedSource disk, long proofBytes = 32 << 20, Func<BackupOptions, BackupOptions>? change = null)
    {
        bool isThere = await storage.FindLengthAsync(FileHandle.Config, CancellationToken.None) is not null;
        using OpenRepository repository = isThere ? await SmallRepository.OpenAsync(storage) : await SmallRepository.CreateAsync(storage);
        RecordedEvents events = new();
        HurriedTime time = new();
        BackupOptions options = new()
        {
            Targets = [DiskPath.FromText("/proj")],
            WorkingDirectory = DiskPath.FromText("/"),
            Host = "host",
            FileSystem = disk,
            ReadConcurrency = 1,
            ProofBytes = proofBytes,
            Random = new Random(1),
            Write = new WriteOptions { Time = time },
        };
        BackupResult result = await BackupOperation.RunAsync(
            repository, change?.Invoke(options) ?? options, new OperationCounters(), events, CancellationToken.None);
        return (result, events);
    }
}
