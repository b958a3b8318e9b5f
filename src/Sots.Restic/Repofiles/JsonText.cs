using System.Buffers;
using System.Text;

namespace Sots.Restic.Repofiles;

/// <summary>
/// Strings of the format's JSON, byte for byte: which bytes are escaped and how decides ids, and differs from what the runtime's own
/// writer does. Source: docs/FORMAT.md, "JSON strings".
/// </summary>
internal static class JsonText
{
    /// <summary>The most bytes that <see cref="EscapeNext"/> writes.</summary>
    public const int MaxEscapedLength = 6;

    /// <summary>A string has at most this many times as many bytes after <see cref="Unescape"/> as before.</summary>
    public const int MaxUnescapedGrowth = 3;

    /// <summary>Printable ASCII that stands for itself in every layer, node names too.</summary>
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        " !#$%'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    /// <summary>How many bytes at the start stand for themselves.</summary>
    public static int PlainLength(ReadOnlySpan<byte> utf8)
    {
        int end = utf8.IndexOfAnyExcept(Plain);
        return end < 0 ? utf8.Length : end;
    }

    /// <summary>
    /// Decodes one character. A byte that starts no valid sequence counts as one bad byte, whatever follows it.
    /// </summary>
    /// <param name="utf8">Not empty.</param>
    /// <param name="rune">The character; undefined on failure.</param>
    /// <param name="length">Bytes consumed; 1 on failure.</param>
    /// <returns>False for a bad byte.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> utf8, out Rune rune, out int length)
    {
        if (Rune.DecodeFromUtf8(utf8, out rune, out length) == OperationStatus.Done)
        {
            return true;
        }

        length = 1;
        return false;
    }

    /// <summary>Writes the escaped form of the first character of <paramref name="utf8"/>, bad bytes as <c>\ufffd</c>.</summary>
    /// <param name="utf8">Not empty.</param>
    /// <param name="escaped">Room for <see cref="MaxEscapedLength"/> bytes.</param>
    /// <param name="written">Bytes written.</param>
    /// <returns>Bytes consumed, 1 to 4.</returns>
    public static int EscapeNext(ReadOnlySpan<byte> utf8, Span<byte> escaped, out int written)
    {
        byte first = utf8[0];
        if (first < 0x80)
        {
            written = EscapeAscii(first, escaped);
            return 1;
        }

        if (!TryDecode(utf8, out Rune rune, out int length))
        {
            written = Copy(@"\ufffd"u8, escaped);
        }
        else if (rune.Value is 0x2028 or 0x2029)
        {
            // Line ends of JavaScript, escaped since JSON was evaluated as a script.
            written = Copy(rune.Value == 0x2028 ? @"\u2028"u8 : @"\u2029"u8, escaped);
        }
        else
        {
            written = Copy(utf8[..length], escaped);
        }

        return length;
    }

    /// <summary>
    /// Turns the inside of a JSON string token into bytes. Nothing fails: a bad byte and half of a surrogate pair become U+FFFD each.
    /// </summary>
    /// <param name="token">What stands between the quotes; a JSON reader has checked that every escape is complete.</param>
    /// <param name="utf8">Room for <see cref="MaxUnescapedGrowth"/> times the token's length.</param>
    /// <returns>Bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> token, Span<byte> utf8)
    {
        int written = 0;
        while (!token.IsEmpty)
        {
            Rune rune;
            int length;
            if (token[0] != '\\')
            {
                rune = TryDecode(token, out Rune decoded, out length) ? decoded : Rune.ReplacementChar;
            }
            else if (token[1] == 'u')
            {
                rune = UnescapeUtf16(token, out length);
            }
            else
            {
                length = 2;
                rune = new Rune(token[1] switch
                {
                    (byte)'b' => '\b',
                    (byte)'f' => '\f',
                    (byte)'n' => '\n',
                    (byte)'r' => '\r',
                    (byte)'t' => '\t',
                    byte self => (char)self,
                });
            }

            written += rune.EncodeToUtf8(utf8[written..]);
            token = token[length..];
        }

        return written;
    }

    private static Rune UnescapeUtf16(ReadOnlySpan<byte> token, out int length)
    {
        char unit = Unit(token);
        length = 6;
        if (!char.IsSurrogate(unit))
        {
            return new Rune(unit);
        }

        if (token.Length >= 12 && token[6] == '\\' && token[7] == 'u' && Rune.TryCreate(unit, Unit(token[6..]), out Rune pair))
        {
            length = 12;
            return pair;
        }

        return Rune.ReplacementChar;

        static char Unit(ReadOnlySpan<byte> escape)
        {
            int value = 0;
            for (int i = 2; i < 6; i++)
            {
                value = (value * 16) + HexValue(escape[i]);
            }

            return (char)value;
        }
    }

    private static int EscapeAscii(byte value, Span<byte> escaped)
    {
        switch (value)
        {
            case (byte)'"':
                return Copy("\\\""u8, escaped);
            case (byte)'\\':
                return Copy(@"\\"u8, escaped);
            case (byte)'\b':
                return Copy(@"\b"u8, escaped);
            case (byte)'\f':
                return Copy(@"\f"u8, escaped);
            case (byte)'\n':
                return Copy(@"\n"u8, escaped);
            case (byte)'\r':
                return Copy(@"\r"u8, escaped);
            case (byte)'\t':
                return Copy(@"\t"u8, escaped);
            case < 0x20 or (byte)'<' or (byte)'>' or (byte)'&':
                Copy(@"\u00"u8, escaped);
                escaped[4] = HexDigit(value >> 4);
                escaped[5] = HexDigit(value & 15);
                return 6;
            default:
                escaped[0] = value;
                return 1;
        }
    }

    /// <summary>Lower-case hex digit of 0 to 15.</summary>
    public static byte HexDigit(int value) => "0123456789abcdef"u8[value];

    /// <summary>Value of a hex digit of either case, -1 for any other byte.</summary>
    public static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };

    private static int Copy(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        bytes.CopyTo(destination);
        return bytes.Length;
    }
}
