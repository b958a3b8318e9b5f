using System.Buffers;
using System.Buffers.Text;
using Sots.Restic.Packs;

namespace Sots.Restic.Index;

/// <summary>A pack and everything it holds.</summary>
/// <param name="Id">Name of the pack.</param>
/// <param name="Blobs">Its blobs.</param>
public sealed record IndexedPack(PackId Id, IReadOnlyList<PackedBlob> Blobs);

/// <summary>The JSON of an index file: packs with their blobs. Source: docs/FORMAT.md, section 7.</summary>
internal static partial class IndexFile
{
    /// <summary>An index is written when it holds this many blobs.</summary>
    public const int FullAtBlobs = 50_000;

    /// <summary>Bytes that a line of a blob takes at most, and the frame of a pack.</summary>
    private const int MostForBlob = 160, MostForPack = 96;

    /// <summary>Writes the JSON with its final newline.</summary>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<IndexedPack> packs)
    {
        // Room for all of it at once: a buffer that grows by doubling would be copied, and be twice as large in the end.
        ArrayBufferWriter<byte> json = new(MostForPack + packs.Sum(static pack => MostForPack + (pack.Blobs.Count * MostForBlob)));
        json.Write("{\"packs\":["u8);
        for (int p = 0; p < packs.Count; p++)
        {
            json.Write(p == 0 ? "{\"id\":\""u8 : ",{\"id\":\""u8);
            WriteId(json, packs[p].Id.Value);
            json.Write("\",\"blobs\":["u8);
            for (int b = 0; b < packs[p].Blobs.Count; b++)
            {
                PackedBlob blob = packs[p].Blobs[b];
                json.Write(b == 0 ? "{\"id\":\""u8 : ",{\"id\":\""u8);
                WriteId(json, blob.Id);
                json.Write(blob.Type == BlobType.Tree ? "\",\"type\":\"tree\",\"offset\":"u8 : "\",\"type\":\"data\",\"offset\":"u8);
                WriteNumber(json, blob.Offset);
                json.Write(",\"length\":"u8);
                WriteNumber(json, blob.Length);
                if (blob.UncompressedLength != 0)
                {
                    json.Write(",\"uncompressed_length\":"u8);
                    WriteNumber(json, blob.UncompressedLength);
                }

                json.Write("}"u8);
            }

            json.Write("]}"u8);
        }

        json.Write("]}\n"u8);
        return json.WrittenMemory;
    }

    private static void WriteId(ArrayBufferWriter<byte> json, ContentId id)
    {
        id.FormatHex(json.GetSpan(ContentId.HexLength));
        json.Advance(ContentId.HexLength);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> json, uint value)
    {
        Utf8Formatter.TryFormat(value, json.GetSpan(10), out int written);
        json.Advance(written);
    }
}
