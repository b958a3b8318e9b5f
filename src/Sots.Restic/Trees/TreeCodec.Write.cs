using System.Buffers;
using Sots.Restic.Repofiles;

namespace Sots.Restic.Trees;

/// <summary>
/// The JSON of a tree. Its bytes make the tree's id, so there is exactly one right way to write a list of nodes: restic's.
/// Source: docs/FORMAT.md, "Trees".
/// </summary>
public static partial class TreeCodec
{
    /// <summary>Names of more bytes are refused. No file system has them.</summary>
    public const int MaxNameLength = 4096;

    /// <summary>The id of the tree without nodes.</summary>
    public static TreeId EmptyTree { get; } = new(ContentId.Of("{\"nodes\":[]}\n"u8));

    /// <summary>Writes a tree with its final newline.</summary>
    /// <param name="nodes">Sorted by name, bytewise and strictly ascending.</param>
    /// <param name="destination">Where the bytes are appended. Nothing is appended if the nodes are refused.</param>
    /// <exception cref="ArgumentException">
    /// The nodes are not a tree that may be stored: wrong order, an unsafe name, an unknown type, a file without a content list, a
    /// directory without a subtree, a time without a written form, unsorted generic attributes.
    /// </exception>
    public static void Write(IReadOnlyList<Node> nodes, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(destination);
        if (FirstFault(nodes) is { } fault)
        {
            throw new ArgumentException(fault, nameof(nodes));
        }

        JsonOutput output = new(destination);
        output.Raw("{\"nodes\":["u8);
        for (int i = 0; i < nodes.Count; i++)
        {
            if (i > 0)
            {
                output.Raw(","u8);
            }

            Write(ref output, nodes[i]);
        }

        output.Raw("]}\n"u8);
        output.Flush();
    }

    private static void Write(ref JsonOutput output, Node node)
    {
        output.Raw("{\"name\":"u8);
        output.Name(node.Name);
        output.Raw(",\"type\":\""u8);
        output.Raw(NodeTypeNames.Of(node.Type));
        output.Raw("\""u8);
        Number(ref output, ",\"mode\":"u8, node.Mode);
        output.Raw(",\"mtime\":"u8);
        output.Time(node.ModifiedTime);
        output.Raw(",\"atime\":"u8);
        output.Time(node.AccessTime);
        output.Raw(",\"ctime\":"u8);
        output.Time(node.ChangeTime);
        output.Raw(",\"uid\":"u8);
        output.Number(node.UserId);
        output.Raw(",\"gid\":"u8);
        output.Number(node.GroupId);
        Text(ref output, ",\"user\":"u8, node.User);
        Text(ref output, ",\"group\":"u8, node.Group);
        Number(ref output, ",\"inode\":"u8, node.Inode);
        Number(ref output, ",\"device_id\":"u8, node.DeviceId);
        Number(ref output, ",\"size\":"u8, node.Size);
        Number(ref output, ",\"links\":"u8, node.Links);
        if (node.LinkTarget is { Length: > 0 } target)
        {
            LinkTarget(ref output, target);
        }

        if (node.ExtendedAttributes.Count > 0)
        {
            ExtendedAttributes(ref output, node.ExtendedAttributes);
        }

        if (node.GenericAttributes.Count > 0)
        {
            GenericAttributes(ref output, node.GenericAttributes);
        }

        Number(ref output, ",\"device\":"u8, node.Device);
        output.Raw(",\"content\":"u8);
        Content(ref output, node.Content);
        if (node.Subtree is { } subtree)
        {
            output.Raw(",\"subtree\":"u8);
            output.Id(subtree.Value);
        }

        Text(ref output, ",\"error\":"u8, node.Error ?? "");
        output.Raw("}"u8);
    }

    private static void LinkTarget(ref JsonOutput output, ReadOnlySpan<byte> target)
    {
        output.Raw(",\"linktarget\":"u8);
        output.Text(target);
        if (!System.Text.Unicode.Utf8.IsValid(target))
        {
            output.Raw(",\"linktarget_raw\":"u8);
            output.Base64Text(target);
        }
    }

    private static void ExtendedAttributes(ref JsonOutput output, IReadOnlyList<ExtendedAttribute> attributes)
    {
        output.Raw(",\"extended_attributes\":["u8);
        for (int i = 0; i < attributes.Count; i++)
        {
            output.Raw(i == 0 ? "{\"name\":"u8 : ",{\"name\":"u8);
            output.Text(attributes[i].Name);
            output.Raw(",\"value\":"u8);
            output.Base64Text(attributes[i].Value);
            output.Raw("}"u8);
        }

        output.Raw("]"u8);
    }

    private static void GenericAttributes(ref JsonOutput output, IReadOnlyList<GenericAttribute> attributes)
    {
        output.Raw(",\"generic_attributes\":{"u8);
        for (int i = 0; i < attributes.Count; i++)
        {
            output.Raw(i == 0 ? ""u8 : ","u8);
            output.Text(attributes[i].Key);
            output.Raw(":"u8);
            output.HtmlEscapedJson(attributes[i].Json);
        }

        output.Raw("}"u8);
    }

    private static void Content(ref JsonOutput output, IReadOnlyList<BlobId>? content)
    {
        if (content is null)
        {
            output.Raw("null"u8);
            return;
        }

        output.Raw("["u8);
        for (int i = 0; i < content.Count; i++)
        {
            output.Raw(i == 0 ? ""u8 : ","u8);
            output.Id(content[i].Value);
        }

        output.Raw("]"u8);
    }

    private static void Text(ref JsonOutput output, ReadOnlySpan<byte> member, string text)
    {
        if (text.Length > 0)
        {
            output.Raw(member);
            output.Text(text);
        }
    }

    private static void Number(ref JsonOutput output, ReadOnlySpan<byte> member, ulong number)
    {
        if (number != 0)
        {
            output.Raw(member);
            output.Number(number);
        }
    }
}
