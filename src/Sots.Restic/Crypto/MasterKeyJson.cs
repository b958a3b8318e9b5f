using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sots.Restic.Crypto;

/// <summary>
/// The master key as the JSON that is sealed in key files. Written and read by hand, so that the secret never passes through strings or
/// buffers that nobody zeroes.
/// </summary>
internal static class MasterKeyJson
{
    private const int LongestText = 256;

    /// <summary>The JSON, in pinned memory that the caller zeroes.</summary>
    internal static byte[] Write(MasterKey key)
    {
        Span<byte> parts = stackalloc byte[MasterKey.TotalLength];
        key.CopyParts(parts);
        byte[] json = GC.AllocateArray<byte>(128, pinned: true);
        Span<byte> rest = json;
        rest = Append(rest, "{\"mac\":{\"k\":\""u8);
        rest = AppendBase64(rest, parts.Slice(32, 16));
        rest = Append(rest, "\",\"r\":\""u8);
        rest = AppendBase64(rest, parts.Slice(48, 16));
        rest = Append(rest, "\"},\"encrypt\":\""u8);
        rest = AppendBase64(rest, parts[..32]);
        Append(rest, "\"}"u8);
        CryptographicOperations.ZeroMemory(parts);
        return json;
    }

    /// <summary>Reads what <see cref="Write"/> or restic wrote: any order, unknown members ignored, none twice.</summary>
    /// <param name="json">The opened bytes.</param>
    /// <param name="what">The file's name for messages.</param>
    /// <exception cref="RepositoryException"><see cref="RepositoryErrorKind.Damaged"/>: anything else.</exception>
    internal static MasterKey Read(ReadOnlySpan<byte> json, string what)
    {
        Span<byte> parts = stackalloc byte[MasterKey.TotalLength];
        try
        {
            Utf8JsonReader reader = new(json);
            reader.Read();
            Part missing = ReadMembers(ref reader, Part.All, parts);
            Require(missing == Part.None && !reader.Read());
            return MasterKey.FromParts(parts);
        }
        catch (JsonException)
        {
            // The reader's message may quote the text, which is the secret: neither it nor the exception goes on.
            throw RepositoryException.Damage(what, "it opens with the password, but what is in it is not a master key");
        }
        catch (InvalidOperationException)
        {
            throw RepositoryException.Damage(what, "it opens with the password, but the master key in it is not valid text");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(parts);
        }
    }

    /// <summary>Reads one object; returns which of the wanted parts have not come.</summary>
    private static Part ReadMembers(ref Utf8JsonReader reader, Part wanted, scoped Span<byte> parts)
    {
        Require(reader.TokenType == JsonTokenType.StartObject);
        bool inner = wanted == (Part.MacK | Part.MacR);
        bool macSeen = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Part part = inner
                ? reader.ValueTextEquals("k"u8) ? Part.MacK : reader.ValueTextEquals("r"u8) ? Part.MacR : Part.None
                : reader.ValueTextEquals("encrypt"u8) ? Part.Encrypt : Part.None;
            bool mac = !inner && reader.ValueTextEquals("mac"u8);
            reader.Read();
            if (mac)
            {
                Require(!macSeen);
                macSeen = true;
                wanted &= ~(Part.MacK | Part.MacR) | ReadMembers(ref reader, Part.MacK | Part.MacR, parts);
            }
            else if (part != Part.None)
            {
                Require((wanted & part) != 0);
                wanted &= ~part;
                ReadBase64(ref reader, part switch
                {
                    Part.Encrypt => parts[..32],
                    Part.MacK => parts.Slice(32, 16),
                    _ => parts.Slice(48, 16),
                });
            }
            else
            {
                reader.Skip();
            }
        }

        return wanted;
    }

    private static void ReadBase64(ref Utf8JsonReader reader, scoped Span<byte> destination)
    {
        Require(reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= LongestText);
        Span<byte> text = stackalloc byte[LongestText];
        int length = reader.CopyString(text);
        OperationStatus status = Base64.DecodeFromUtf8(text[..length], destination, out _, out int written);
        CryptographicOperations.ZeroMemory(text);
        Require(status == OperationStatus.Done && written == destination.Length);
    }

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new JsonException();
        }
    }

    private static Span<byte> Append(Span<byte> destination, scoped ReadOnlySpan<byte> text)
    {
        text.CopyTo(destination);
        return destination[text.Length..];
    }

    private static Span<byte> AppendBase64(Span<byte> destination, scoped ReadOnlySpan<byte> bytes)
    {
        Base64.EncodeToUtf8(bytes, destination, out _, out int written);
        return destination[written..];
    }

    [Flags]
    private enum Part
    {
        None = 0,
        Encrypt = 1,
        MacK = 2,
        MacR = 4,
        All = Encrypt | MacK | MacR,
    }
}
