using System.Buffers;
using Sots.Restic;
using Sots.Restic.Crypto;
using Sots.Restic.Packs;
using Sots.Restic.Trees;

namespace Sots.Fuzzing.Targets;

/// <summary>Things that seeds are made of. The same in every run.</summary>
internal static class Samples
{
    /// <summary>A time with everything in it.</summary>
    public static readonly NodeTime Time = new(1_709_247_599, 123_456_789, 60);

    /// <summary>An id.</summary>
    public static readonly ContentId Id = ContentId.Of("sample"u8);

    /// <summary>A key that is no secret.</summary>
    public static MasterKey Key() => MasterKey.FromParts([.. Enumerable.Range(1, 32).Select(static i => (byte)i)], [.. Enumerable.Range(40, 16).Select(static i => (byte)i)], [.. Enumerable.Range(80, 16).Select(static i => (byte)i)]);

    /// <summary>Blobs one after another, of every kind.</summary>
    public static readonly IReadOnlyList<PackedBlob> Blobs =
    [
        new(BlobType.Data, Id, 0, 40, 0),
        new(BlobType.Tree, Id, 40, 100, 500),
        new(BlobType.Data, ContentId.Of("other"u8), 140, 32, 1),
        new(BlobType.Tree, ContentId.Of("other"u8), 172, 64, 0),
    ];

    /// <summary>A node of every type, with every member somewhere.</summary>
    public static readonly IReadOnlyList<Node> Nodes =
    [
        new Node { Name = "\n\"\\<ä\ue000\U0001f600"u8.ToArray(), Type = NodeType.Directory, Subtree = TreeCodec.EmptyTree, ModifiedTime = Time, AccessTime = Time, ChangeTime = Time },
        new Node { Name = "Socket"u8.ToArray(), Type = NodeType.Socket, Mode = 0x0100_01FF, ModifiedTime = NodeTime.None, AccessTime = NodeTime.None, ChangeTime = NodeTime.None },
        new Node
        {
            Name = [.. "file"u8, 0xFF],
            Type = NodeType.File,
            Mode = 420,
            ModifiedTime = Time,
            AccessTime = new NodeTime(-1, 0, -210),
            ChangeTime = new NodeTime(0, 1, 0),
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
            Content = [new BlobId(Id)],
        },
        new Node { Name = "link"u8.ToArray(), Type = NodeType.Symlink, LinkTarget = [.. "\b\ttarget"u8, 0xC0], Links = 1, Error = "e", ModifiedTime = Time, AccessTime = Time, ChangeTime = Time },
        new Node { Name = "sda"u8.ToArray(), Type = NodeType.BlockDevice, Device = 2049, ModifiedTime = Time, AccessTime = Time, ChangeTime = Time },
    ];

    /// <summary>The tree of nodes.</summary>
    public static byte[] Tree(IReadOnlyList<Node> nodes)
    {
        ArrayBufferWriter<byte> json = new();
        TreeCodec.Write(nodes, json);
        return json.WrittenSpan.ToArray();
    }

}
