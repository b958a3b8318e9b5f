using System.Buffers;
using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Fuzzing.Targets;

/// <summary>Trees, the commonest thing that is decoded and the one whose bytes matter most.</summary>
internal sealed class TreeTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "tree";

    /// <inheritdoc/>
    public override string About => "trees: every node survives writing and reading, and what restic made is made again byte for byte";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds =>
    [
        Samples.Tree([]),
        Samples.Tree(Samples.Nodes),
        .. Samples.Nodes.Select(static node => Samples.Tree([node])),
        """{"nodes":null}"""u8.ToArray(),
        """ {"x":1,"nodes":[{"type":"file","name":"\\303\\244","content":null,"mtime":null,"linktarget_raw":"wA==","extended_attributes":[{"value":null,"name":"a"}],"generic_attributes":{"b":{ "c" : [ ] },"a":"\u2028"}}]} """u8.ToArray(),
    ];

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => Utf8(
        "nodes", "name", "type", "mode", "mtime", "atime", "ctime", "uid", "gid", "user", "group", "inode", "device_id", "size", "links", "linktarget", "linktarget_raw", "extended_attributes",
        "generic_attributes", "device", "content", "subtree", "error", "value", "file", "dir", "symlink", "dev", "chardev", "fifo", "socket", "irregular", "windows.creation_time",
        "windows.file_attributes", "windows.security_descriptor", "..", "a/b", "\\\\x00", "2024-02-29T23:59:59.123456789+01:00", "0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59");

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        List<Node>? salvaged = TreeCodec.Salvage(input, out int lost);
        List<Node> nodes;
        try
        {
            nodes = TreeCodec.Read(input, "tree");
        }
        catch (RepositoryException)
        {
            Law.Holds(!TreeCodec.RoundTrips(input), "what cannot be read does not round-trip");
            return false;
        }

        Law.Holds(nodes.Count == 0 || (lost == 0 && salvaged?.Count == nodes.Count), "nothing is lost in the salvage of a sound tree");
        ArrayBufferWriter<byte> writer = new();
        try
        {
            TreeCodec.Write(nodes, writer);
        }
        catch (ArgumentException e) when (e.Message.StartsWith("Node ", StringComparison.Ordinal))
        {
            Law.Holds(writer.WrittenCount == 0, "nothing is written of a tree that is refused");
            Law.Holds(!TreeCodec.RoundTrips(input), "what may not be written does not round-trip");
            return true;
        }

        byte[] written = writer.WrittenSpan.ToArray();
        Law.Holds(TreeCodec.RoundTrips(input) == input.SequenceEqual(written), "a tree round-trips when it is written as it was read");
        List<Node> again = TreeCodec.Read(written, "tree");
        Law.Holds(again.Count == nodes.Count, "a tree has the same nodes after writing and reading");
        Law.Same(written, Samples.Tree(again), "a tree is written alike the second time");
        for (int i = 0; i < nodes.Count; i++)
        {
            // Values of generic attributes are kept as text, and the format has one more escape for them than they may have come with.
            bool sameText = !nodes[i].GenericAttributes.Any(static attribute => attribute.Json.AsSpan().ContainsAny((byte)'<', (byte)'>', (byte)'&') || attribute.Json.AsSpan().Contains((byte)0xE2));
            Law.Holds(!sameText || nodes[i].EqualsExactly(again[i]), "a node is the same after writing and reading");
        }

        return true;
    }
}
