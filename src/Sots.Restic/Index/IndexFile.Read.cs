using System.Text.Json;
using Sots.Restic.Crypto;
using Sots.Restic.Packs;

namespace Sots.Restic.Index;

internal static partial class IndexFile
{
    /// <summary>
    /// Reads an index file and hands each pack with its blobs to <paramref name="onPack"/>. The shape is checked before anything is handed
    /// out of a pack, so a file that turns out damaged may have handed out whole packs before; they are true, because the file is authentic.
    /// </summary>
    /// <param name="json">The JSON.</param>
    /// <param name="version">Format version of the repository: version 1 has no compressed blobs.</param>
    /// <param name="fileName">For messages.</param>
    /// <param name="onPack">Gets each pack; the list is reused for the next.</param>
    /// <exception cref="RepositoryException">Damaged: not an index, or not of the right shape.</exception>
    public static void Read(ReadOnlySpan<byte> json, int version, string fileName, Action<PackId, List<PackedBlob>> onPack)
    {
        UsualIndexJson usual = new(json, version);
        List<PackedBlob> blobs = [];
        int done = 0;
        if (usual.TryReadStart())
        {
            for (; usual.TryReadPack(out PackId pack, blobs); done++)
            {
                onPack(pack, blobs);
            }

            if (usual.IsAtEnd)
            {
                return;
            }
        }

        ReadAny(json, version, fileName, onPack, done);
    }

    /// <summary>The same, for any JSON that is an index.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="version">Format version of the repository: version 1 has no compressed blobs.</param>
    /// <param name="fileName">For messages.</param>
    /// <param name="onPack">Gets each pack; the list is reused for the next.</param>
    /// <param name="skipped">So many packs, the first ones, are not handed out.</param>
    /// <exception cref="RepositoryException">Damaged: not an index, or not of the right shape.</exception>
    internal static void ReadAny(ReadOnlySpan<byte> json, int version, string fileName, Action<PackId, List<PackedBlob>> onPack, int skipped = 0)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 64 });
        try
        {
            new Parser(version, fileName, onPack, skipped).ReadFile(ref reader);
        }
        catch (JsonException e)
        {
            throw RepositoryException.Damage(fileName, $"its JSON is broken near byte {reader.BytesConsumed}", e);
        }
    }

    private struct Parser(int version, string fileName, Action<PackId, List<PackedBlob>> onPack, int skipped)
    {
        private int _toSkip = skipped;

        public void ReadFile(ref Utf8JsonReader reader)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                throw new RepositoryException(
                    RepositoryErrorKind.Unsupported, $"{fileName} has the format of before 2016.", "Rebuild the index with restic 0.16 or older first.");
            }

            Expect(reader.TokenType == JsonTokenType.StartObject, "it is not a JSON object");
            bool hasPacks = false;
            while (NextMember(ref reader))
            {
                if (Is(ref reader, "packs"u8))
                {
                    Expect(!hasPacks, "it has two lists of packs");
                    hasPacks = true;
                    ReadPacks(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }

            Expect(hasPacks, "it is not an index: it has no list of packs");
            Expect(!reader.Read(), "there is something after its end");
        }

        private void ReadPacks(ref Utf8JsonReader reader)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
            {
                return;
            }

            Expect(reader.TokenType == JsonTokenType.StartArray, "its packs are not a list");
            List<PackedBlob> blobs = [];
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                ReadPack(ref reader, blobs);
            }
        }

        private void ReadPack(ref Utf8JsonReader reader, List<PackedBlob> blobs)
        {
            Expect(reader.TokenType == JsonTokenType.StartObject, "a pack is not an object");
            ContentId? id = null;
            bool hasBlobs = false;
            blobs.Clear();
            while (NextMember(ref reader))
            {
                if (Is(ref reader, "id"u8))
                {
                    Expect(id is null, "a pack has two ids");
                    id = ReadId(ref reader);
                }
                else if (Is(ref reader, "blobs"u8))
                {
                    Expect(!hasBlobs, "a pack has two lists of blobs");
                    hasBlobs = true;
                    ReadBlobs(ref reader, blobs);
                }
                else
                {
                    reader.Skip();
                }
            }

            Expect(id is not null, "a pack has no id");
            if (_toSkip-- <= 0)
            {
                onPack(new PackId(id!.Value), blobs);
            }
        }

        private void ReadBlobs(ref Utf8JsonReader reader, List<PackedBlob> blobs)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
            {
                return;
            }

            Expect(reader.TokenType == JsonTokenType.StartArray, "a pack's blobs are not a list");
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                blobs.Add(ReadBlob(ref reader));
            }
        }

        private PackedBlob ReadBlob(ref Utf8JsonReader reader)
        {
            Expect(reader.TokenType == JsonTokenType.StartObject, "a blob is not an object");
            ContentId id = default;
            BlobType type = default;
            uint offset = 0, length = 0, uncompressed = 0;
            int seen = 0;
            while (NextMember(ref reader))
            {
                int bit;
                if (Is(ref reader, "id"u8))
                {
                    bit = 1;
                    id = ReadId(ref reader);
                }
                else if (Is(ref reader, "type"u8))
                {
                    bit = 2;
                    type = ReadType(ref reader);
                }
                else if (Is(ref reader, "offset"u8))
                {
                    bit = 4;
                    offset = ReadNumber(ref reader);
                }
                else if (Is(ref reader, "length"u8))
                {
                    bit = 8;
                    length = ReadNumber(ref reader);
                }
                else if (Is(ref reader, "uncompressed_length"u8))
                {
                    bit = 16;
                    uncompressed = ReadNumber(ref reader);
                }
                else
                {
                    reader.Skip();
                    continue;
                }

                Expect((seen & bit) == 0, "a blob has a member twice");
                seen |= bit;
            }

            Expect((seen & 15) == 15, "a blob lacks its id, type, offset or length");
            Expect(!id.IsZero, "a blob has the id of all zeros");
            Expect(length >= SealedBox.Overhead, $"a blob has {length} bytes, at least {SealedBox.Overhead} are expected");
            Expect((long)offset + length <= Limits.PackLength, $"a blob ends at byte {(long)offset + length}, behind the end of the largest pack");
            Expect(version >= 2 || uncompressed == 0, "it has a compressed blob, which a version 1 repository cannot hold");
            return new PackedBlob(type, id, offset, length, uncompressed);
        }

        private BlobType ReadType(ref Utf8JsonReader reader)
        {
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.String, "a blob's type is not a text");
            if (Is(ref reader, "data"u8))
            {
                return BlobType.Data;
            }

            Expect(Is(ref reader, "tree"u8), "a blob's type is neither data nor tree");
            return BlobType.Tree;
        }

        private ContentId ReadId(ref Utf8JsonReader reader)
        {
            reader.Read();
            ContentId id = default;
            Expect(reader.TokenType == JsonTokenType.String && ContentId.TryParse(reader.ValueSpan, out id), "an id is not 64 hex digits");
            return id;
        }

        private uint ReadNumber(ref Utf8JsonReader reader)
        {
            reader.Read();
            uint value = 0;
            Expect(reader.TokenType == JsonTokenType.Number && reader.TryGetUInt32(out value), "an offset or length is not a number of 32 bits");
            return value;
        }

        /// <summary>Whether the current text is this one.</summary>
        private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> text) =>
            reader.ValueIsEscaped ? IsEscaped(ref reader, text) : reader.ValueSpan.SequenceEqual(text);

        /// <summary>The runtime's reader throws for half of a surrogate pair, which is in no text that is asked for.</summary>
        private static bool IsEscaped(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
        {
            try
            {
                return reader.ValueTextEquals(text);
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }

        private static bool NextMember(ref Utf8JsonReader reader)
        {
            reader.Read();
            return reader.TokenType == JsonTokenType.PropertyName;
        }

        private void Expect(bool condition, string otherwise)
        {
            if (!condition)
            {
                throw RepositoryException.Damage(fileName, otherwise);
            }
        }
    }
}
