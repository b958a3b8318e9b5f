using System.Text;
using CsCheck;
using Sots.Restic.Index;
using Sots.Restic.Packs;

namespace Sots.Restic.Tests.Index;

public class IndexFileTests
{
    private static readonly Gen<PackedBlob> SomeBlob =
        from id in Gen.Int
        from tree in Gen.Bool
        from offset in Gen.UInt[0, int.MaxValue]
        from length in Gen.UInt[32, int.MaxValue]
        from plain in Gen.OneOf(Gen.Const(0u), Gen.UInt)
        select new PackedBlob(tree ? BlobType.Tree : BlobType.Data, CompactBlobTableTests.IdOf(id), offset, length, plain);

    private static readonly Gen<IndexedPack> SomePack =
        from id in Gen.Int
        from blobs in SomeBlob.Array[0, 6]
        select new IndexedPack(new PackId(CompactBlobTableTests.IdOf(id)), blobs);

    private static readonly string Id = new('a', 64);

    private static string Blob(string members) => $$"""{"packs":[{"id":"{{Id}}","blobs":[""" + "{" + members + "}]}]}";

    private static string Good => $"\"id\":\"{Id}\",\"type\":\"data\",\"offset\":0,\"length\":32";

    [Fact]
    public void What_is_written_is_read() =>
        SomePack.Array[0, 5].Sample(packs => Assert.Equal(Flat(packs), Read(IndexFile.Write(packs).Span, 2)), iter: 300);

    [Fact]
    public void Every_cut_is_noticed()
    {
        ReadOnlyMemory<byte> json = IndexFile.Write(Some());
        Assert.Equal(6, Read(json.Span, 2).Count);

        // All but the final newline.
        for (int length = 0; length < json.Length - 1; length++)
        {
            int cut = length;
            Assert.Equal(RepositoryErrorKind.Damaged, Assert.Throws<RepositoryException>(() => Read(json.Span[..cut], 2)).Kind);
        }
    }

    [Fact]
    public void Every_byte_changed_gives_an_index_or_our_error()
    {
        byte[] json = IndexFile.Write(Some()).ToArray();
        for (int at = 0; at < json.Length; at++)
        {
            foreach (byte other in "\0\"{}[],:0-9.e x\xff"u8)
            {
                byte kept = json[at];
                json[at] = other;
                (List<(PackId, PackedBlob)> read, string? error) = Outcome(json, 2, IndexFile.Read);
                Assert.True(error?.Contains("index/x", StringComparison.Ordinal) ?? true);
                (List<(PackId, PackedBlob)> slowly, string? slowError) = Outcome(json, 2, static (json, version, name, onPack) => IndexFile.ReadAny(json, version, name, onPack));
                Assert.Equal(slowError, error);
                Assert.Equal(slowly, read);
                json[at] = kept;
            }
        }
    }

    [Fact]
    public void Numbers_and_members_in_every_form_are_read_as_any_json_is()
    {
        string[] members =
        [
            Good, Good + ",\"uncompressed_length\":0", Good + ",\"uncompressed_length\":4294967295", Good + ",\"uncompressed_length\":4294967296",
            Good.Replace("32", "032", StringComparison.Ordinal), Good.Replace("32", "3e2", StringComparison.Ordinal), Good.Replace("32", "00000000032", StringComparison.Ordinal),
            Good.Replace("32", "10000000032", StringComparison.Ordinal), Good.Replace("32", "31", StringComparison.Ordinal), Good.Replace(":0", ":", StringComparison.Ordinal),
            Good.Replace("32", " 32", StringComparison.Ordinal), Good.Replace('a', 'A'), Good.Replace(Id, new string('0', 64), StringComparison.Ordinal), Good + ",", Good + ",\"uncompressed_length\":",
        ];
        foreach (byte[] json in members.SelectMany(first => members.Select(second => Encoding.UTF8.GetBytes(
            $$"""{"packs":[{"id":"{{Id}}","blobs":[{{{first}}},{{{second}}}]},{"id":"{{Id}}","blobs":[{{{second}}}]}]}"""))))
        {
            foreach (int version in (int[])[1, 2])
            {
                (List<(PackId, PackedBlob)> read, string? error) = Outcome(json, version, IndexFile.Read);
                (List<(PackId, PackedBlob)> slowly, string? slowError) = Outcome(json, version, static (json, version, name, onPack) => IndexFile.ReadAny(json, version, name, onPack));
                Assert.Equal(slowError, error);
                Assert.Equal(slowly, read);
            }
        }
    }

    [Fact]
    public void Members_nobody_knows_and_missing_lists_are_passed_over()
    {
        string json = $$"""
            {"supersedes":["{{Id}}"],"x":{"y":[1,{}]},"\udc00":1,"packs":[{"time":"x","\ud800":1,"id":"{{Id}}","size":5,"blobs":[{"z":null,"\ud800":1,{{Good}},"uncompressed_length":0}]},
            {"id":"{{new string('B', 64)}}","blobs":null},{"id":"{{new string('c', 64)}}"}], "packs_to_delete":[]}
            """;
        Assert.Equal([(new PackId(ContentId.Parse(Id)), new PackedBlob(BlobType.Data, ContentId.Parse(Id), 0, 32, 0))], Read(Encoding.UTF8.GetBytes(json), 1));
        Assert.Empty(Read("""{"packs":null}"""u8, 2));
        Assert.Empty(Read("""{"packs":[]}"""u8, 2));
    }

    public static TheoryData<string> Wrong =>
    [
        "", "null", "1", "\"packs\"", "{}", """{"packs":{}}""", """{"packs":[1]}""", """{"packs":[{}]}""", """{"packs":[],"packs":[]}""", """{"packs":[]}x""",
        $$"""{"packs":[{"id":"{{Id}}","id":"{{Id}}"}]}""", """{"packs":[{"id":"xyz"}]}""", $$"""{"packs":[{"id":"{{Id}}","blobs":{} }]}""",
        $$"""{"packs":[{"id":"{{Id}}","blobs":[null]}]}""",
        Blob(""), Blob(Good.Replace("data", "date", StringComparison.Ordinal)), Blob(Good.Replace("data", "\\ud800", StringComparison.Ordinal)), Blob(Good.Replace("32", "31", StringComparison.Ordinal)),
        Blob(Good.Replace("\"data\"", "null", StringComparison.Ordinal)), Blob(Good.Replace("32", "-1", StringComparison.Ordinal)),
        Blob(Good.Replace("32", "4294967296", StringComparison.Ordinal)), Blob(Good.Replace("32", "32.0", StringComparison.Ordinal)),
        Blob(Good.Replace("32", "\"32\"", StringComparison.Ordinal)), Blob(Good.Replace(":0", ":4294967295", StringComparison.Ordinal)),
        Blob(Good + ",\"length\":32"), Blob(Good.Replace(Id, new string('0', 64), StringComparison.Ordinal)),
        Blob(Good.Replace("\"offset\":0,", "", StringComparison.Ordinal)),
    ];

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_no_index_is_refused(string json) =>
        Assert.Equal(RepositoryErrorKind.Damaged, Assert.Throws<RepositoryException>(() => Read(Encoding.UTF8.GetBytes(json), 2)).Kind);

    [Fact]
    public void Compressed_blobs_are_refused_in_version_1_and_the_oldest_format_in_both()
    {
        byte[] compressed = Encoding.UTF8.GetBytes(Blob(Good + ",\"uncompressed_length\":7"));
        Assert.Single(Read(compressed, 2));
        Assert.Throws<RepositoryException>(() => Read(compressed, 1));
        Assert.Equal(RepositoryErrorKind.Unsupported, Assert.Throws<RepositoryException>(() => Read("[]"u8, 2)).Kind);
    }

    private static IndexedPack[] Some()
    {
        PackedBlob[] blobs =
        [
            new(BlobType.Data, CompactBlobTableTests.IdOf(1), 0, 100, 0), new(BlobType.Tree, CompactBlobTableTests.IdOf(2), 100, 50, 77),
            new(BlobType.Data, CompactBlobTableTests.IdOf(3), 150, 4_000_000_000, uint.MaxValue),
        ];
        return [new IndexedPack(new PackId(CompactBlobTableTests.IdOf(10)), blobs), new IndexedPack(new PackId(CompactBlobTableTests.IdOf(11)), blobs)];
    }

    private static IEnumerable<(PackId, PackedBlob)> Flat(IEnumerable<IndexedPack> packs) => packs.SelectMany(pack => pack.Blobs.Select(blob => (pack.Id, blob)));

    private delegate void Reading(ReadOnlySpan<byte> json, int version, string fileName, Action<PackId, List<PackedBlob>> onPack);

    /// <summary>What was handed out, and the error after it.</summary>
    private static (List<(PackId, PackedBlob)> Read, string? Error) Outcome(ReadOnlySpan<byte> json, int version, Reading reading)
    {
        List<(PackId, PackedBlob)> read = [];
        try
        {
            reading(json, version, "index/x", (pack, blobs) => read.AddRange(blobs.Select(blob => (pack, blob))));
            return (read, null);
        }
        catch (RepositoryException e)
        {
            return (read, e.Message);
        }
    }

    private static List<(PackId, PackedBlob)> Read(ReadOnlySpan<byte> json, int version)
    {
        List<(PackId, PackedBlob)> read = [];
        IndexFile.Read(json, version, "index/x", (pack, blobs) => read.AddRange(blobs.Select(blob => (pack, blob))));
        return read;
    }
}
