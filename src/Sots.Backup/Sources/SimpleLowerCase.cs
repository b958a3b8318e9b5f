using System.Buffers;
using System.Text;

namespace Sots.Backup.Sources;

/// <summary>Unicode simple lower case of UTF-8 text, character by character and the same everywhere: what <c>--iexclude</c> compares.</summary>
public static class SimpleLowerCase
{
    /// <summary>A destination of this many bytes for each byte of text is always enough.</summary>
    public const int Growth = 3;

    /// <summary>Writes the lower case form; each byte that is no UTF-8 becomes U+FFFD, as in restic. Returns the length written.</summary>
    public static int Write(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        if (Ascii.IsValid(text))
        {
            Ascii.ToLower(text, destination, out int length);
            return length;
        }

        int written = 0;
        while (text.Length > 0)
        {
            if (Rune.DecodeFromUtf8(text, out Rune rune, out int used) != OperationStatus.Done)
            {
                rune = Rune.ReplacementChar;
                used = 1;
            }

            written += Of(rune).EncodeToUtf8(destination[written..]);
            text = text[used..];
        }

        return written;
    }

    /// <summary>The lower case form of a text.</summary>
    public static byte[] Of(ReadOnlySpan<byte> text)
    {
        byte[] buffer = new byte[text.Length * Growth];
        return buffer[..Write(text, buffer)];
    }

    // The runtime leaves these two alone because Turkish disagrees; the simple mapping of Unicode does not.
    private static Rune Of(Rune rune) => rune.Value switch
    {
        0x0130 => new Rune('i'),
        0x212A => new Rune('k'),
        _ => Rune.ToLowerInvariant(rune),
    };
}
