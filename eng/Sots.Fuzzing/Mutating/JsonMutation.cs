using System.Text;

namespace Sots.Fuzzing.Mutating;

/// <summary>Changes JSON so that it stays JSON, nearly always: what a change of bytes would break at once gets past the reader this way.</summary>
/// <param name="random">All chance.</param>
internal sealed class JsonMutation(Random random)
{
    private static readonly byte[][] Odd =
    [
        .. new[]
        {
            "null", "true", "false", "0", "-1", "1", "0.5", "1e400", "-0", "2147483648", "4294967296", "9223372036854775808", "18446744073709551616", "\"\"", "[]", "{}",
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
            "\"AA==\"", "\"..\"", "\"2024-02-29T23:59:59.999999999+01:00\"", "\"0000000000000000000000000000000000000000000000000000000000000000\"",
            "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"", "{\"a\":1,\"a\":2}", "[0,]", "\"\\u0000\"",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly byte[][] Characters =
    [
        .. new[]
        {
            "\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\ufffd", "\\u2028", "\\u00e4", "\\\"", "\\\\", "\\\\x41", "\\\\u00e4", "\\\\U0010ffff", "\\\\101", "\\/", "\\n", "\u2029", "<", "é",
            "𐍈", "\u007f",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x01],
    ];

    private static readonly byte[][] Blanks = [.. new[] { " ", "\n", "\r\n", "\t", "//x\n", "/**/" }.Select(Encoding.UTF8.GetBytes)];

    private readonly JsonPieces _own = new();
    private readonly JsonPieces _foreign = new();

    /// <summary>Whether a text looks like JSON.</summary>
    public static bool Fits(ReadOnlySpan<byte> text) => text[..Math.Min(text.Length, 8)].IndexOfAny("{["u8) >= 0;

    /// <summary>Makes one change.</summary>
    /// <param name="text">The text.</param>
    /// <param name="other">Another text, for pieces.</param>
    /// <param name="words">The dictionary: what is no JSON in it becomes a string.</param>
    public void Apply(InputBuffer text, byte[] other, byte[][] words)
    {
        _own.Find(text.Bytes);
        if (_own.Values.Count == 0)
        {
            return;
        }

        JsonPiece value = Pick(_own.Values);
        JsonPiece entry = _own.Entries.Count > 0 ? Pick(_own.Entries) : value;
        switch (random.Next(11))
        {
            case 0: // an entry twice
                text.Replace(entry.Start, 0, [.. Copy(text, entry), (byte)',']);
                break;
            case 1: // an entry less
                text.Replace(entry.Start, entry.Length + (entry.End < text.Length && text.Bytes[entry.End] == (byte)',' ? 1 : 0), []);
                break;
            case 2: // a value in the place of another
                text.Replace(value.Start, value.Length, Copy(text, Pick(_own.Values)));
                break;
            case 3:
                text.Replace(value.Start, value.Length, Odd[random.Next(Odd.Length)]);
                break;
            case 4: // two entries change places
                JsonPiece second = _own.Entries.Count > 0 ? Pick(_own.Entries) : value;
                Swap(text, entry, second);
                break;
            case 5:
                text.Replace(value.Start, value.Length, random.Next(2) == 0
                    ? [(byte)'[', .. Copy(text, value), (byte)']']
                    : [.. "{\"x\":"u8, .. Copy(text, value), (byte)'}']);
                break;
            case 6:
                ChangeString(text, value);
                break;
            case 7: // an entry of another text
                _foreign.Find(other);
                List<JsonPiece> foreign = _foreign.Entries.Count > 0 ? _foreign.Entries : _foreign.Values;
                if (foreign.Count > 0)
                {
                    JsonPiece piece = Pick(foreign);
                    text.Replace(entry.Start, random.Next(2) * entry.Length, [.. other.AsSpan(piece.Start, piece.Length), (byte)',']);
                }

                break;
            case 8:
                ChangeNumber(text, value);
                break;
            case 9:
                text.Replace(random.Next(2) == 0 ? value.Start : value.End, 0, Blanks[random.Next(Blanks.Length)]);
                break;
            default:
                if (words.Length > 0)
                {
                    byte[] word = words[random.Next(words.Length)];
                    text.Replace(value.Start, value.Length, word[0] is (byte)'"' or (byte)'{' or (byte)'[' or (>= (byte)'0' and <= (byte)'9') ? word : [(byte)'"', .. word, (byte)'"']);
                }

                break;
        }
    }

    private void ChangeString(InputBuffer text, JsonPiece value)
    {
        if (text.Bytes[value.Start] == (byte)'"' && value.Length >= 2)
        {
            int at = value.Start + 1 + random.Next(value.Length - 1);
            text.Replace(at, random.Next(2), Characters[random.Next(Characters.Length)]);
        }
    }

    private void ChangeNumber(InputBuffer text, JsonPiece value)
    {
        if (text.Bytes[value.Start] is (>= (byte)'0' and <= (byte)'9') or (byte)'-')
        {
            byte[][] changes = [.. new[] { "0", "1", "9", "-", ".5", "e5", "00", "99999999999" }.Select(Encoding.UTF8.GetBytes)];
            text.Replace(value.Start + random.Next(value.Length + 1), random.Next(2), changes[random.Next(changes.Length)]);
        }
    }

    private static void Swap(InputBuffer text, JsonPiece left, JsonPiece right)
    {
        (left, right) = left.Start <= right.Start ? (left, right) : (right, left);
        if (left.End <= right.Start)
        {
            byte[] first = Copy(text, left), second = Copy(text, right);
            text.Replace(right.Start, right.Length, first);
            text.Replace(left.Start, left.Length, second);
        }
    }

    private JsonPiece Pick(List<JsonPiece> pieces) => pieces[random.Next(pieces.Count)];

    private static byte[] Copy(InputBuffer text, JsonPiece piece) => text.Bytes[piece.Start..piece.End].ToArray();
}
