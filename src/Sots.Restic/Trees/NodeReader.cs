using System.Text;
using System.Text.Json;
using Sots.Restic.Repofiles;

namespace Sots.Restic.Trees;

/// <summary>Reads the nodes of one tree, one after the other, and knows which one it is at.</summary>
/// <param name="what">Names the tree in messages.</param>
internal sealed class NodeReader(string what)
{
    private static readonly byte[][] Members =
    [
        [.. "name"u8], [.. "type"u8], [.. "mode"u8], [.. "mtime"u8], [.. "atime"u8], [.. "ctime"u8], [.. "uid"u8], [.. "gid"u8],
        [.. "user"u8], [.. "group"u8], [.. "inode"u8], [.. "device_id"u8], [.. "size"u8], [.. "links"u8], [.. "linktarget"u8],
        [.. "linktarget_raw"u8], [.. "extended_attributes"u8], [.. "generic_attributes"u8], [.. "device"u8], [.. "content"u8],
        [.. "subtree"u8], [.. "error"u8],
    ];

    private static readonly byte[][] AttributeMembers = [[.. "name"u8], [.. "value"u8]];

    private readonly List<BlobId> _content = [];
    private readonly RecentTexts _owners = new();
    private int _started;
    private byte[]? _name;
    private bool _inside;

    /// <summary>Which node an error belongs to, as the start of a sentence; empty outside of nodes.</summary>
    public string Place => !_inside ? ""
        : _name is null ? $"node {_started - 1}: "
        : $"node {_started - 1}, {StrictJson.Excerpt(_name)}: ";

    /// <summary>The list of nodes has ended.</summary>
    public void Leave() => _inside = false;

    /// <summary>Reads the node the reader is at.</summary>
    public Node Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        _inside = true;
        _started++;
        _name = null;
        NodeType type = NodeType.Unknown;
        string? unknownType = null, error = null;
        uint mode = 0, userId = 0, groupId = 0;
        NodeTime modified = NodeTime.None, accessed = NodeTime.None, changed = NodeTime.None;
        string user = "", group = "";
        ulong inode = 0, deviceId = 0, size = 0, links = 0, device = 0;
        byte[]? linkTarget = null, rawLinkTarget = null;
        IReadOnlyList<ExtendedAttribute> extendedAttributes = [];
        IReadOnlyList<GenericAttribute> genericAttributes = [];
        BlobId[]? content = null;
        TreeId? subtree = null;

        ObjectMembers members = new(ref reader, Members);
        while (members.Next(ref reader))
        {
            if (reader.TokenType == JsonTokenType.Null && members.Current > 1)
            {
                continue;
            }

            switch (members.Current)
            {
                case 0: _name = Name(ref reader); break;
                case 1: type = Type(ref reader, out unknownType); break;
                case 2: mode = StrictJson.UInt32(ref reader); break;
                case 3: modified = StrictJson.Time(ref reader); break;
                case 4: accessed = StrictJson.Time(ref reader); break;
                case 5: changed = StrictJson.Time(ref reader); break;
                case 6: userId = StrictJson.UInt32(ref reader); break;
                case 7: groupId = StrictJson.UInt32(ref reader); break;
                case 8: user = _owners.Read(ref reader); break;
                case 9: group = _owners.Read(ref reader); break;
                case 10: inode = StrictJson.UInt64(ref reader); break;
                case 11: deviceId = StrictJson.UInt64(ref reader); break;
                case 12: size = StrictJson.UInt64(ref reader); break;
                case 13: links = StrictJson.UInt64(ref reader); break;
                case 14: linkTarget = StrictJson.Utf8(ref reader); break;
                case 15: rawLinkTarget = StrictJson.Base64Bytes(ref reader); break;
                case 16: extendedAttributes = ExtendedAttributes(ref reader); break;
                case 17: genericAttributes = GenericAttributes(ref reader, json); break;
                case 18: device = StrictJson.UInt64(ref reader); break;
                case 19: content = Content(ref reader); break;
                case 20: subtree = new TreeId(StrictJson.Id(ref reader)); break;
                case 21: error = StrictJson.Text(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        members.Require(0, 1);
        return new Node
        {
            Name = _name!,
            Type = type,
            UnknownType = unknownType,
            Mode = mode,
            ModifiedTime = modified,
            AccessTime = accessed,
            ChangeTime = changed,
            UserId = userId,
            GroupId = groupId,
            User = user,
            Group = group,
            Inode = inode,
            DeviceId = deviceId,
            Size = size,
            Links = links,
            LinkTarget = rawLinkTarget is { Length: > 0 } ? rawLinkTarget : linkTarget,
            ExtendedAttributes = extendedAttributes,
            GenericAttributes = genericAttributes,
            Device = device,
            Content = content,
            Subtree = subtree,
            Error = error,
        };
    }

    private byte[] Name(ref Utf8JsonReader reader)
    {
        byte[] name = StrictJson.Utf8(ref reader);
        if (name.AsSpan().IndexOfAny((byte)'\\', (byte)'"', (byte)'\n') >= 0)
        {
            byte[] quoted = name;
            name = NameQuoting.TryUnquote(quoted, quoted, out int length)
                ? quoted.AsSpan(0, length).ToArray()
                : throw new JsonException($"the name {StrictJson.Excerpt(reader.ValueSpan)} is quoted wrongly");
        }

        return name.Length <= TreeCodec.MaxNameLength
            ? name
            : throw new RepositoryException(
                RepositoryErrorKind.LimitExceeded,
                $"{what} has a name of {name.Length} bytes (node {_started - 1}), at most {TreeCodec.MaxNameLength} were expected");
    }

    private static NodeType Type(ref Utf8JsonReader reader, out string? unknown)
    {
        NodeType type = reader.TokenType == JsonTokenType.String ? NodeTypeNames.Parse(reader.ValueSpan) : NodeType.Unknown;
        unknown = type == NodeType.Unknown ? StrictJson.Text(ref reader) : null;

        // The type may have been written with escapes.
        if (unknown is not null && (type = NodeTypeNames.Parse(Encoding.UTF8.GetBytes(unknown))) != NodeType.Unknown)
        {
            unknown = null;
        }

        return type;
    }

    private static List<ExtendedAttribute> ExtendedAttributes(ref Utf8JsonReader reader)
    {
        StrictJson.Expect(ref reader, JsonTokenType.StartArray, "a list of attributes");
        List<ExtendedAttribute> attributes = [];
        for (StrictJson.Next(ref reader); reader.TokenType != JsonTokenType.EndArray; StrictJson.Next(ref reader))
        {
            byte[] name = [], value = [];
            ObjectMembers members = new(ref reader, AttributeMembers);
            while (members.Next(ref reader))
            {
                switch (members.Current)
                {
                    case 0: name = StrictJson.Utf8(ref reader); break;
                    case 1 when reader.TokenType == JsonTokenType.Null: break;
                    case 1: value = StrictJson.Base64Bytes(ref reader); break;
                    default: reader.Skip(); break;
                }
            }

            members.Require(0);
            attributes.Add(new ExtendedAttribute(name, value));
        }

        return attributes;
    }

    private static List<GenericAttribute> GenericAttributes(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        List<GenericAttribute> attributes = [];
        ObjectMembers members = new(ref reader, []);
        while (members.Next(ref reader))
        {
            attributes.Add(new GenericAttribute(members.UnknownName!, StrictJson.CompactValue(ref reader, json)));
        }

        attributes.Sort((left, right) => TreeCodec.CompareAsUtf8(left.Key, right.Key));
        return attributes;
    }

    private BlobId[] Content(ref Utf8JsonReader reader)
    {
        StrictJson.Expect(ref reader, JsonTokenType.StartArray, "a list of blobs");
        _content.Clear();
        for (StrictJson.Next(ref reader); reader.TokenType != JsonTokenType.EndArray; StrictJson.Next(ref reader))
        {
            _content.Add(new BlobId(StrictJson.Id(ref reader)));
        }

        return [.. _content];
    }
}
