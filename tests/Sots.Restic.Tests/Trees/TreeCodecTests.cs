using System.Buffers;
using System.Text;
using Sots.Restic.Tests.Repofiles;
using Sots.Restic.Trees;

namespace Sots.Restic.Tests.Trees;

public class TreeCodecTests
{
    private const string EmptyId = "ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8";

    private const string Times = "\"mtime\":\"2024-01-31T12:00:00Z\",\"atime\":\"2024-01-31T12:00:00Z\",\"ctime\":\"2024-01-31T12:00:00Z\"";

    private static readonly NodeTime Noon = new(1_706_702_400, 0, 0);

    [Fact]
    public void The_tree_without_nodes_has_the_known_id()
    {
        Assert.Equal("{\"nodes\":[]}\n", Text([]));
        Assert.Equal(EmptyId, TreeCodec.EmptyTree.ToString());
        Assert.Empty(Read("{\"nodes\":[]}\n"));
    }

    [Fact]
    public void All_members_stand_in_restics_order()
    {
        Node node = File("f"u8);
        node.Mode = 420;
        node.AccessTime = new NodeTime(1_706_702_400, 120_000_000, -150);
        (node.UserId, node.GroupId, node.User, node.Group) = (1000, 100, "me", "us");
        (node.Inode, node.DeviceId, node.Size, node.Links, node.Device) = (ulong.MaxValue, 65024, 3, 1, 1050412);
        node.LinkTarget = [(byte)'t', 0xFF];
        node.ExtendedAttributes = [new("user.b"u8.ToArray(), "v"u8.ToArray()), new("user.a"u8.ToArray(), [])];
        node.GenericAttributes = [new("windows.creation_time", "{\"LowDateTime\":1,\"HighDateTime\":2}"u8.ToArray()), new("windows.x", "\"<&>\u2028\""u8.ToArray())];
        node.Content = [new BlobId(ContentId.Parse(EmptyId)), new BlobId(ContentId.Parse(EmptyId))];
        node.Subtree = TreeCodec.EmptyTree;
        node.Error = "e";
        Assert.Equal(
            "{\"nodes\":[{\"name\":\"f\",\"type\":\"file\",\"mode\":420,\"mtime\":\"2024-01-31T12:00:00Z\","
            + "\"atime\":\"2024-01-31T09:30:00.12-02:30\",\"ctime\":\"2024-01-31T12:00:00Z\",\"uid\":1000,\"gid\":100,\"user\":\"me\","
            + "\"group\":\"us\",\"inode\":18446744073709551615,\"device_id\":65024,\"size\":3,\"links\":1,\"linktarget\":\"t\\ufffd\","
            + "\"linktarget_raw\":\"dP8=\",\"extended_attributes\":[{\"name\":\"user.b\",\"value\":\"dg==\"},{\"name\":\"user.a\",\"value\":\"\"}],"
            + "\"generic_attributes\":{\"windows.creation_time\":{\"LowDateTime\":1,\"HighDateTime\":2},"
            + "\"windows.x\":\"\\u003c\\u0026\\u003e\\u2028\"},\"device\":1050412,\"content\":[\"" + EmptyId + "\",\"" + EmptyId
            + "\"],\"subtree\":\"" + EmptyId + "\",\"error\":\"e\"}]}\n",
            Text([node]));
    }

    [Fact]
    public void Members_without_a_value_are_left_out_but_for_those_that_never_are() => Assert.Equal(
        $$"""{"nodes":[{"name":"f","type":"file",{{Times}},"uid":0,"gid":0,"content":[]}]}""" + "\n", Text([File("f"u8)]));

    [Theory]
    [InlineData(NodeType.Symlink, "symlink")]
    [InlineData(NodeType.BlockDevice, "dev")]
    [InlineData(NodeType.CharDevice, "chardev")]
    [InlineData(NodeType.Fifo, "fifo")]
    [InlineData(NodeType.Socket, "socket")]
    [InlineData(NodeType.Irregular, "irregular")]
    public void Types_have_restics_names(NodeType type, string name)
    {
        string json = Text([New("n"u8, type)]);
        Assert.Equal($$"""{"nodes":[{"name":"n","type":"{{name}}",{{Times}},"uid":0,"gid":0,"content":null}]}""" + "\n", json);
        Assert.Equal(type, Assert.Single(Read(json)).Type);
    }

    [Theory]
    [InlineData("a\"b\\c", @"a\\\""b\\\\c")]
    [InlineData("html<&>", @"html\u003c\u0026\u003e")]
    [InlineData("\b\f\u0001", @"\\b\\f\\x01")]
    [InlineData("\u2028ä", @"\\u2028ä")]
    public void Names_are_quoted_in_two_layers(string name, string json)
    {
        string tree = Text([File(Encoding.UTF8.GetBytes(name))]);
        Assert.StartsWith("{\"nodes\":[{\"name\":\"" + json + "\",\"type\"", tree, StringComparison.Ordinal);
        Assert.Equal(Encoding.UTF8.GetBytes(name), Assert.Single(Read(tree)).Name);
    }

    [Fact]
    public void A_name_of_bad_bytes_is_kept()
    {
        string tree = Text([File([0xFF])]);
        Assert.Contains(@"""name"":""\\xff""", tree, StringComparison.Ordinal);
        Assert.Equal([0xFF], Assert.Single(Read(tree)).Name);
    }

    [Fact]
    public void Link_targets_and_owners_have_one_layer_only()
    {
        Node node = New("l"u8, NodeType.Symlink);
        node.LinkTarget = "\b\f\n\r\t\u0001\u007f\"\\<\u2029/ä"u8.ToArray();
        node.User = "\b\\ü";
        string tree = Text([node]);
        Assert.Contains(@"""linktarget"":""\b\f\n\r\t\u0001" + "\u007f" + @"\""\\\u003c\u2029/ä"",", tree, StringComparison.Ordinal);
        Assert.Contains(@"""user"":""\b\\ü""", tree, StringComparison.Ordinal);
        Assert.True(Assert.Single(Read(tree)).EqualsExactly(node));
    }

    [Fact]
    public void The_raw_link_target_wins()
    {
        Assert.Equal([0x74, 0xFF], Single("\"linktarget_raw\":\"dP8=\",\"linktarget\":\"other\"").LinkTarget);
        Assert.Equal("other"u8.ToArray(), Single("\"linktarget\":\"other\",\"linktarget_raw\":null").LinkTarget);
        Assert.Null(Single("\"linktarget\":null").LinkTarget);
    }

    [Theory]
    [InlineData(@"\ud800", "EFBFBD")]
    [InlineData(@"\ud800x", "EFBFBD78")]
    [InlineData(@"\udc00\ud83d\ude00", "EFBFBDF09F9880")]
    [InlineData(@"\ud83d\ud83d\ude00", "EFBFBDF09F9880")]
    [InlineData(@"\uFFFD\/", "EFBFBD2F")]
    public void Halves_of_surrogate_pairs_become_the_replacement_character(string text, string hex) =>
        Assert.Equal(Convert.FromHexString(hex), Single($"\"linktarget\":\"{text}\"").LinkTarget);

    [Fact]
    public void Bad_bytes_in_JSON_become_the_replacement_character()
    {
        string tree = $$"""{"nodes":[{"name":"n","type":"symlink",{{Times}},"linktarget":"a%"}]}""";
        byte[] json = Encoding.Latin1.GetBytes(tree.Replace("%", "\u00ff\u00e2\u0082", StringComparison.Ordinal));
        Assert.Equal("a\ufffd\ufffd\ufffd"u8.ToArray(), Assert.Single(TreeCodec.Read(json, "tree")).LinkTarget);
    }

    [Fact]
    public void What_restic_reads_is_read()
    {
        Assert.Empty(Read("{\"nodes\":null}"));
        Assert.Empty(Read(" { \"new\" : [ {} ] , \"nodes\" : [ ] , \"more\":1 }\r\n\t"));
        List<Node> nodes = Read(
            $$"""
            {"nodes":[
              { "content":null, "gid" : 7, "x":{"name":[]}, "type":"dir", "n\u0061me":"b", {{Times}}, "subtree":"{{EmptyId.ToUpperInvariant()}}" },
              {"name":"a","type":"new kind","mtime":null,"extended_attributes":[{"name":"n","value":null}],
               "generic_attributes":{"b": [1, " \" "], "a":null} },
              {"name":"a","type":"f\u0069le","content":[]}
            ]}
            """);
        Assert.Equal(["b", "a", "a"], nodes.Select(node => Encoding.UTF8.GetString(node.Name)));
        Assert.Equal((NodeType.Directory, 7u, TreeCodec.EmptyTree), (nodes[0].Type, nodes[0].GroupId, nodes[0].Subtree));
        Assert.Equal((NodeType.Unknown, "new kind"), (nodes[1].Type, nodes[1].UnknownType));
        Assert.Equal((NodeTime.None, NodeTime.None), (nodes[1].ModifiedTime, nodes[1].ChangeTime));
        Assert.Empty(Assert.Single(nodes[1].ExtendedAttributes).Value);
        Assert.Equal(["a=null", "b=[1,\" \\\" \"]"], nodes[1].GenericAttributes.Select(a => $"{a.Key}={Encoding.UTF8.GetString(a.Json)}"));
        Assert.Equal((NodeType.File, null), (nodes[2].Type, nodes[2].UnknownType));
        Assert.Empty(nodes[2].Content!);
        Assert.Null(nodes[1].Content);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"nodes":{}}""")]
    [InlineData("""{"nodes":[],"nodes":[]}""")]
    [InlineData("""{"nodes":[],"x":1,"x":1}""")]
    [InlineData("""{"nodes":[]} x""")]
    [InlineData("""{"nodes":[]}{"nodes":[]}""")]
    [InlineData("""{"nodes":[],}""")]
    [InlineData("""{"Nodes":[]}""")]
    public void Anything_but_an_object_with_nodes_is_damaged(string json) =>
        Assert.StartsWith("tree 1a2b is damaged: ", Refusal(json).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"mode\":-1")]
    [InlineData("\"mode\":4294967296")]
    [InlineData("\"mode\":1.0")]
    [InlineData("\"mode\":1e2")]
    [InlineData("\"mode\":-0")]
    [InlineData("\"mode\":\"420\"")]
    [InlineData("\"mode\":1,\"mode\":1")]
    [InlineData("\"mode\":1,\"m\\u006fde\":1")]
    [InlineData("\"size\":-1")]
    [InlineData("\"size\":18446744073709551616")]
    [InlineData("\"mtime\":\"2024-01-31\"")]
    [InlineData("\"mtime\":1706702400")]
    [InlineData("\"mtime\":\"2024-01-31T12:00:00\\u005a\"")]
    [InlineData("\"user\":1")]
    [InlineData("\"content\":[\"ac08\"]")]
    [InlineData("\"content\":[null]")]
    [InlineData("\"content\":\"" + EmptyId + "\"")]
    [InlineData("\"subtree\":\"x" + EmptyId + "\"")]
    [InlineData("\"linktarget_raw\":\"=\"")]
    [InlineData("\"linktarget_raw\":\"dP8\"")]
    [InlineData("\"extended_attributes\":{}")]
    [InlineData("\"extended_attributes\":[{\"value\":\"\"}]")]
    [InlineData("\"extended_attributes\":[{\"name\":\"a\",\"name\":\"a\"}]")]
    [InlineData("\"generic_attributes\":[]")]
    [InlineData("\"generic_attributes\":{\"a\":1,\"a\":1}")]
    [InlineData("\"new\":1,\"new\":1")]
    [InlineData("\"name\":\"twice\"")]
    public void A_wrong_member_is_damage_and_the_message_says_in_which_node(string member)
    {
        string json = $$"""{"nodes":[{"name":"good","type":"file"},{"name":"b\\x1bd","type":"file",{{member}}}]}""";
        Assert.StartsWith("tree 1a2b is damaged: node 1, \"b\\x1bd\": ", Refusal(json).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"name":"a"}""")]
    [InlineData("""{"type":"file"}""")]
    [InlineData("""{"name":null,"type":"file"}""")]
    [InlineData("""{"name":"a","type":null}""")]
    [InlineData("""{"name":"a\\","type":"file"}""")]
    [InlineData("""{"name":"a\"b","type":"file"}""")]
    [InlineData("""{"name":"\\ud800","type":"file"}""")]
    [InlineData("""{"name":"a\nb","type":"file"}""")]
    [InlineData("""{"name":["a"],"type":"file"}""")]
    public void A_node_without_a_good_name_and_a_type_is_damage(string node) =>
        Assert.StartsWith("tree 1a2b is damaged: node 0", Refusal("{\"nodes\":[" + node + "]}").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("/", false)]
    [InlineData("a\\x00", false)]
    [InlineData("...", true)]
    [InlineData("C:", true)]
    public void Unsafe_names_are_read_and_told(string quoted, bool safe)
    {
        Node node = Assert.Single(Read($$"""{"nodes":[{"name":"{{quoted.Replace("\\", "\\\\", StringComparison.Ordinal)}}","type":"file","content":[]}]}"""));
        Assert.Equal(safe, node.HasSafeName);
        Assert.Equal(safe, Record.Exception(() => Text([node])) is null);
    }

    [Fact]
    public void A_name_of_more_than_4096_bytes_is_refused()
    {
        string longest = new('n', TreeCodec.MaxNameLength);
        Assert.Equal(longest.Length, Assert.Single(Read(Text([File(Encoding.UTF8.GetBytes(longest))]))).Name.Length);
        string tooLong = $$"""{"nodes":[{"name":"{{longest}}n","type":"file"}]}""";
        Assert.Equal(RepositoryErrorKind.LimitExceeded, Assert.Throws<RepositoryException>(() => Read(tooLong)).Kind);
        Assert.Throws<ArgumentException>(() => Text([File(Encoding.UTF8.GetBytes(longest + "n"))]));
    }

    [Fact]
    public void Nesting_without_end_is_refused() => Refusal("{\"nodes\":[],\"x\":" + new string('[', 1_000_000));

    [Fact]
    public void What_may_not_be_stored_is_not_written()
    {
        Node directory = New("d"u8, NodeType.Directory);
        Node badTime = File("t"u8);
        badTime.ChangeTime = new NodeTime(0, -1, 0);
        Node unsorted = File("g"u8);
        unsorted.GenericAttributes = [new("b", "1"u8.ToArray()), new("a", "1"u8.ToArray())];
        Node noValue = File("g"u8);
        noValue.GenericAttributes = [new("b", [])];
        Node[][] refused =
        [
            [File("b"u8), File("a"u8)],
            [File("a"u8), File("a"u8)],
            [File("\ue000"u8), File("\ud7ff"u8)],
            [directory],
            [New("f"u8, NodeType.File)],
            [New("u"u8, NodeType.Unknown)],
            [badTime],
            [unsorted],
            [noValue],
        ];
        foreach (Node[] nodes in refused)
        {
            ArrayBufferWriter<byte> json = new();
            Assert.Throws<ArgumentException>(() => TreeCodec.Write(nodes, json));
            Assert.Equal(0, json.WrittenCount);
        }
    }

    [Fact]
    public void Order_is_that_of_UTF_8_not_of_UTF_16()
    {
        Assert.NotEmpty(Text([File("\uffee"u8), File("\U00010000"u8)]));
        Node node = File("f"u8);
        node.GenericAttributes = [new("\uffee", "1"u8.ToArray()), new("\U00010000", "2"u8.ToArray()), new("\U00010000x", "3"u8.ToArray())];
        Assert.True(TreeCodec.RoundTrips(Encoding.UTF8.GetBytes(Text([node]))));
    }

    [Theory]
    [InlineData("{\"nodes\":[]}\n", true)]
    [InlineData("{\"nodes\":[]}", false)]
    [InlineData("{\"nodes\": []}\n", false)]
    [InlineData("{\"nodes\":null}\n", false)]
    [InlineData("{\"nodes\":[],\"new\":1}\n", false)]
    [InlineData("{\"nodes\":[}\n", false)]
    [InlineData("{\"nodes\":[{\"name\":\"f\",\"type\":\"file\"," + Times + ",\"uid\":0,\"gid\":0,\"content\":[]}]}\n", true)]
    [InlineData("{\"nodes\":[{\"name\":\"f\",\"type\":\"file\"," + Times + ",\"uid\":0,\"gid\":0,\"content\":null}]}\n", false)]
    [InlineData("{\"nodes\":[{\"name\":\"f\",\"type\":\"other\"," + Times + ",\"uid\":0,\"gid\":0,\"content\":null}]}\n", false)]
    [InlineData("{\"nodes\":[{\"name\":\"<\",\"type\":\"fifo\"," + Times + ",\"uid\":0,\"gid\":0,\"content\":null}]}\n", false)]
    [InlineData("{\"nodes\":[{\"name\":\"f\",\"type\":\"fifo\",\"new\":1," + Times + ",\"uid\":0,\"gid\":0,\"content\":null}]}\n", false)]
    public void Only_the_one_right_form_round_trips(string json, bool expected) =>
        Assert.Equal(expected, TreeCodec.RoundTrips(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Equal_owners_are_one_string()
    {
        Node[] nodes = [.. Enumerable.Range(0, 100).Select(i => File(Encoding.UTF8.GetBytes($"{i:d3}")))];
        foreach (Node node in nodes)
        {
            (node.User, node.Group) = ("builder", "users");
        }

        Assert.All(Read(Text(nodes)), node => Assert.Equal(("builder", "users"), (node.User, node.Group)));
        Assert.Single(Read(Text(nodes)).Select(node => node.User).Distinct(ReferenceEqualityComparer.Instance));
    }

    private static RepositoryException Refusal(string json)
    {
        RepositoryException refusal = Assert.Throws<RepositoryException>(() => Read(json));
        Assert.Equal(RepositoryErrorKind.Damaged, refusal.Kind);
        Assert.False(TreeCodec.RoundTrips(Encoding.UTF8.GetBytes(json)));
        return refusal;
    }

    private static Node Single(string members) =>
        Assert.Single(Read($$"""{"nodes":[{"name":"n","type":"symlink",{{Times}},{{members}}}]}"""));

    private static Node File(ReadOnlySpan<byte> name)
    {
        Node node = New(name, NodeType.File);
        node.Content = [];
        return node;
    }

    private static Node New(ReadOnlySpan<byte> name, NodeType type) =>
        new() { Name = name.ToArray(), Type = type, ModifiedTime = Noon, AccessTime = Noon, ChangeTime = Noon };

    private static string Text(IReadOnlyList<Node> nodes)
    {
        ArrayBufferWriter<byte> json = new();
        TreeCodec.Write(nodes, json);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    private static List<Node> Read(string json) => TreeCodec.Read(Encoding.UTF8.GetBytes(json), "tree 1a2b");
}
