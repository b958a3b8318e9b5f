using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Sots.Restic.Trees;

namespace Sots.Restic.Repofiles;

/// <summary>
/// Reads single values of the format's JSON and takes nothing for what it is not. Every failure is a <see cref="JsonException"/> that
/// says what was expected; <see cref="Damage"/> makes it the library's own error, with the name of the thing that was read.
/// </summary>
internal static class StrictJson
{
    /// <summary>Deeper nesting than this is damage. The format itself needs five levels.</summary>
    public const int MaxDepth = 64;

    /// <summary>A reader over a whole JSON text.</summary>
    public static Utf8JsonReader Open(ReadOnlySpan<byte> json) => new(json, new JsonReaderOptions { MaxDepth = MaxDepth });

    /// <summary>Moves to the next token. The text may not end here.</summary>
    public static void Next(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            throw new JsonException("the text ends too early");
        }
    }

    /// <summary>Checks that nothing but white space follows.</summary>
    public static void End(ref Utf8JsonReader reader)
    {
        if (reader.Read())
        {
            throw new JsonException("something follows its end");
        }
    }

    /// <summary>The error for a text that <paramref name="cause"/> was thrown for.</summary>
    public static RepositoryException Damage(string what, JsonException cause) => RepositoryException.Damage(what, cause.Message, cause);

    /// <summary>Checks that the current token is the one that is expected.</summary>
    public static void Expect(ref Utf8JsonReader reader, JsonTokenType expected, string name)
    {
        if (reader.TokenType != expected)
        {
            throw new JsonException($"{name} was expected, but there is {Describe(reader.TokenType)}");
        }
    }

    /// <summary>True or false.</summary>
    public static bool Boolean(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw new JsonException($"true or false was expected, but there is {Describe(reader.TokenType)}"),
    };

    /// <summary>A whole number of 0 to 2^32 - 1.</summary>
    public static uint UInt32(ref Utf8JsonReader reader)
    {
        ExpectNumber(ref reader);
        return reader.TryGetUInt32(out uint value) ? value : throw OutOfRange(ref reader, "32 bits");
    }

    /// <summary>A whole number of 0 to 2^64 - 1.</summary>
    public static ulong UInt64(ref Utf8JsonReader reader)
    {
        ExpectNumber(ref reader);
        return reader.TryGetUInt64(out ulong value) ? value : throw OutOfRange(ref reader, "64 bits");
    }

    /// <summary>A whole number of 0 to 2^31 - 1.</summary>
    public static int Int32(ref Utf8JsonReader reader)
    {
        ExpectNumber(ref reader);
        return reader.TryGetInt32(out int value) && value >= 0 ? value : throw OutOfRange(ref reader, "31 bits");
    }

    /// <summary>A whole number of 0 to 2^63 - 1.</summary>
    public static long Int64(ref Utf8JsonReader reader)
    {
        ExpectNumber(ref reader);
        return reader.TryGetInt64(out long value) && value >= 0 ? value : throw OutOfRange(ref reader, "63 bits");
    }

    /// <summary>A time.</summary>
    public static NodeTime Time(ref Utf8JsonReader reader)
    {
        ExpectText(ref reader);
        return !reader.ValueIsEscaped && NodeTime.TryParse(reader.ValueSpan, out NodeTime time)
            ? time
            : throw new JsonException($"{Excerpt(reader.ValueSpan)} is not a time");
    }

    /// <summary>An id: 64 hex digits.</summary>
    public static ContentId Id(ref Utf8JsonReader reader)
    {
        ExpectText(ref reader);
        return !reader.ValueIsEscaped && ContentId.TryParse(reader.ValueSpan, out ContentId id)
            ? id
            : throw new JsonException($"{Excerpt(reader.ValueSpan)} is not an id of {ContentId.HexLength} hex digits");
    }

    /// <summary>The bytes of a string; bad bytes and halves of surrogate pairs become U+FFFD.</summary>
    public static byte[] Utf8(ref Utf8JsonReader reader)
    {
        ExpectText(ref reader);
        return Utf8OfToken(ref reader);
    }

    /// <summary>A string; bad bytes and halves of surrogate pairs become U+FFFD.</summary>
    public static string Text(ref Utf8JsonReader reader)
    {
        ExpectText(ref reader);
        return Encoding.UTF8.GetString(IsClean(ref reader) ? reader.ValueSpan : Utf8OfToken(ref reader));
    }

    /// <summary>A list of strings; null where there are more than <paramref name="most"/>.</summary>
    public static List<string>? Texts(ref Utf8JsonReader reader, int most)
    {
        Expect(ref reader, JsonTokenType.StartArray, "a list");
        List<string> texts = [];
        for (Next(ref reader); reader.TokenType != JsonTokenType.EndArray; Next(ref reader))
        {
            if (texts.Count == most)
            {
                return null;
            }

            texts.Add(Text(ref reader));
        }

        return texts;
    }

    /// <summary>Bytes written as base64.</summary>
    public static byte[] Base64Bytes(ref Utf8JsonReader reader)
    {
        byte[] bytes = Utf8(ref reader);
        return Base64.DecodeFromUtf8InPlace(bytes, out int length) == System.Buffers.OperationStatus.Done
            ? bytes.AsSpan(0, length).ToArray()
            : throw new JsonException("a string is not base64");
    }

    /// <summary>Skips the current value and gives its text as it stands.</summary>
    public static ReadOnlySpan<byte> RawValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        int start = checked((int)reader.TokenStartIndex);
        reader.Skip();
        return json[start..checked((int)reader.BytesConsumed)];
    }

    /// <summary>Skips the current value and gives its text without white space between its tokens.</summary>
    public static byte[] CompactValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        byte[] value = RawValue(ref reader, json).ToArray();
        int length = 0;
        bool inString = false;
        for (int i = 0; i < value.Length; i++)
        {
            byte current = value[i];
            if (inString && current == '\\')
            {
                // Whatever is escaped, it does not end the string.
                value[length++] = current;
                current = value[++i];
            }
            else if (current == '"')
            {
                inString = !inString;
            }

            if (inString || current is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                value[length++] = current;
            }
        }

        return length == value.Length ? value : value[..length];
    }

    /// <summary>The decoded bytes of the current string or member name.</summary>
    public static byte[] Utf8OfToken(ref Utf8JsonReader reader)
    {
        if (IsClean(ref reader))
        {
            return reader.ValueSpan.ToArray();
        }

        byte[] utf8 = new byte[reader.ValueSpan.Length * JsonText.MaxUnescapedGrowth];
        return utf8.AsSpan(0, JsonText.Unescape(reader.ValueSpan, utf8)).ToArray();
    }

    /// <summary>True if the current string's bytes are its value.</summary>
    public static bool IsClean(ref Utf8JsonReader reader) =>
        !reader.ValueIsEscaped && System.Text.Unicode.Utf8.IsValid(reader.ValueSpan);

    /// <summary>The start of a text in a form that is safe to print.</summary>
    public static string Excerpt(ReadOnlySpan<byte> text)
    {
        const int Shown = 80;
        return text.Length <= Shown ? $"\"{NameQuoting.QuoteToString(text)}\"" : $"\"{NameQuoting.QuoteToString(text[..Shown])}…\"";
    }

    private static void ExpectNumber(ref Utf8JsonReader reader) => Expect(ref reader, JsonTokenType.Number, "a number");

    private static void ExpectText(ref Utf8JsonReader reader) => Expect(ref reader, JsonTokenType.String, "a string");

    private static JsonException OutOfRange(ref Utf8JsonReader reader, string bits) =>
        new($"{Excerpt(reader.ValueSpan)} is not a whole number of {bits}");

    private static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        JsonTokenType.Null => "null",
        _ => "the end of something",
    };
}
