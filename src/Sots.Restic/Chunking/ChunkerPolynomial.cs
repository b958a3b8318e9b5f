namespace Sots.Restic.Chunking;

/// <summary>
/// A polynomial over GF(2): bit i is the coefficient of x^i. A repository's polynomial decides where all its files are cut
/// (docs/FORMAT.md, "Chunker").
/// </summary>
/// <param name="Value">The coefficients.</param>
/// <remarks>
/// Immutable. The polynomial is a secret in spirit: who knows it can tell from the lengths of blobs whether a known file is in the
/// repository. So <see cref="ToString"/>, which ends up in logs and messages by accident, says the degree only, and the
/// digits come from <see cref="ToHex"/>, which nobody calls by accident.
/// </remarks>
public readonly partial record struct ChunkerPolynomial(ulong Value)
{
    /// <summary>The degree a chunker needs: 53.</summary>
    public const int ChunkerDegree = 53;

    private const int MaxHexLength = 16;

    /// <summary>The highest power of x, 0 to 63; -1 for the polynomial 0.</summary>
    public int Degree => Gf2.Degree(Value);

    /// <summary>The form the config file has: lower-case hex without prefix or leading zeros.</summary>
    public string ToHex() => Value.ToString("x", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Says the degree and keeps the coefficients to itself.</summary>
    public override string ToString() => $"polynomial of degree {Degree}";

    /// <summary>Parses 1 to 16 hex digits, upper or lower case, and nothing else. Whether the polynomial is of use is not asked.</summary>
    /// <returns>False, with the polynomial 0, where the text is anything else.</returns>
    public static bool TryParseHex(ReadOnlySpan<char> text, out ChunkerPolynomial polynomial)
    {
        polynomial = default;
        if (text.Length is 0 or > MaxHexLength)
        {
            return false;
        }

        ulong value = 0;
        foreach (char c in text)
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }

            int digit = char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
            value = (value << 4) | (uint)digit;
        }

        polynomial = new ChunkerPolynomial(value);
        return true;
    }

    /// <summary>As <see cref="TryParseHex(ReadOnlySpan{char}, out ChunkerPolynomial)"/>, for digits given as ASCII bytes.</summary>
    public static bool TryParseHex(ReadOnlySpan<byte> ascii, out ChunkerPolynomial polynomial)
    {
        Span<char> text = stackalloc char[MaxHexLength];
        if (ascii.Length > MaxHexLength)
        {
            polynomial = default;
            return false;
        }

        for (int i = 0; i < ascii.Length; i++)
        {
            text[i] = (char)ascii[i];
        }

        return TryParseHex(text[..ascii.Length], out polynomial);
    }
}
