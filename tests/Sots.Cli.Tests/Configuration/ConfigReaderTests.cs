using System.Buffers;
using System.Text;
using System.Text.Json;
using Sots.Backup.Retention;
using Sots.Cli.Configuration;
using Sots.Restic.Writing;

namespace Sots.Cli.Tests.Configuration;

/// <summary>What a config may say, and what is said of one that is wrong.</summary>
public sealed class ConfigReaderTests
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(Path.GetTempPath(), "Game"));

    [Fact]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_allowed()
    {
        ConfigValues values = Right("""
            ﻿// first
            {
              /* a
                 comment */ "$schema": "x.json",
              "tags": ["a", "b",], // of two
              "logs": { "keep_runs": 7, },
              "compression": "max",
            } // last
            """);
        Assert.Equal(["a", "b"], values.Get(ConfigKeys.Tags).Value);
        Assert.Equal(new Setting<int>(7, "c.json:6"), values.Get(ConfigKeys.LogRuns));
        Assert.Equal(new Setting<CompressionMode>(CompressionMode.Max, "c.json:7"), values.Get(ConfigKeys.Compression));
        Assert.Equal(Setting.Default(2), values.Get(ConfigKeys.ReadConcurrency));
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once_with_its_line()
    {
        IReadOnlyList<ConfigComplaint> complaints = Wrong("""
            {
              "compresion": "auto",
              "pack_size": "3M",
              "read_concurrency": "many",
              "retention": {
                "keep_lst": 3,
                "keep_within": "2w",
                "compression": "off"
              },
              "low_priority": 1,
              "logs": [],
              "tags": ["a", 3, ""],
              "keep_daily": 4,
              "low_priority": true,
              "xyzzy": { "deep": [1, 2, { "a": null }] },
              "compression": "of"
            }
            """);
        Assert.Equal(
        [
            (2, "unknown key \"compresion\"; did you mean \"compression\"?"),
            (3, "pack_size must be a size such as 64M or 2G, from 4M to 128M, found \"3M\""),
            (4, "read_concurrency must be a whole number from 1 to 64, found \"many\""),
            (6, "unknown key \"keep_lst\" in retention; did you mean \"keep_last\"?"),
            (7, "retention.keep_within must be a time such as 14d, 6m or 1y6m (hours h, days d, months m, years y), found \"2w\""),
            (8, "unknown key \"compression\" in retention; did you mean compression outside of it?"),
            (10, "low_priority must be true or false, found 1"),
            (11, "logs must be an object with keys of its own, { ... }, found a list"),
            (12, "tags must be a tag without comma or blanks around it, found 3"),
            (12, "tags must be a tag without comma or blanks around it, found \"\""),
            (13, "unknown key \"keep_daily\"; did you mean keep_daily in retention?"),
            (14, "low_priority is there twice: it stands in line 10 already"),
            (15, "unknown key \"xyzzy\""),
            (16, "compression must be auto, off, fastest, better or max, found \"of\"; did you mean \"off\"?"),
        ], complaints.Select(complaint => (complaint.Line, complaint.Text)));
    }

    [Theory]
    [InlineData("", 1, "it is empty")]
    [InlineData(" \n\t", 1, "it is empty")]
    [InlineData("[]", 1, "it must be an object")]
    [InlineData("null", 1, "it must be an object")]
    [InlineData("{", 1, "it is no JSON")]
    [InlineData("{\n\"tags\": [\n", 3, "it is no JSON")]
    [InlineData("{}\n}", 2, "it is no JSON")]
    [InlineData("// only a comment", 1, "it is no JSON")]
    [InlineData("{\n  \"tags\" [] }", 2, "it is no JSON")]
    [InlineData("{\n\"backup_root\": \"C:\\UE5\"\n}", 2, "a backslash is written twice")]
    [InlineData("{\n\"backup_root\": \"C:\\new\"\n}", 2, "a backslash is written twice")]
    [InlineData("{ \"backup_root\": \"\" }", 1, "backup_root is empty")]
    [InlineData("{ \"backup_root\": null }", 1, "backup_root must be a path, found null")]
    [InlineData("{ \"tags\": \"nightly\" }", 1, "tags must be a list, each of it a tag")]
    [InlineData("{ \"tags\": [\"a,b\"] }", 1, "tags must be a tag without comma")]
    [InlineData("{ \"logs.keep_runs\": 3 }", 1, "unknown key \"logs.keep_runs\"")]
    [InlineData("{ \"read_concurrency\": 65 }", 1, "read_concurrency must be a whole number from 1 to 64, found 65")]
    [InlineData("{ \"read_concurrency\": 1.5 }", 1, "found 1.5")]
    [InlineData("{ \"read_concurrency\": 1e99 }", 1, "found 1e99")]
    [InlineData("{ \"pack_size\": 16 }", 1, "pack_size must be a size such as 64M or 2G, from 4M to 128M, found 16")]
    [InlineData("{ \"exclude\": [\"a[\"] }", 1, "exclude holds \"a[\"")]
    [InlineData("{ \"include\": [\"!a\"] }", 1, "include must be a pattern")]
    [InlineData("{ \"\\ud800\": 1 }", 1, "unknown key")]
    [InlineData("{ \"tags\": [\"\\ud800\"] }", 1, "tags must be a tag")]
    [InlineData("{ \"repository\": \"$NOWHERE/x\" }", 1, "repository names the environment variable NOWHERE, which is not set")]
    [InlineData("{ \"repository\": \"%NOWHERE%\\\\x\" }", 1, "repository names the environment variable NOWHERE, which is not set")]
    [InlineData("{ \"password_file\": \"p\",\n\"password_command\": \"c\" }", 2, "password_file (line 1) and password_command (line 2) contradict each other")]
    public void Each_mistake_is_named_with_its_line(string json, int line, string words)
    {
        ConfigComplaint complaint = Assert.Single(Wrong(json));
        Assert.Equal(line, complaint.Line);
        Assert.Contains(words, complaint.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", complaint.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x7B, 0, 0x7D, 0 })]
    [InlineData(new byte[] { 0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D })]
    [InlineData(new byte[] { 0x7F, 0x45, 0x4C, 0x46, 0, 0, 1 })]
    public void What_is_no_text_is_refused(byte[] bytes)
    {
        ConfigReader.Read(bytes, "c.json", Folder, _ => null, out IReadOnlyList<ConfigComplaint> complaints);
        Assert.Contains("no text in UTF-8", Assert.Single(complaints).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_a_hundred_thousand_mistakes_is_answered_at_once()
    {
        string json = "{" + string.Join(",\n", Enumerable.Range(0, 40_000).Select(i => $"\"tagz{i}\": [[[]]]")) + "}";
        IReadOnlyList<ConfigComplaint> complaints = Wrong(json);
        Assert.Equal(40_000, complaints.Count);
        Assert.Equal(40_000, complaints[^1].Line);
        string deep = "{ \"tags\": " + new string('[', 500_000);
        Assert.Contains(Wrong(deep), complaint => complaint.Text.Contains("it is no JSON", StringComparison.Ordinal));
        Assert.True(Assert.Single(Wrong($"{{ \"{new string('x', 900_000)}\": 1 }}")).Text.Length < 200);
    }

    [Theory]
    [InlineData("repo", "repo")]
    [InlineData("./a/../repo/", "repo")]
    [InlineData("../Game_Backup", "../Game_Backup")]
    [InlineData("$DISK/x", "disk/x")]
    [InlineData("${DISK}x", "diskx")]
    [InlineData("%DISK%/x", "disk/x")]
    [InlineData("$$x%%y 100% c$", "$x%y 100% c$")]
    public void A_relative_path_is_relative_to_the_file_and_variables_are_put_in(string written, string meant)
    {
        ConfigValues values = Right($$"""{ "repository": "{{written}}" }""");
        Assert.Equal(Path.GetFullPath(meant, Folder), values.Find(ConfigKeys.Repository)!.Value);
    }

    [Fact]
    public void A_tilde_is_the_home_folder_only_at_the_start()
    {
        Assert.Equal(Path.GetFullPath("/home/me/b"), Right("""{ "backup_root": "~/b" }""").Find(ConfigKeys.BackupRoot)!.Value);
        Assert.Equal(Path.GetFullPath("a~b", Folder), Right("""{ "backup_root": "a~b" }""").Find(ConfigKeys.BackupRoot)!.Value);
        Assert.Equal("restic-beta", Right("""{ "restic_program": "restic-beta" }""").Find(ConfigKeys.ResticProgram)!.Value);
        Assert.Equal(Path.GetFullPath("/home/me/bin/restic"), Right("""{ "restic_program": "~/bin/restic" }""").Find(ConfigKeys.ResticProgram)!.Value);
    }

    [Theory]
    [InlineData("14d", "14d")]
    [InlineData("1y6m", "1y6m")]
    [InlineData("6m1y", "1y6m")]
    [InlineData("36h", "36h")]
    [InlineData("0d", "0h")]
    public void A_span_of_time_is_read_as_restic_reads_it(string text, string shortest)
    {
        KeepPeriod? span = Right($$"""{ "retention": { "keep_within": "{{text}}" } }""").Get(ConfigKeys.KeepWithin).Value;
        ArrayBufferWriter<byte> json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            ConfigTypes.Span.Write(writer, span);
        }

        Assert.Equal($"\"{shortest}\"", Encoding.UTF8.GetString(json.WrittenSpan));
    }

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("14")]
    [InlineData("-1d")]
    [InlineData("1.5d")]
    [InlineData("14 d")]
    [InlineData("9999999d")]
    public void What_is_no_span_is_refused(string text) => Assert.NotEmpty(Wrong($$"""{ "retention": { "keep_within": "{{text}}" } }"""));

    [Theory]
    [InlineData("100%", false)]
    [InlineData("99.9%", true)]
    [InlineData("0%", true)]
    public void A_share_is_taken_where_the_prune_takes_it(string share, bool taken)
    {
        Read($$"""{ "retention": { "max_unused": "{{share}}" } }""", out IReadOnlyList<ConfigComplaint> complaints);
        Assert.Equal(taken, complaints.Count == 0);
    }

    private static ConfigValues Right(string json)
    {
        ConfigValues values = Read(json, out IReadOnlyList<ConfigComplaint> complaints);
        Assert.Empty(complaints);
        return values;
    }

    private static IReadOnlyList<ConfigComplaint> Wrong(string json)
    {
        Read(json, out IReadOnlyList<ConfigComplaint> complaints);
        return complaints;
    }

    private static ConfigValues Read(string json, out IReadOnlyList<ConfigComplaint> complaints) =>
        ConfigReader.Read(Encoding.UTF8.GetBytes(json), "c.json", Folder, name => name switch { "DISK" => "disk", "HOME" => "/home/me", _ => null }, out complaints);
}
