using System.Buffers;

namespace Sots.Restic.Trees;

/// <content>What may not be written.</content>
public static partial class TreeCodec
{
    /// <summary>
    /// True if reading a tree and writing it again gives the identical bytes. Only such a tree may be changed and stored again; of any
    /// other one something would be lost, be it only a member this program does not know.
    /// </summary>
    public static bool RoundTrips(ReadOnlySpan<byte> json)
    {
        List<Node> nodes;
        try
        {
            nodes = Read(json, "tree");
        }
        catch (RepositoryException)
        {
            return false;
        }

        if (FirstFault(nodes) is not null)
        {
            return false;
        }

        ArrayBufferWriter<byte> again = new(Math.Max(json.Length, 1));
        Write(nodes, again);
        return again.WrittenSpan.SequenceEqual(json);
    }

    /// <summary>Why a list of nodes is no tree that may be written, or null.</summary>
    private static string? FirstFault(IReadOnlyList<Node> nodes)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            string? fault = i > 0 && nodes[i - 1].Name.AsSpan().SequenceCompareTo(nodes[i].Name) >= 0
                ? $"its name does not come after \"{NameQuoting.QuoteToString(nodes[i - 1].Name)}\""
                : FaultOf(nodes[i]);
            if (fault is not null)
            {
                return $"Node {i}, \"{NameQuoting.QuoteToString(nodes[i].Name)}\", cannot be written: {fault}.";
            }
        }

        return null;
    }

    private static string? FaultOf(Node node)
    {
        if (!node.HasSafeName)
        {
            return "its name is empty, '.' or '..', or has a '/' or NUL in it";
        }

        if (node.Name.Length > MaxNameLength)
        {
            return $"its name has {node.Name.Length} bytes, at most {MaxNameLength} are allowed";
        }

        if (node.Type == NodeType.Unknown)
        {
            return "its type is unknown";
        }

        if (node.Type == NodeType.File && node.Content is null)
        {
            return "a file needs a list of blobs, if only an empty one";
        }

        if (node.Type == NodeType.Directory && node.Subtree is null)
        {
            return "a directory needs a subtree";
        }

        return !node.ModifiedTime.IsWritable || !node.AccessTime.IsWritable || !node.ChangeTime.IsWritable
            ? "a time needs 0 to 999999999 ns and an offset below 24 h"
            : FaultOf(node.GenericAttributes);
    }

    private static string? FaultOf(IReadOnlyList<GenericAttribute> attributes)
    {
        for (int i = 0; i < attributes.Count; i++)
        {
            if (attributes[i].Json.Length == 0)
            {
                return "a generic attribute has no value";
            }

            if (i > 0 && CompareAsUtf8(attributes[i - 1].Key, attributes[i].Key) >= 0)
            {
                return "its generic attributes are not sorted, or one stands there twice";
            }
        }

        return null;
    }

    /// <summary>
    /// Orders texts as their UTF-8 bytes are ordered. The runtime's ordinal order is that of UTF-16, where surrogates (characters from
    /// U+10000 on) come before U+E000 to U+FFFF.
    /// </summary>
    internal static int CompareAsUtf8(string left, string right)
    {
        int same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        char l = left[same], r = right[same];
        return char.IsSurrogate(l) != char.IsSurrogate(r) && l >= 0xD800 && r >= 0xD800 ? r.CompareTo(l) : l.CompareTo(r);
    }
}
