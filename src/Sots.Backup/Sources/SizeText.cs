using System.Globalization;
using Sots.Restic;

namespace Sots.Backup.Sources;

/// <summary>Sizes as people write them on the command line: a number with an optional letter, k m g t for powers of 1024, b for bytes.</summary>
public static class SizeText
{
    /// <summary>Reads a size: "10", "10b", "64k", "1G". No fractions, no blanks, 0 to 2^63 - 1 bytes.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        if (text.Length == 0)
        {
            return false;
        }

        int shift = char.ToLowerInvariant(text[^1]) switch { 'b' => 0, 'k' => 10, 'm' => 20, 'g' => 30, 't' => 40, _ => -1 };
        ReadOnlySpan<char> digits = shift < 0 ? text : text.AsSpan(0, text.Length - 1);
        if (!long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            || number < 0
            || number > long.MaxValue >> Math.Max(shift, 0))
        {
            return false;
        }

        bytes = number << Math.Max(shift, 0);
        return true;
    }

    /// <summary>Reads a size or says what is wrong.</summary>
    /// <param name="text">The size.</param>
    /// <param name="option">What the error names as its origin, such as "--exclude-larger-than".</param>
    /// <exception cref="RepositoryException">InvalidRequest where it is none.</exception>
    public static long Parse(string text, string option) =>
        TryParse(text, out long bytes)
            ? bytes
            : throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest,
                $"{option}: expected a size such as 64k, 10M or 2G, found \"{text}\"");
}
