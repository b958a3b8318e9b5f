using System.Text.Json;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Maintenance;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Cli.Tests;

/// <summary>The lines themselves. They are a contract with programs that drive restic: a changed name or omission breaks them.</summary>
public sealed class JsonMessageTests : IDisposable
{
    private static readonly ContentId Id = ContentId.Parse("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    private static readonly NodeTime Time = new(1_795_000_000, 123_456_789, 60);
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _out.Dispose();
        _error.Dispose();
    }

    private JsonReporter Reporter(int verbosity = 1) => new(_out, _error, TimeProvider.System, verbosity, TimeSpan.FromHours(1));

    [Fact]
    public void Backup_summary()
    {
        SnapshotSummary summary = new() { BackupStart = Time, BackupEnd = Time, FilesNew = 2, DataBlobs = 3, DataAdded = 1400, DataAddedPacked = 1118, TotalFilesProcessed = 2, TotalBytesProcessed = 6 };
        Reporter().BackupSummary(new BackupResult(new SnapshotId(Id), summary, null, 0), dryRun: false, TimeSpan.FromSeconds(1.5));
        Assert.Equal(
            """{"message_type":"summary","files_new":2,"files_changed":0,"files_unmodified":0,"dirs_new":0,"dirs_changed":0,"dirs_unmodified":0,"data_blobs":3,"tree_blobs":0,"data_added":1400,"data_added_packed":1118,"total_files_processed":2,"total_bytes_processed":6,"total_duration":1.5,"backup_start":"2026-11-18T12:06:40.123456789+01:00","backup_end":"2026-11-18T12:06:40.123456789+01:00","snapshot_id":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}""" + "\n",
            _out.ToString());
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public void Backup_summary_without_a_snapshot_has_no_id_and_a_dry_run_says_so()
    {
        Reporter().BackupSummary(new BackupResult(null, new SnapshotSummary(), null, 0), dryRun: true, TimeSpan.Zero);
        Assert.EndsWith(",\"dry_run\":true}\n", _out.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("snapshot_id", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_status_omits_what_is_zero_but_the_percentage()
    {
        OperationCounters counters = new();
        await Reporter().Track(ProgressKind.Backup, counters).DisposeAsync();
        Assert.Equal("""{"message_type":"status","percent_done":0}""" + "\n", _out.ToString());
        counters.TotalFiles = 4;
        counters.TotalBytes = 100;
        counters.FilesDone = 1;
        counters.BytesDone = 25;
        counters.Errors = 1;
        counters.TotalsKnown = 1;
        counters.Begin("/a/b");
        await Reporter().Track(ProgressKind.Backup, counters).DisposeAsync();
        Assert.EndsWith(
            """{"message_type":"status","percent_done":0.25,"total_files":4,"files_done":1,"total_bytes":100,"bytes_done":25,"error_count":1,"current_files":["/a/b"]}""" + "\n",
            _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Backup_items_omit_nothing()
    {
        Reporter(3).Item(new ItemEvent(ItemAction.New, "/a/f", TimeSpan.FromSeconds(0.5), 7, 7, 40, IsDirectory: false));
        Reporter(3).Item(new ItemEvent(ItemAction.Modified, "/a/", TimeSpan.Zero, 0, 300, 200, IsDirectory: true));
        Assert.Equal(
            """
            {"message_type":"verbose_status","action":"new","item":"/a/f","duration":0.5,"data_size":7,"data_size_in_repo":40,"metadata_size":0,"metadata_size_in_repo":0,"total_files":0}
            {"message_type":"verbose_status","action":"modified","item":"/a/","duration":0,"data_size":0,"data_size_in_repo":0,"metadata_size":300,"metadata_size_in_repo":200,"total_files":0}

            """, _out.ToString());
    }

    [Fact]
    public async Task Restore_status_items_and_summary()
    {
        JsonReporter reporter = Reporter(3);
        await reporter.Track(ProgressKind.Restore, new OperationCounters()).DisposeAsync();
        reporter.Item(new ItemEvent(ItemAction.Unchanged, "/a", TimeSpan.Zero, 5, 0, 0, false));
        reporter.RestoreSummary(new RestoreResult(4, 8, 4, 8, 0, 0, 0, 0, 0), TimeSpan.FromSeconds(0.4));
        Assert.Equal(
            """
            {"message_type":"status","percent_done":0}
            {"message_type":"verbose_status","action":"unchanged","item":"/a","size":5}
            {"message_type":"summary","total_files":4,"files_restored":4,"total_bytes":8,"bytes_restored":8}

            """, _out.ToString());
    }

    [Fact]
    public void Problems_go_to_the_error_stream()
    {
        Reporter().Problem(new ProblemEvent("archival", "/a/f", "open /a/f: permission denied"));
        Reporter().Problem(new ProblemEvent("check", "", "pack is damaged"));
        Assert.Equal(
            """
            {"message_type":"error","error":{"message":"open /a/f: permission denied"},"during":"archival","item":"/a/f"}
            {"message_type":"error","message":"pack is damaged"}

            """, _error.ToString());
        Assert.Empty(_out.ToString());
    }

    [Fact]
    public void Check_summary_has_null_where_no_pack_is_broken()
    {
        Reporter().CheckSummary(new CheckReport(0, 0, [], false, false));
        Reporter().CheckSummary(new CheckReport(2, 0, [new PackId(Id)], true, true));
        Assert.Equal(
            """
            {"message_type":"summary","num_errors":0,"broken_packs":null,"suggest_repair_index":false,"suggest_prune":false}
            {"message_type":"summary","num_errors":2,"broken_packs":["0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"],"suggest_repair_index":true,"suggest_prune":true}

            """, _out.ToString());
    }

    [Fact]
    public void A_bare_snapshot_omits_all_that_it_does_not_have()
    {
        SavedSnapshot bare = new(new SnapshotId(Id), new Snapshot { Time = Time, Tree = new TreeId(Id), Paths = ["/a"] });
        Reporter().Snapshots([new SnapshotGroup(null, [bare])], compact: false);
        Assert.Equal($$"""[{"time":"2026-11-18T12:06:40.123456789+01:00","tree":"{{Id}}","paths":["/a"],"id":"{{Id}}","short_id":"01234567"}]""" + "\n", _out.ToString());
    }

    [Fact]
    public void A_full_snapshot_has_the_fields_of_restic_in_its_order()
    {
        SavedSnapshot full = new(new SnapshotId(Id), new Snapshot
        {
            Time = Time, Parent = new SnapshotId(Id), Tree = new TreeId(Id), Paths = ["/a"], Hostname = "h", Username = "u", UserId = 1, GroupId = 2,
            Excludes = ["*.tmp"], Tags = ["t"], Original = new SnapshotId(Id), ProgramVersion = "p", Summary = new SnapshotSummary(),
        });
        Reporter().Snapshots([new SnapshotGroup(null, [full])], compact: false);
        using JsonDocument document = JsonDocument.Parse(_out.ToString());
        Assert.Equal(
            ["time", "parent", "tree", "paths", "hostname", "username", "uid", "gid", "excludes", "tags", "original", "program_version", "summary", "id", "short_id"],
            document.RootElement[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            ["backup_start", "backup_end", "files_new", "files_changed", "files_unmodified", "dirs_new", "dirs_changed", "dirs_unmodified", "data_blobs", "tree_blobs", "data_added", "data_added_packed", "total_files_processed", "total_bytes_processed"],
            document.RootElement[0].GetProperty("summary").EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public void No_snapshots_are_an_empty_array()
    {
        Reporter().Snapshots([new SnapshotGroup(null, [])], compact: false);
        Assert.Equal("[]\n", _out.ToString());
    }

    [Fact]
    public void Grouped_snapshots_have_null_for_what_was_not_grouped_by()
    {
        SavedSnapshot saved = new(new SnapshotId(Id), new Snapshot { Time = Time, Tree = new TreeId(Id), Paths = ["/a"], Hostname = "h" });
        Reporter().Snapshots([new SnapshotGroup(new SnapshotGroupKey("h", null, null), [saved])], compact: false);
        Assert.StartsWith("""[{"group_key":{"hostname":"h","paths":null,"tags":null},"snapshots":[{"time":""", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Listed_nodes_have_the_fields_of_restic()
    {
        Node file = new() { Name = [.. "ü"u8], Type = NodeType.File, Mode = 0x1A4, ModifiedTime = Time, AccessTime = Time, ChangeTime = Time, UserId = 1, GroupId = 2, Inode = 9 };
        Node folder = new() { Name = [.. "d"u8], Type = NodeType.Directory, Mode = NodeMode.Directory | 0x1ED, ModifiedTime = Time, AccessTime = Time, ChangeTime = Time };
        Reporter().ListingEntry("/ü", file, default);
        Reporter().ListingEntry("/d", folder, default);
        const string time = "2026-11-18T12:06:40.123456789+01:00";
        Assert.Equal(
            $$"""
            {"name":"ü","type":"file","path":"/ü","uid":1,"gid":2,"size":0,"mode":420,"permissions":"-rw-r--r--","mtime":"{{time}}","atime":"{{time}}","ctime":"{{time}}","inode":9,"message_type":"node","struct_type":"node"}
            {"name":"d","type":"dir","path":"/d","uid":0,"gid":0,"mode":2147484141,"permissions":"drwxr-xr-x","mtime":"{{time}}","atime":"{{time}}","ctime":"{{time}}","message_type":"node","struct_type":"node"}

            """, _out.ToString());
    }

    [Fact]
    public void Small_messages()
    {
        Reporter().Initialized(Id.ToString(), "/r");
        Reporter().Message("not for programs");
        Reporter().Detail("not for programs");
        Reporter().Failure("Fatal: wrong password or no key found", 12);
        Assert.Equal($$"""{"message_type":"initialized","id":"{{Id}}","repository":"/r"}""" + "\n", _out.ToString());
        Assert.Equal("""{"message_type":"exit_error","code":12,"message":"Fatal: wrong password or no key found"}""" + "\n", _error.ToString());
    }
}
