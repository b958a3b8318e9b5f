using System.Numerics;

namespace Sots.Restic.Chunking;

/// <summary>Arithmetic of polynomials over GF(2): addition is XOR, bit i of a word is the coefficient of x^i.</summary>
/// <remarks>Simple bit by bit loops; they run when tables are built and polynomials tested, never per byte of data.</remarks>
internal static class Gf2
{
    /// <summary>The highest power of x; -1 for 0.</summary>
    internal static int Degree(ulong a) => 63 - BitOperations.LeadingZeroCount(a);

    /// <summary><paramref name="a"/> mod <paramref name="modulus"/>, which is not 0.</summary>
    internal static ulong Modulo(ulong a, ulong modulus)
    {
        int degree = Degree(modulus);
        while (Degree(a) >= degree)
        {
            a ^= modulus << (Degree(a) - degree);
        }

        return a;
    }

    /// <summary>a·b mod <paramref name="modulus"/>, whose degree is at least 1.</summary>
    internal static ulong MultiplyModulo(ulong a, ulong b, ulong modulus)
    {
        ulong product = 0;
        a = Modulo(a, modulus);
        for (; b != 0; b >>= 1)
        {
            product ^= (b & 1) != 0 ? a : 0;
            a = Modulo(a << 1, modulus);
        }

        return product;
    }

    /// <summary>x^<paramref name="exponent"/> mod <paramref name="modulus"/>, whose degree is at least 1.</summary>
    internal static ulong PowerOfX(int exponent, ulong modulus)
    {
        ulong power = 1;
        for (int i = 0; i < exponent; i++)
        {
            power = Modulo(power << 1, modulus);
        }

        return power;
    }

    /// <summary>
    /// The lowest 64 coefficients of the quotient of x^<paramref name="exponent"/> by <paramref name="divisor"/>, of degree 0 to 62.
    /// </summary>
    internal static ulong DividePowerOfX(int exponent, ulong divisor)
    {
        int degree = Degree(divisor);
        ulong rest = 1, quotient = 0;
        for (int i = exponent; i >= 0; i--)
        {
            ulong fits = rest >> degree;
            quotient = (quotient << 1) | fits;
            rest = (rest ^ (fits * divisor)) << 1;
        }

        return quotient;
    }

    /// <summary>The common divisor of highest degree.</summary>
    internal static ulong GreatestCommonDivisor(ulong a, ulong b)
    {
        while (b != 0)
        {
            (a, b) = (b, Modulo(a, b));
        }

        return a;
    }
}
