using System.Text;
using Sots.Restic.Snapshots;
using Sots.Restic.Tests.Repofiles;
using Sots.Restic.Trees;

namespace Sots.Restic.Tests.Snapshots;

public class SnapshotCodecTests
{
    private const string Id = "ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8";

    private const string Full =
        "{\"time\":\"2024-02-29T23:59:59.5+01:00\",\"parent\":\"" + Id + "\",\"tree\":\"" + Id + "\","
        + """
        "paths":["C:\\UE5\\SOTS","/srv/\u003cx\u003e"],"hostname":"höst","username":"DOMAIN\\me","uid":1000,"gid":100,"excludes":["*.tmp"],
        """
        + "\"tags\":[\"full\",\"full\"],\"original\":\"" + Id + "\","
        + """
        "program_version":"restic 0.19.1","summary":{"backup_start":"2024-02-29T23:59:59.5+01:00","backup_end":"2024-03-01T00:00:00+01:00",
        """
        + """
        "files_new":1,"files_changed":2,"files_unmodified":3,"dirs_new":4,"dirs_changed":5,"dirs_unmodified":6,"data_blobs":7,
        """
        + """
        "tree_blobs":8,"data_added":9,"data_added_packed":10,"total_files_processed":11,"total_bytes_processed":18446744073709551615},
        """
        + """
        "label":"x","delete":{"a":[1, 2]}}
        """;

    public static TheoryData<string> Repositories => [.. GoldenJson.Repositories];

    [Theory]
    [MemberData(nameof(Repositories))]
    public void Every_snapshot_of_restic_is_written_again_byte_for_byte(string repository) =>
        Assert.All(
            GoldenJson.Of(repository, "raw snapshot json"),
            pair => Assert.Equal(Encoding.UTF8.GetString(pair.Value), Text(SnapshotCodec.Read(pair.Value, pair.Key))));

    [Fact]
    public void All_members_are_kept_unknown_ones_too() => Assert.Equal(Full, Text(Read(Full)));

    [Fact]
    public void Empty_members_are_left_out()
    {
        Snapshot least = new() { Time = new NodeTime(1_706_702_400, 0, 0), Tree = TreeCodec.EmptyTree };
        Assert.Equal("{\"time\":\"2024-01-31T12:00:00Z\",\"tree\":\"" + Id + "\",\"paths\":null}", Text(least));
        Assert.Equal(
            "{\"time\":\"2024-01-31T12:00:00Z\",\"tree\":\"" + Id + "\",\"paths\":[]}",
            Text(least with { Paths = [], Summary = null, Excludes = [], Tags = [] }));
        Assert.Null(Read(Text(least)).Paths);
    }

    [Fact]
    public void Summary_members_that_are_missing_are_zero_and_unknown_ones_are_kept()
    {
        Snapshot read = Read("{\"time\":\"2024-01-31T12:00:00Z\",\"tree\":\"" + Id + "\",\"paths\":null,\"summary\":{\"command\":\"x\",\"files_new\":3}}");
        Assert.Equal(3UL, read.Summary!.FilesNew);
        Assert.Equal(NodeTime.None, read.Summary.BackupStart);
        Assert.EndsWith(",\"total_bytes_processed\":0,\"command\":\"x\"}}", Text(read), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"packs":[]}""")]
    [InlineData("""{"version":2,"id":"00","chunker_polynomial":"276199fa28ac11"}""")]
    [InlineData("""{"time":"2024-01-31T12:00:00Z","exclusive":false,"hostname":"h","username":"u","pid":1}""")]
    [InlineData("""{"time":"2024-01-31T12:00:00Z","tree":null,"paths":null}""")]
    [InlineData("""{"time":"2024-01-31T12:00:00Z","tree":"","paths":null}""")]
    [InlineData("{\"time\":null,\"tree\":\"" + Id + "\"}")]
    [InlineData("{\"time\":\"2024-01-32T12:00:00Z\",\"tree\":\"" + Id + "\"}")]
    [InlineData("{\"time\":1706702400,\"tree\":\"" + Id + "\"}")]
    [InlineData("{\"time\":\"2024-01-31T12:00:00Z\",\"tree\":\"" + Id + "\",\"tree\":\"" + Id + "\"}")]
    [InlineData("{\"time\":\"2024-01-31T12:00:00Z\",\"tree\":\"" + Id + "\",\"x\":1,\"x\":1}")]
    [InlineData("{\"time\":\"2024-01-31T12:00:00Z\",\"tree\":\"" + Id + "\",\"paths\":\"/\"}")]
    [InlineData("{\"time\":\"2024-01-31T12:00:00Z\",\"tree\":\"" + Id + "\",\"paths\":[null]}")]
    [InlineData("{\"time\":\"2024-01-31T12:00:00Z\",\"tree\":\"" + Id + "\",\"uid\":-1}")]
    [InlineData("{\"time\":\"2024-01-31T12:00:00Z\",\"tree\":\"" + Id + "\",\"uid\":4294967296}")]
    [InlineData("{\"time\":\"2024-01-31T12:00:00Z\",\"tree\":\"" + Id + "\",\"parent\":\"abc\"}")]
    [InlineData("{\"time\":\"2024-01-31T12:00:00Z\",\"tree\":\"" + Id + "\",\"summary\":[]}")]
    [InlineData("{\"time\":\"2024-01-31T12:00:00Z\",\"tree\":\"" + Id + "\"}{}")]
    [InlineData("{\"time\":\"2024-01-31T12:00:00Z\",\"tree\":\"" + Id + "\",}")]
    public void Anything_else_is_not_a_snapshot(string json)
    {
        RepositoryException refusal = Assert.Throws<RepositoryException>(() => Read(json));
        Assert.Equal(RepositoryErrorKind.Damaged, refusal.Kind);
        Assert.StartsWith("snapshots/abc is not a snapshot: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_of_more_than_16_MiB_is_refused()
    {
        string json = "{\"time\":\"2024-01-31T12:00:00Z\",\"tree\":\"" + Id + "\"}";
        string longest = json + new string(' ', SnapshotCodec.MaxLength - json.Length);
        Assert.Equal(TreeCodec.EmptyTree, Read(longest).Tree);
        Assert.Equal(RepositoryErrorKind.LimitExceeded, Assert.Throws<RepositoryException>(() => Read(longest + " ")).Kind);
    }

    [Fact]
    public void A_snapshot_of_more_than_a_million_paths_excludes_and_tags_is_refused()
    {
        Snapshot most = Read(WithTexts(1, 399_999, 600_000));
        Assert.Equal((1, 399_999, 600_000), (most.Paths!.Count, most.Excludes.Count, most.Tags.Count));
        foreach (string json in (string[])[WithTexts(2, 399_999, 600_000), WithTexts(1, 400_000, 600_000), WithTexts(1, 399_999, 600_001)])
        {
            RepositoryException refusal = Assert.Throws<RepositoryException>(() => Read(json));
            Assert.Equal(RepositoryErrorKind.LimitExceeded, refusal.Kind);
            Assert.Equal("snapshots/abc has more than 1000000 paths, excludes and tags", refusal.Message);
        }

        static string WithTexts(int paths, int excludes, int tags) =>
            $$"""{"time":"2024-01-31T12:00:00Z","tree":"{{Id}}","paths":[{{Texts(paths)}}],"excludes":[{{Texts(excludes)}}],"tags":[{{Texts(tags)}}]}""";
        static string Texts(int count) => string.Join(',', Enumerable.Repeat("\"a\"", count));
    }

    [Fact]
    public void A_snapshot_of_more_than_ten_thousand_unknown_members_is_refused_wherever_they_are()
    {
        Assert.Equal(10_000, Read(With(10_000, 0)).UnknownMembers.Count);
        Assert.Equal(10_000, Read(With(0, 10_000)).Summary!.UnknownMembers.Count);
        Assert.All((string[])[With(10_001, 0), With(0, 10_001)], json =>
            Assert.Equal(RepositoryErrorKind.LimitExceeded, Assert.Throws<RepositoryException>(() => Read(json)).Kind));

        static string With(int members, int counts) =>
            $$"""{"time":"2024-01-31T12:00:00Z","tree":"{{Id}}"{{Unknown(members)}},"summary":{"files_new":1{{Unknown(counts)}} } }""";
        static string Unknown(int count) => string.Concat(Enumerable.Range(0, count).Select(static i => $",\"x{i}\":0"));
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        string json = "{\"time\":\"2024-01-31T12:00:00Z\",\"tree\":\"" + Id + "\",\"x\":";
        Assert.Single(Read(json + new string('[', 62) + new string(']', 62) + "}").UnknownMembers);
        Assert.Throws<RepositoryException>(() => Read(json + new string('[', 1_000_000)));
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        HostileJson.Every_truncation_is_refused(Encoding.UTF8.GetBytes(Full), json => SnapshotCodec.Read(json, "snapshots/abc"));

    [Fact]
    public void Damaged_bytes_never_give_another_exception() => Assert.NotEqual(
        0, HostileJson.Mutations_give_no_other_exception(Encoding.UTF8.GetBytes(Full), 2, 10_000, json => Rewrite(SnapshotCodec.Read(json, "x"))));

    /// <summary>What was read can be written, and reads as the same.</summary>
    private static void Rewrite(Snapshot snapshot)
    {
        byte[] json = SnapshotCodec.Write(snapshot);
        Assert.Equal(json, SnapshotCodec.Write(SnapshotCodec.Read(json, "again")));
    }

    private static string Text(Snapshot snapshot) => Encoding.UTF8.GetString(SnapshotCodec.Write(snapshot));

    private static Snapshot Read(string json) => SnapshotCodec.Read(Encoding.UTF8.GetBytes(json), "snapshots/abc");
}
