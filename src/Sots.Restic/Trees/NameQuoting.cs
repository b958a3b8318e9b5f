using System.Text;
using Sots.Restic.Repofiles;

namespace Sots.Restic.Trees;

/// <summary>
/// The first of the two layers a node's name is written through: it turns any bytes into valid, printable UTF-8 that can be turned
/// back. The second is that of every JSON string (<see cref="JsonText"/>). Source: docs/FORMAT.md, "Names".
/// </summary>
public static class NameQuoting
{
    /// <summary>A quoted name has at most this many times as many bytes as the name: <c>\xff</c> for one.</summary>
    public const int MaxGrowth = 4;

    /// <summary>Quotes a name.</summary>
    /// <param name="name">Any bytes.</param>
    /// <param name="quoted">Room for <see cref="MaxGrowth"/> times the name's length.</param>
    /// <returns>Bytes written.</returns>
    public static int Quote(ReadOnlySpan<byte> name, Span<byte> quoted)
    {
        int written = 0;
        while (true)
        {
            int plain = JsonText.PlainLength(name);
            name[..plain].CopyTo(quoted[written..]);
            written += plain;
            name = name[plain..];
            if (name.IsEmpty)
            {
                return written;
            }

            bool good = JsonText.TryDecode(name, out Rune rune, out int length);
            written += !good ? Hex(quoted[written..], 'x', name[0], 2)
                : rune.IsAscii ? QuoteAscii(name[0], quoted[written..])
                : PrintableRanges.Contains((uint)rune.Value) ? rune.EncodeToUtf8(quoted[written..])
                : rune.IsBmp ? Hex(quoted[written..], 'u', rune.Value, 4)
                : Hex(quoted[written..], 'U', rune.Value, 8);
            name = name[length..];
        }
    }

    /// <summary>The quoted form as text: for messages, where a name must not bring control characters or bad bytes with it.</summary>
    public static string QuoteToString(ReadOnlySpan<byte> name)
    {
        byte[] quoted = new byte[name.Length * MaxGrowth];
        return Encoding.UTF8.GetString(quoted, 0, Quote(name, quoted));
    }

    /// <summary>Undoes <see cref="Quote"/>. Everything the quoting can produce is accepted, and octal and upper-case hex escapes.</summary>
    /// <param name="quoted">A quoted name.</param>
    /// <param name="name">Room for as many bytes as <paramref name="quoted"/> has. May be the same memory.</param>
    /// <param name="written">Bytes written.</param>
    /// <returns>False for a raw quote or newline and for an unknown, incomplete or impossible escape.</returns>
    public static bool TryUnquote(ReadOnlySpan<byte> quoted, Span<byte> name, out int written)
    {
        written = 0;
        while (!quoted.IsEmpty)
        {
            int plain = quoted.IndexOfAny((byte)'\\', (byte)'"', (byte)'\n');
            ReadOnlySpan<byte> literal = plain < 0 ? quoted : quoted[..plain];
            literal.CopyTo(name[written..]);
            written += literal.Length;
            quoted = quoted[literal.Length..];
            if (quoted.IsEmpty)
            {
                return true;
            }

            if (quoted[0] != '\\' || !TryEscape(quoted, name[written..], out int consumed, out int produced))
            {
                return false;
            }

            written += produced;
            quoted = quoted[consumed..];
        }

        return true;
    }

    private static bool TryEscape(ReadOnlySpan<byte> quoted, Span<byte> name, out int consumed, out int produced)
    {
        consumed = 2;
        produced = 1;
        if (quoted.Length < 2)
        {
            return false;
        }

        int value;
        switch (quoted[1])
        {
            case (byte)'x':
                consumed = 4;
                return TryNumber(quoted[2..], 2, 16, out value) && Single(name, value);
            case >= (byte)'0' and <= (byte)'7':
                consumed = 4;
                return TryNumber(quoted[1..], 3, 8, out value) && value <= byte.MaxValue && Single(name, value);
            case (byte)'u':
                consumed = 6;
                return TryNumber(quoted[2..], 4, 16, out value) && Character(name, value, out produced);
            case (byte)'U':
                consumed = 10;
                return TryNumber(quoted[2..], 8, 16, out value) && Character(name, value, out produced);
            case byte letter:
                int index = "abfnrtv\\\""u8.IndexOf(letter);
                return index >= 0 && Single(name, "\a\b\f\n\r\t\v\\\""u8[index]);
        }

        static bool Single(Span<byte> name, int value)
        {
            name[0] = (byte)value;
            return true;
        }

        static bool Character(Span<byte> name, int value, out int produced)
        {
            produced = 0;
            return Rune.TryCreate(value, out Rune rune) && rune.TryEncodeToUtf8(name, out produced);
        }
    }

    private static bool TryNumber(ReadOnlySpan<byte> quoted, int digits, int radix, out int value)
    {
        value = 0;
        if (quoted.Length < digits)
        {
            return false;
        }

        long number = 0;
        foreach (byte digit in quoted[..digits])
        {
            int digitValue = JsonText.HexValue(digit);
            if (digitValue < 0 || digitValue >= radix)
            {
                return false;
            }

            number = (number * radix) + digitValue;
        }

        value = (int)Math.Min(number, int.MaxValue);
        return true;
    }

    private static int QuoteAscii(byte value, Span<byte> quoted)
    {
        int index = "\a\b\f\n\r\t\v\\\""u8.IndexOf(value);
        if (index >= 0)
        {
            quoted[0] = (byte)'\\';
            quoted[1] = "abfnrtv\\\""u8[index];
            return 2;
        }

        if (value is < 0x20 or 0x7F)
        {
            return Hex(quoted, 'x', value, 2);
        }

        quoted[0] = value;
        return 1;
    }

    private static int Hex(Span<byte> quoted, char kind, int value, int digits)
    {
        quoted[0] = (byte)'\\';
        quoted[1] = (byte)kind;
        for (int i = digits - 1; i >= 0; i--)
        {
            quoted[2 + i] = JsonText.HexDigit(value & 15);
            value >>= 4;
        }

        return 2 + digits;
    }
}
