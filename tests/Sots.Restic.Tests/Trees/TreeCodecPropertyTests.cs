using System.Buffers;
using System.Text;
using CsCheck;
using Sots.Restic.Tests.Repofiles;
using Sots.Restic.Trees;

namespace Sots.Restic.Tests.Trees;

public class TreeCodecPropertyTests
{
    private static readonly Gen<NodeTime> Time = Gen.Select(
        Gen.Long[-62_167_000_000, 253_402_200_000], Gen.Int[0, 999_999_999], Gen.Int[-1439, 1439],
        (seconds, nanoseconds, offset) => new NodeTime(seconds, nanoseconds, (short)offset));

    /// <summary>Text that comes back as it was: no halves of surrogate pairs.</summary>
    private static readonly Gen<string> Text =
        Gen.String[0, 12].Select(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));

    private static readonly Gen<byte[]> Bytes = Gen.OneOf(Gen.Byte.Array[0, 20], Text.Select(Encoding.UTF8.GetBytes));

    private static readonly Gen<ContentId> Id = Gen.Byte.Array[32].Select(bytes => new ContentId(bytes));

    private static readonly Gen<Node> AnyNode = Gen.Select(
        Gen.Select(Bytes.Where(name => Node.IsSafeName(name)), Gen.Int[1, 8], Time, Time, Time),
        Gen.Select(Gen.UInt, Gen.UInt, Gen.UInt, Text, Text),
        Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong, Gen.ULong, Gen.ULong),
        Gen.Select(Bytes, Gen.Select(Text, Bytes).Array[0, 3], Gen.Select(Text, Text).Array[0, 3], Id.Array[0, 4], Id),
        (identity, owner, numbers, rest) => new Node
        {
            Name = identity.Item1,
            Type = (NodeType)identity.Item2,
            ModifiedTime = identity.Item3,
            AccessTime = identity.Item4,
            ChangeTime = identity.Item5,
            Mode = owner.Item1,
            UserId = owner.Item2,
            GroupId = owner.Item3,
            User = owner.Item4,
            Group = owner.Item5,
            Inode = numbers.Item1,
            DeviceId = numbers.Item2,
            Size = numbers.Item3,
            Links = numbers.Item4,
            Device = numbers.Item5,
            LinkTarget = rest.Item1.Length > 0 ? rest.Item1 : null,
            ExtendedAttributes = [.. rest.Item2.Select(pair => new ExtendedAttribute(Encoding.UTF8.GetBytes(pair.Item1), pair.Item2))],
            GenericAttributes = [.. Sorted(rest.Item3)],
            Content = identity.Item2 == (int)NodeType.File ? [.. rest.Item4.Select(id => new BlobId(id))] : null,
            Subtree = identity.Item2 == (int)NodeType.Directory ? new TreeId(rest.Item5) : null,
        });

    private static readonly Gen<Node[]> AnyTree = AnyNode.Array[0, 6].Select(nodes => nodes
        .DistinctBy(node => Convert.ToHexString(node.Name))
        .OrderBy(node => Convert.ToHexString(node.Name), StringComparer.Ordinal)
        .ToArray());

    [Fact]
    public void Reading_undoes_writing() => AnyTree.Sample(nodes =>
    {
        byte[] json = Write(nodes);
        List<Node> read = TreeCodec.Read(json, "tree");
        Assert.Equal(nodes.Length, read.Count);
        for (int i = 0; i < nodes.Length; i++)
        {
            Assert.True(nodes[i].EqualsExactly(read[i]));
            Assert.Equal(nodes[i].ModifiedTime, read[i].ModifiedTime);
        }

        Assert.Equal(json, Write(read));
        Assert.True(TreeCodec.RoundTrips(json));
    });

    [Fact]
    public void Another_JSON_reader_sees_the_same_texts_and_numbers() => AnyNode.Sample(node =>
    {
        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(Write([node]));
        System.Text.Json.JsonElement element = document.RootElement.GetProperty("nodes")[0];
        Assert.Equal(node.User, element.TryGetProperty("user", out System.Text.Json.JsonElement user) ? user.GetString() : "");
        Assert.Equal(node.Inode, element.TryGetProperty("inode", out System.Text.Json.JsonElement inode) ? inode.GetUInt64() : 0);
    });

    [Fact]
    public void Every_truncation_is_refused() =>
        HostileJson.Every_truncation_is_refused(Rich(), json => TreeCodec.Read(json, "tree"));

    [Fact]
    public void Damaged_bytes_never_give_another_exception() => Assert.NotEqual(
        0, HostileJson.Mutations_give_no_other_exception(Rich(), 4, 10_000, json =>
        {
            TreeCodec.RoundTrips(json);
            TreeCodec.Read(json, "tree");
        }));

    [Fact]
    public void Any_bytes_at_all_never_give_another_exception() => Gen.Byte.Array[0, 40].Sample(json =>
        Assert.Throws<RepositoryException>(() => TreeCodec.Read(json, "tree")));

    /// <summary>A tree with every member and every kind of escape in it.</summary>
    private static byte[] Rich() => Write(
    [
        new Node { Name = "\n\"\\<ä\ue000\U0001f600"u8.ToArray(), Type = NodeType.Directory, Subtree = TreeCodec.EmptyTree },
        new Node
        {
            Name = [.. "file"u8, 0xFF],
            Type = NodeType.File,
            Mode = 420,
            UserId = 1000,
            GroupId = 100,
            User = "m\u2028e",
            Group = "us",
            Inode = 1,
            DeviceId = 2,
            Size = 3,
            Links = 4,
            ExtendedAttributes = [new("user.a"u8.ToArray(), "value"u8.ToArray())],
            GenericAttributes = [new("windows.file_attributes", "32"u8.ToArray()), new("x", "{\"a\":[1,\"\\\"\"]}"u8.ToArray())],
            Content = [new BlobId(TreeCodec.EmptyTree.Value)],
        },
        new Node { Name = "link"u8.ToArray(), Type = NodeType.Symlink, LinkTarget = [.. "\b\ttarget"u8, 0xC0], Links = 1, Error = "e" },
    ]);

    private static IEnumerable<GenericAttribute> Sorted((string Key, string Text)[] attributes) => attributes
        .DistinctBy(pair => pair.Key)
        .OrderBy(pair => Convert.ToHexString(Encoding.UTF8.GetBytes(pair.Key)), StringComparer.Ordinal)
        .Select(pair => new GenericAttribute(pair.Key, Encoding.UTF8.GetBytes("\"" + Convert.ToHexString(Encoding.UTF8.GetBytes(pair.Text)) + "\"")));

    private static byte[] Write(IReadOnlyList<Node> nodes)
    {
        ArrayBufferWriter<byte> json = new();
        TreeCodec.Write(nodes, json);
        return json.WrittenSpan.ToArray();
    }
}
