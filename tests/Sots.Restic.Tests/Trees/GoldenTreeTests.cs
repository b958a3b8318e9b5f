using System.Buffers;
using System.Text;
using Sots.Restic.Tests.Repofiles;
using Sots.Restic.Trees;

namespace Sots.Restic.Tests.Trees;

public class GoldenTreeTests
{
    /// <summary>
    /// What restic 0.14.0 wrote in other bytes: a link target with \b and \f (as \u0008 and \u000c), one that is not UTF-8 (damaged,
    /// without its raw form), and a name with a character that Unicode 13 did not have (escaped).
    /// </summary>
    private static readonly string[] OldNodes = ["ctl", "invalid", "uni15\U0001fae8"];

    public static TheoryData<string> Repositories => [.. GoldenJson.Repositories];

    [Theory]
    [MemberData(nameof(Repositories))]
    public void Every_tree_of_restic_is_written_again_byte_for_byte(string repository)
    {
        SortedSet<string> exceptions = new(StringComparer.Ordinal);
        foreach ((string id, byte[] json) in GoldenJson.Of(repository, "raw tree json"))
        {
            Assert.Equal(id, ContentId.Of(json).ToString());
            List<Node> nodes = TreeCodec.Read(json, "tree " + id);
            byte[] again = Write(nodes);
            bool identical = again.AsSpan().SequenceEqual(json);
            Assert.Equal(identical, TreeCodec.RoundTrips(json));
            exceptions.UnionWith(identical ? [] : nodes.Where(node => !IsIn(json, node)).Select(Name));

            // Even where bytes differ nothing that was read is lost.
            List<Node> reread = TreeCodec.Read(again, "tree again");
            Assert.Equal(nodes.Count, reread.Count);
            Assert.All(nodes.Zip(reread), pair => Assert.True(pair.First.EqualsExactly(pair.Second)));
        }

        Assert.Equal(repository.EndsWith("0.14.0", StringComparison.Ordinal) ? OldNodes : [], exceptions);
    }

    private static bool IsIn(byte[] tree, Node node)
    {
        ReadOnlySpan<byte> alone = Write([node]);
        return tree.AsSpan().IndexOf(alone["{\"nodes\":[".Length..^"]}\n".Length]) >= 0;
    }

    private static byte[] Write(IReadOnlyList<Node> nodes)
    {
        ArrayBufferWriter<byte> json = new();
        TreeCodec.Write(nodes, json);
        return json.WrittenSpan.ToArray();
    }

    private static string Name(Node node) => Encoding.UTF8.GetString(node.Name);
}
