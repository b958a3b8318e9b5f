using System.Text;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Testing;

namespace Sots.Backup.Tests.Restoring;

/// <summary>What a restore gives back, and what it does with what is there already.</summary>
public sealed class RestoreTests : IDisposable
{
    private static readonly DateTime Old = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
    private readonly RestoreFixture _all = new();

    public void Dispose() => _all.Dispose();

    [Fact]
    public async Task Everything_comes_back_as_it_was()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        byte[] notUtf8 = [(byte)'n', 0xFF, 0xFE];
        new TreeOnDisk()
            .Directory("empty", mode: 0x140, modified: new DiskTime(-5_000_000_000, 999_999_999))
            .Directory("d/e/e/p", mode: 0xFFF, modified: new DiskTime(-1, 1))
            .File("d/plain.txt", "text", mode: 0, modified: new DiskTime(4_000_000_000, 1))
            .File("d/none", "")
            .File(notUtf8, "odd", mode: 0xFFF)
            .File("quote\"back\\slash\nnew", "odd")
            .File("large", SplitMix.Bytes(1, 5_000_000), attributes: [("user.one", [1, 2, 3]), ("user.none", [])])
            .File("d/part of large", SplitMix.Bytes(1, 4_000_000))
            .File("zeros", new byte[3_000_000])
            .Symlink("link", "d/../nowhere")
            .Symlink("link to link", "link", modified: new DiskTime(-10, 5))
            .HardLink("d/e/second name", "d/plain.txt")
            .HardLink("third name", "d/plain.txt")
            .Fifo("pipe", mode: 0x124)
            .WriteTo(_all.Source);
        Snapshot snapshot = await _all.BackUpAsync();

        RestoreResult first = await _all.RestoreAsync(snapshot, options => options with { Verify = true });
        Assert.Empty(_all.Events.Problems);
        Assert.Empty(TreeComparison.Differences(_all.Source, _all.Target));
        Assert.Equal((17, 12_000_010, 17, 12_000_010, 0), (first.TotalEntries, first.TotalBytes, first.EntriesRestored, first.BytesRestored, first.EntriesSkipped));
        Assert.Equal(9, first.FilesVerified);
        Assert.Equal((first.TotalEntries, first.BytesRestored), (_all.Counters.FilesDone, _all.Counters.BytesDone));

        // A second time everything is there, under every policy, and sparse files are the same files.
        foreach (OverwritePolicy policy in Enum.GetValues<OverwritePolicy>())
        {
            RestoreResult again = await _all.RestoreAsync(snapshot, options => options with { Overwrite = policy, Delete = true, Sparse = true });
            Assert.Equal((0, 12_000_010, 0, 0), (again.BytesRestored, again.BytesSkipped, again.TotalBytes, again.EntriesDeleted));
            Assert.Empty(TreeComparison.Differences(_all.Source, _all.Target));
        }

        Assert.Empty(_all.Events.Problems);
    }

    [Fact]
    public async Task Runs_of_zeros_take_no_room_where_that_is_asked_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        byte[] content = new byte[4_000_000];
        content[2_200_000] = 1;
        Directory.CreateDirectory(_all.Source);
        File.WriteAllBytes(Path.Combine(_all.Source, "f"), content);
        File.WriteAllBytes(Path.Combine(_all.Source, "zeros"), new byte[700_000]);
        Snapshot snapshot = await _all.BackUpAsync();

        await _all.RestoreAsync(snapshot, options => options with { Sparse = true });
        Assert.Equal(content, File.ReadAllBytes(Path.Combine(_all.Target, "f")));
        Assert.Equal(700_000, new FileInfo(Path.Combine(_all.Target, "zeros")).Length);
        using System.Diagnostics.Process du = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("du", ["-sk", _all.Target]) { RedirectStandardOutput = true })!;
        Assert.InRange(int.Parse(du.StandardOutput.ReadToEnd().Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture), 0, 100);
    }

    [Fact]
    public async Task Only_chunks_that_differ_are_fetched_and_written_in_place()
    {
        byte[] content = _all.WriteSource("f", 7, 8_000_000);
        Snapshot snapshot = await _all.BackUpAsync();
        await _all.RestoreAsync(snapshot);
        string file = Path.Combine(_all.Target, "f");
        FileStatus before = StatusOf(file);
        File.WriteAllBytes(file, [.. content.AsSpan(0, 4_000_000), 99, .. content.AsSpan(4_000_001), 1, 2, 3]);
        long inode = (long)StatusOf(file).Inode;

        RestoreResult result = await _all.RestoreAsync(snapshot);
        Assert.Equal(content, File.ReadAllBytes(file));
        Assert.Equal(ItemAction.Updated, _all.Events.Items.Last(item => item.Path == "/f").Action);
        Assert.Equal((inode, before.ModifiedTime), ((long)StatusOf(file).Inode, StatusOf(file).ModifiedTime));
        Assert.Equal((1, 8_000_000), (result.EntriesRestored, _all.Counters.BytesDone));
    }

    [Fact]
    public async Task A_file_of_the_right_size_and_time_is_read_by_the_default_policy_and_trusted_by_if_changed()
    {
        byte[] content = _all.WriteSource("f", 1, 100);
        Snapshot snapshot = await _all.BackUpAsync();
        await _all.RestoreAsync(snapshot);
        string file = Path.Combine(_all.Target, "f");
        DateTime time = File.GetLastWriteTimeUtc(Path.Combine(_all.Source, "f"));
        Scribble();

        RestoreResult trusted = await _all.RestoreAsync(snapshot, options => options with { Overwrite = OverwritePolicy.IfChanged });
        Assert.Equal((1, 100, 0), (trusted.EntriesSkipped, trusted.BytesSkipped, trusted.TotalEntries));
        Assert.NotEqual(content, File.ReadAllBytes(file));

        await _all.RestoreAsync(snapshot);
        Assert.Equal(content, File.ReadAllBytes(file));

        Scribble();
        File.SetLastWriteTimeUtc(file, Old);
        await _all.RestoreAsync(snapshot, options => options with { Overwrite = OverwritePolicy.IfChanged });
        Assert.Equal(content, File.ReadAllBytes(file));

        void Scribble()
        {
            File.WriteAllBytes(file, new byte[100]);
            File.SetLastWriteTimeUtc(file, time);
            if (OperatingSystem.IsLinux())
            {
                // To the nanosecond.
                using System.Diagnostics.Process touch = System.Diagnostics.Process.Start("touch", ["-r", Path.Combine(_all.Source, "f"), file]);
                touch.WaitForExit();
            }
        }
    }

    [Fact]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public async Task Metadata_of_an_equal_file_are_restored()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        new TreeOnDisk().File("f", "x", mode: 0x1A4, attributes: ("user.a", [1])).WriteTo(_all.Source);
        Snapshot snapshot = await _all.BackUpAsync();
        await _all.RestoreAsync(snapshot);
        foreach (OverwritePolicy policy in new[] { OverwritePolicy.Always, OverwritePolicy.IfChanged })
        {
            File.SetUnixFileMode(Path.Combine(_all.Target, "f"), UnixFileMode.UserRead);
            await _all.RestoreAsync(snapshot, options => options with { Overwrite = policy });
            Assert.Empty(TreeComparison.Differences(_all.Source, _all.Target));
        }
    }

    [Fact]
    public async Task Newer_and_existing_files_stay_where_the_policy_says_so()
    {
        byte[] content = _all.WriteSource("f", 1, 100);
        Snapshot snapshot = await _all.BackUpAsync();
        Directory.CreateDirectory(_all.Target);
        string file = Path.Combine(_all.Target, "f");
        File.WriteAllText(file, "mine");

        await _all.RestoreAsync(snapshot, options => options with { Overwrite = OverwritePolicy.Never });
        Assert.Equal("mine", File.ReadAllText(file));
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(1));
        await _all.RestoreAsync(snapshot, options => options with { Overwrite = OverwritePolicy.IfNewer });
        Assert.Equal("mine", File.ReadAllText(file));
        File.SetLastWriteTimeUtc(file, Old);
        await _all.RestoreAsync(snapshot, options => options with { Overwrite = OverwritePolicy.IfNewer });
        Assert.Equal(content, File.ReadAllBytes(file));
    }

    [Fact]
    public async Task A_further_name_of_a_file_that_was_left_alone_gets_the_snapshots_content()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        new TreeOnDisk().File("a", "from the snapshot").HardLink("b", "a").HardLink("c", "a").WriteTo(_all.Source);
        Snapshot snapshot = await _all.BackUpAsync();
        Directory.CreateDirectory(_all.Target);
        File.WriteAllText(Path.Combine(_all.Target, "a"), "mine");

        await _all.RestoreAsync(snapshot, options => options with { Overwrite = OverwritePolicy.Never });
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_all.Target, "a")));
        Assert.Equal("from the snapshot", File.ReadAllText(Path.Combine(_all.Target, "b")));
        Assert.Equal(StatusOf(Path.Combine(_all.Target, "b")).Inode, StatusOf(Path.Combine(_all.Target, "c")).Inode);
        Assert.Equal(2UL, StatusOf(Path.Combine(_all.Target, "c")).Links);
    }

    [Fact]
    public async Task A_file_with_other_names_is_replaced_and_not_written_to()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        byte[] content = _all.WriteSource("f", 3, 4_000_000);
        Snapshot snapshot = await _all.BackUpAsync();
        byte[] other = [.. content];
        other[^1] ^= 1;
        new TreeOnDisk().File("f", other).HardLink("not in the snapshot", "f").WriteTo(_all.Target);

        await _all.RestoreAsync(snapshot);
        Assert.Equal(content, File.ReadAllBytes(Path.Combine(_all.Target, "f")));
        Assert.Equal(other, File.ReadAllBytes(Path.Combine(_all.Target, "not in the snapshot")));
    }

    [Fact]
    public async Task What_is_of_another_kind_is_replaced_but_a_full_folder_only_when_deleting()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        new TreeOnDisk().File("file", "x").Directory("folder").Symlink("link", "nowhere").File("folder/in", "y").WriteTo(_all.Source);
        Snapshot snapshot = await _all.BackUpAsync();
        string outside = _all["outside"];
        Directory.CreateDirectory(outside);
        new TreeOnDisk().File("file/inner", "mine").Symlink("folder", outside).File("link/inner", "mine").WriteTo(_all.Target);

        RestoreResult result = await _all.RestoreAsync(snapshot);
        Assert.Equal(2, result.Problems);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_all.Target, "file", "inner")));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_all.Target, "link", "inner")));
        Assert.Equal("y", File.ReadAllText(Path.Combine(_all.Target, "folder", "in")));
        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Assert.Empty(_all.TemporaryFiles());

        Assert.Equal(0, (await _all.RestoreAsync(snapshot, options => options with { Delete = true })).Problems);
        Assert.Empty(TreeComparison.Differences(_all.Source, _all.Target));
    }

    [Fact]
    public async Task Read_only_files_are_restored_over()
    {
        byte[] content = _all.WriteSource("f", 3, 4_000_000);
        Snapshot snapshot = await _all.BackUpAsync();
        await _all.RestoreAsync(snapshot);
        string file = Path.Combine(_all.Target, "f");
        using (FileStream stream = File.OpenWrite(file))
        {
            stream.WriteByte(99);
        }

        File.SetAttributes(file, FileAttributes.ReadOnly);
        Assert.Equal(0, (await _all.RestoreAsync(snapshot)).Problems);
        Assert.Equal(content, File.ReadAllBytes(file));
        Assert.False(File.GetAttributes(file).HasFlag(FileAttributes.ReadOnly));
    }

    [Fact]
    public async Task Remains_of_restores_that_were_killed_are_cleared_away_and_nothing_else()
    {
        _all.WriteSource("sub/f", 3, 10);
        _all.WriteSource("keeps/.sots-0123456789abcdef.tmp", 4, 10);
        Snapshot snapshot = await _all.BackUpAsync();
        Directory.CreateDirectory(Path.Combine(_all.Target, "sub"));
        foreach (string name in new[] { ".sots-0123456789abcdef.tmp", ".sots-0123456789abcdeF.tmp", ".sots-1.tmp", "x.tmp" })
        {
            File.WriteAllText(Path.Combine(_all.Target, "sub", name), "");
        }

        await _all.RestoreAsync(snapshot);
        await _all.RestoreAsync(snapshot);
        Assert.Equal(
            [".sots-0123456789abcdeF.tmp", ".sots-1.tmp", "f", "x.tmp"],
            Directory.GetFiles(Path.Combine(_all.Target, "sub")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.True(File.Exists(Path.Combine(_all.Target, "keeps", ".sots-0123456789abcdef.tmp")));
    }

    [Fact]
    public async Task A_dry_run_changes_nothing_and_counts_the_same()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        new TreeOnDisk()
            .File("same", "x").File("changed", SplitMix.Bytes(1, 3_000_000)).File("new/file", "y").Symlink("link", "x").HardLink("hard", "same")
            .Directory("closed", mode: 0x1C0).File("closed/in", "z")
            .WriteTo(_all.Source);
        Snapshot snapshot = await _all.BackUpAsync();

        RestoreResult empty = await _all.RestoreAsync(snapshot, options => options with { DryRun = true, Verify = true });
        Assert.False(Directory.Exists(_all.Target));
        Assert.Equal((8, 0), (empty.EntriesRestored, empty.Problems));

        new TreeOnDisk()
            .File("same", "x", mode: 0x100).File("changed", SplitMix.Bytes(1, 2_999_999)).File("surplus/file", "y").File("closed", "no folder")
            .HardLink("outside", "changed").Directory("new", mode: 0x140)
            .WriteTo(_all.Target);
        string copy = _all["copy"];
        using (System.Diagnostics.Process cp = System.Diagnostics.Process.Start("cp", ["-a", _all.Target, copy]))
        {
            await cp.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        RestoreResult rehearsed = await _all.RestoreAsync(snapshot, options => options with { DryRun = true, Delete = true });
        Assert.Empty(TreeComparison.Differences(copy, _all.Target, withRoots: true));
        RestoreResult done = await _all.RestoreAsync(snapshot, options => options with { Delete = true });
        Assert.Equal(rehearsed, done);
        Assert.Equal(3, done.EntriesDeleted);
        Assert.Empty(TreeComparison.Differences(_all.Source, _all.Target));
    }

    [Fact]
    public async Task A_flipped_byte_is_noticed_when_verifying()
    {
        _all.WriteSource("good", 1, 100);
        _all.WriteSource("bad", 2, 100);
        Snapshot snapshot = await _all.BackUpAsync();
        string bad = Path.Combine(_all.Target, "bad");
        int left = 2;
        _all.Events.OnItem = item =>
        {
            // Flipped behind the restore's back once both files are written.
            if (item is { Action: ItemAction.Restored, IsDirectory: false } && Interlocked.Decrement(ref left) == 0)
            {
                byte[] content = File.ReadAllBytes(bad);
                content[50] ^= 1;
                File.WriteAllBytes(bad, content);
            }
        };

        RestoreResult result = await _all.RestoreAsync(snapshot, options => options with { Verify = true });
        Assert.Equal((1, 1), (result.FilesVerified, result.Problems));
        Assert.Equal(("verify", "/bad"), _all.Events.Problems.Select(problem => (problem.During, problem.Item)).Single());
    }

    [Fact]
    public async Task A_cancelled_restore_leaves_no_temporary_files_and_can_be_completed()
    {
        for (int i = 0; i < 8; i++)
        {
            _all.WriteSource($"large{i}", (ulong)i, 1_000_000);
        }

        Snapshot snapshot = await _all.BackUpAsync();
        using CancellationTokenSource cancel = new();
        _all.Events.OnItem = _ => cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _all.RestoreAsync(snapshot, cancellationToken: cancel.Token));
        Assert.Empty(_all.TemporaryFiles());
        Assert.InRange(Directory.GetFiles(_all.Target).Length, 1, 7);
        Assert.Equal(Directory.GetFiles(_all.Target).Length, _all.Counters.FilesDone);

        _all.Events.OnItem = null;
        Assert.Equal(0, (await _all.RestoreAsync(snapshot)).Problems);
        Assert.Empty(TreeComparison.Differences(_all.Source, _all.Target));
    }

    private static FileStatus StatusOf(string path) => SourceFileSystem.Current.GetStatus(DiskPath.FromText(path), followLinks: false);
}
