using System.Globalization;
using System.Text;

namespace Sots.Cli.Output;

/// <summary>
/// Makes names safe to print. A file name may hold control characters that move the cursor, or marks that turn the direction of
/// writing; whoever can name a file in a project must not be able to forge what the screen says.
/// </summary>
internal static class PrintableText
{
    /// <summary>The text with control, direction and lone surrogate characters written as <c>\n</c>, <c>\x1b</c> or <c>\u202e</c>.</summary>
    public static string Escape(string text) => Escape(text, keepLineBreaks: false);

    /// <summary>As <see cref="Escape(string)"/>, for messages of several lines.</summary>
    public static string EscapeLines(string text) => Escape(text, keepLineBreaks: true);

    private static string Escape(string text, bool keepLineBreaks)
    {
        int first = IndexOfUnsafe(text, keepLineBreaks);
        if (first < 0)
        {
            return text;
        }

        StringBuilder safe = new(text.Length + 16);
        for (int i = 0; i < text.Length; i++)
        {
            if (!IsUnsafe(text, i, keepLineBreaks))
            {
                safe.Append(text[i]);
                continue;
            }

            _ = text[i] switch
            {
                '\n' => safe.Append("\\n"),
                '\r' => safe.Append("\\r"),
                '\t' => safe.Append("\\t"),
                < '\u0080' and char c => safe.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                char c => safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            };
        }

        return safe.ToString();
    }

    private static int IndexOfUnsafe(string text, bool keepLineBreaks)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (IsUnsafe(text, i, keepLineBreaks))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsUnsafe(string text, int at, bool keepLineBreaks) => text[at] switch
    {
        '\n' => !keepLineBreaks,
        char c when char.IsControl(c) => true,
        '\u061c' or >= '\u200e' and <= '\u200f' or >= '\u2028' and <= '\u202e' or >= '\u2066' and <= '\u2069' => true,
        char c when char.IsHighSurrogate(c) => at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1]),
        char c when char.IsLowSurrogate(c) => at == 0 || !char.IsHighSurrogate(text[at - 1]),
        _ => false,
    };
}
