using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Cli.Tests;

/// <summary>The lines that programs which drive restic look for.</summary>
public sealed class TextReporterTests : IDisposable
{
    private static readonly ContentId Id = ContentId.Parse("40dc1520789abcdef0123456789abcdef0123456789abcdef0123456789abcde");
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _out.Dispose();
        _error.Dispose();
    }

    private TextReporter Reporter(int verbosity = 1) => new(_out, _error, new UtcClock(), verbosity, null, null);

    [Fact]
    public void Backup_summary()
    {
        SnapshotSummary summary = new()
        {
            FilesNew = 5307, DirsNew = 1867, DataBlobs = 100, TreeBlobs = 20, DataAdded = 1288490188, DataAddedPacked = 1184337232,
            TotalFilesProcessed = 5307, TotalBytesProcessed = 1846835937,
        };
        BackupResult result = new(new SnapshotId(Id), summary, null, 0);
        Reporter().BackupSummary(result, dryRun: false, TimeSpan.FromSeconds(12.9));
        Assert.Equal(
            """

            Files:        5307 new,     0 changed,     0 unmodified
            Dirs:         1867 new,     0 changed,     0 unmodified
            Added to the repository: 1.200 GiB (1.103 GiB stored)

            processed 5307 files, 1.720 GiB in 0:12
            snapshot 40dc1520 saved

            """, _out.ToString());
        Reporter(2).BackupSummary(result with { Snapshot = null }, dryRun: false, TimeSpan.Zero);
        Assert.Contains("\nData Blobs:    100 new\nTree Blobs:     20 new\n", _out.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\nskipped creating snapshot\n", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_says_would_and_no_snapshot()
    {
        Reporter().BackupSummary(new BackupResult(null, new SnapshotSummary(), null, 0), dryRun: true, TimeSpan.Zero);
        Assert.EndsWith("Would add to the repository: 0 B   (0 B   stored)\n\nprocessed 0 files, 0 B in 0:00\n", _out.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, 4, 0, 0, "Summary: Restored 4 files/dirs (2.861 MiB) in 0:00\n")]
    [InlineData(3, 4, 1, 2, "Summary: Restored 3 / 4 files/dirs (2.861 MiB / 2.861 MiB) in 0:00, skipped 1 files/dirs 5 B, deleted 2 files/dirs\n")]
    public void Restore_summary(long restored, long total, long skipped, long deleted, string line)
    {
        Reporter().RestoreSummary(new RestoreResult(total, 3_000_000, restored, 3_000_000, skipped, 5 * skipped, deleted, 0, 0), TimeSpan.Zero);
        Assert.Equal(line, _out.ToString());
    }

    [Fact]
    public void Items_are_shown_only_when_much_is_asked_for()
    {
        ItemEvent file = new(ItemAction.New, "/a/f", TimeSpan.FromSeconds(0.007), 22, 22, 104, IsDirectory: false);
        Assert.False(Reporter(2).WantsItems);
        TextReporter reporter = Reporter(3);
        reporter.Item(file);
        reporter.Item(new ItemEvent(ItemAction.Modified, "/a/", TimeSpan.FromSeconds(0.01), 0, 378, 291, IsDirectory: true));
        reporter.Item(file with { Action = ItemAction.Unchanged });
        Assert.Equal(
            """
            new       /a/f, saved in 0.007s (22 B added, 104 B stored)
            modified  /a/, saved in 0.010s (0 B added, 0 B stored, 291 B metadata)
            unchanged /a/f

            """, _out.ToString());
    }

    [Fact]
    public void The_table_of_snapshots_is_that_of_restic()
    {
        SavedSnapshot one = Saved(["t1"], ["/tmp/rr/src"], 6);
        SavedSnapshot two = Saved(["a", "b", "ccc"], ["/tmp/rr/src", "/tmp/rr/src/d"], 3_000_000);
        Reporter().Snapshots([new SnapshotGroup(null, [one, two, one])], compact: false);
        Assert.Equal(
            """
            ID        Time                 Host        Tags        Paths          Size
            -------------------------------------------------------------------------------
            40dc1520  2026-11-18 11:06:40  vm          t1          /tmp/rr/src    6 B

            40dc1520  2026-11-18 11:06:40  vm          a,b,ccc     /tmp/rr/src    2.861 MiB
                                                                   /tmp/rr/src/d

            40dc1520  2026-11-18 11:06:40  vm          t1          /tmp/rr/src    6 B
            -------------------------------------------------------------------------------
            Timestamps shown in local time
            3 snapshots

            """, _out.ToString());
    }

    [Fact]
    public void The_compact_table_and_group_headings_are_those_of_restic()
    {
        SnapshotGroupKey key = new("vm", ["/tmp/rr/src", "/x"], null);
        Reporter().Snapshots([new SnapshotGroup(key, [Saved(["t1"], ["/tmp/rr/src"], 6)])], compact: true);
        Assert.Equal(
            """
            snapshots for (host [vm], paths [/tmp/rr/src, /x]):
            ID        Time                 Host  Tags    Size
            -------------------------------------------------
            40dc1520  2026-11-18 11:06:40  vm    t1      6 B
            -------------------------------------------------
            Timestamps shown in local time
            1 snapshots

            """, _out.ToString());
    }

    [Fact]
    public void Of_a_snapshot_with_a_million_tags_and_paths_a_thousand_are_shown_and_the_rest_counted()
    {
        string[] many = [.. Enumerable.Range(0, 1_000_000).Select(static i => $"{i}")];
        SavedSnapshot saved = Saved(many, many, 6);
        SnapshotGroupKey key = new("vm", many, many);
        foreach (bool compact in (bool[])[true, false])
        {
            _out.GetStringBuilder().Clear();
            Reporter().Snapshots([new SnapshotGroup(key, [saved])], compact);
            string text = _out.ToString();
            Assert.Contains("tags [0, 1, 2, ", text, StringComparison.Ordinal);
            Assert.Contains("998, 999, and 999000 more]", text, StringComparison.Ordinal);
            Assert.DoesNotContain("1000", text, StringComparison.Ordinal);
            Assert.InRange(text.Length, 10_000, 20_000_000);
        }
    }

    [Fact]
    public void Quiet_keeps_problems_and_drops_the_rest()
    {
        TextReporter reporter = Reporter(0);
        reporter.Message("x");
        reporter.Initialized(Id.ToString(), "/r");
        reporter.BackupSummary(new BackupResult(null, new SnapshotSummary(), null, 0), dryRun: false, TimeSpan.Zero);
        reporter.Problem(new ProblemEvent("archival", "/a\u001b", "open: permission denied"));
        Assert.Empty(_out.ToString());
        Assert.Equal("error: /a\\x1b: open: permission denied\n", _error.ToString());
    }

    [Fact]
    public void A_message_comes_out_above_the_live_display()
    {
        StringWriter screen = new();
        TextReporter reporter = new(screen, screen, new UtcClock(), 1, new TerminalScreen(screen, () => 80, Color: false), null);
        ProgressView view = new(new TerminalScreen(screen, () => 80, Color: false));
        view.Draw(["total"]);
        reporter.Message("line");
        Assert.EndsWith("line\n", screen.ToString(), StringComparison.Ordinal);
    }

    private static SavedSnapshot Saved(string[] tags, string[] paths, ulong bytes) => new(new SnapshotId(Id), new Snapshot
    {
        Time = new NodeTime(1_795_000_000, 0, 0), Tree = new TreeId(Id), Hostname = "vm", Tags = tags, Paths = paths,
        Summary = new SnapshotSummary { TotalBytesProcessed = bytes },
    });

    private sealed class UtcClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    }
}
