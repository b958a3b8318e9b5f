using System.Text;
using Sots.Restic;
using Sots.Restic.Crypto;
using Sots.Restic.Packs;
using Sots.Restic.Trees;

namespace Sots.Benchmarks;

/// <summary>Made-up things of the right size and nature, the same in every run.</summary>
internal static class Samples
{
    /// <summary>An irreducible polynomial of degree 53, as every repository has one.</summary>
    public const ulong Polynomial = 0x3DE7C7656FC4B7;

    /// <summary>Bytes of which about half can be compressed away: random stretches between repeated words.</summary>
    public static byte[] AssetBytes(int length)
    {
        byte[] bytes = new byte[length];
        Random random = new(1);
        random.NextBytes(bytes);
        ReadOnlySpan<byte> words = "/Script/Engine.StaticMeshComponent\0RelativeLocation\0"u8;
        for (int at = 0; at + 128 <= length; at += 128)
        {
            words[..48].CopyTo(bytes.AsSpan(at + random.Next(16)));
        }

        return bytes;
    }

    /// <summary>A key for sealing.</summary>
    public static MasterKey Key() => MasterKey.Generate();

    /// <summary>The id of a number: its hash.</summary>
    public static ContentId IdOf(int number) => ContentId.Of(BitConverter.GetBytes(number));

    /// <summary>Hands out packs of blobs, as an index would: 40 blobs of 300 kB a pack.</summary>
    public static IEnumerable<(PackId Pack, PackedBlob Blob)> IndexEntries(int count)
    {
        PackId pack = default;
        for (int i = 0; i < count; i++)
        {
            if (i % 40 == 0)
            {
                pack = new PackId(IdOf(-1 - (i / 40)));
            }

            BlobType type = i % 50 == 0 ? BlobType.Tree : BlobType.Data;
            yield return (pack, new PackedBlob(type, IdOf(i), (uint)(i % 40 * 300_000), 300_000, 500_000));
        }
    }

    /// <summary>The nodes of one very large directory of files with one blob each.</summary>
    public static List<Node> Nodes(int count)
    {
        List<Node> nodes = new(count);
        NodeTime time = new(1_700_000_000, 123_456_789, 60);
        for (int i = 0; i < count; i++)
        {
            nodes.Add(new Node
            {
                Name = Encoding.UTF8.GetBytes($"SM_Building_{i:D7}.uasset"),
                Type = NodeType.File,
                Mode = 0x1A4,
                ModifiedTime = time,
                AccessTime = time,
                ChangeTime = time,
                UserId = 1000,
                GroupId = 1000,
                User = "artist",
                Group = "artists",
                Inode = (ulong)i + 1000,
                DeviceId = 64,
                Size = 450_000,
                Links = 1,
                Content = [new BlobId(IdOf(i))],
            });
        }

        return nodes;
    }
}
