using System.Globalization;
using System.Text;
using Sots.Restic.Chunking;
using Sots.Restic.Repofiles;
using Sots.Testing;

namespace Sots.Restic.Tests.Chunking;

public class ChunkerPolynomialTests
{
    [Fact]
    public void A_random_polynomial_follows_from_the_source_of_bytes_as_in_restic()
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        int vectors = 0;
        foreach (string[] fields in Lines("polynomials.tsv").Where(fields => fields.Length == 3))
        {
            byte[] stream = SplitMix.Bytes(ulong.Parse(fields[0], CultureInfo.InvariantCulture), 8 * 1000);
            int words = 0;
            ChunkerPolynomial polynomial = ChunkerPolynomial.Random(word => stream.AsSpan(8 * words++, 8).CopyTo(word));
            Assert.Equal(fields[2], polynomial.ToHex());
            Assert.Equal(int.Parse(fields[1], CultureInfo.InvariantCulture), words);
            vectors++;
        }

        Assert.True(vectors > 0);
    }

    [Fact]
    public void Irreducible_is_what_restic_calls_irreducible()
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        int vectors = 0;
        foreach (string[] fields in Lines("polynomials.tsv").Where(fields => fields.Length == 2))
        {
            Assert.True(ChunkerPolynomial.TryParseHex(fields[0], out ChunkerPolynomial polynomial));
            Assert.True(bool.Parse(fields[1]) == polynomial.IsIrreducible, fields[0]);
            vectors++;
        }

        Assert.True(vectors > 10);
    }

    [Fact]
    public void Irreducible_is_what_no_smaller_polynomial_divides()
    {
        for (ulong value = 0; value < 2048; value++)
        {
            bool divisible = false;
            for (ulong divisor = 2; Gf2.Degree(divisor) < Gf2.Degree(value); divisor++)
            {
                divisible |= Gf2.Modulo(value, divisor) == 0;
            }

            Assert.True((value >= 2 && !divisible) == new ChunkerPolynomial(value).IsIrreducible, $"{value:x}");
        }
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(0x8000000000000000)]
    [InlineData(0x800000000000001bUL)]
    public void The_test_bears_polynomials_of_the_highest_degree(ulong value) =>
        Assert.Equal(HasFactorOfSmallDegree(value), !new ChunkerPolynomial(value).IsIrreducible);

    [Fact]
    public void Every_random_polynomial_is_irreducible_has_degree_53_and_is_another_one()
    {
        ChunkerPolynomial[] polynomials = [.. Enumerable.Range(0, 20).Select(_ => ChunkerPolynomial.Random())];
        Assert.All(polynomials, p => Assert.True(p.IsIrreducible && p.Degree == 53));
        Assert.Equal(polynomials.Length, polynomials.Distinct().Count());
    }

    [Fact]
    public void A_source_that_never_gives_a_polynomial_is_given_up()
    {
        RepositoryException error = Assert.Throws<RepositoryException>(() => ChunkerPolynomial.Random(word => word.Clear()));
        Assert.Equal(RepositoryErrorKind.InvalidRequest, error.Kind);
    }

    [Theory]
    [InlineData("276199fa28ac11", 0x276199fa28ac11)]
    [InlineData("276199FA28AC11", 0x276199fa28ac11)]
    [InlineData("00276199fa28ac11", 0x276199fa28ac11)]
    [InlineData("0", 0)]
    [InlineData("ffffffffffffffff", ulong.MaxValue)]
    public void Hex_digits_are_a_polynomial(string text, ulong value)
    {
        Assert.True(ChunkerPolynomial.TryParseHex(text, out ChunkerPolynomial polynomial));
        Assert.Equal(value, polynomial.Value);
        Assert.True(ChunkerPolynomial.TryParseHex(Encoding.ASCII.GetBytes(text), out polynomial));
        Assert.Equal(value, polynomial.Value);
        Assert.Equal(text.ToLowerInvariant().TrimStart('0').PadLeft(1, '0'), polynomial.ToHex());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x11")]
    [InlineData("+11")]
    [InlineData("-1")]
    [InlineData(" 11")]
    [InlineData("11\0")]
    [InlineData("1_1")]
    [InlineData("g")]
    [InlineData("@")]
    [InlineData("`")]
    [InlineData("10000000000000000")]
    public void Anything_but_one_to_sixteen_hex_digits_is_no_polynomial(string text)
    {
        Assert.False(ChunkerPolynomial.TryParseHex(text, out ChunkerPolynomial polynomial));
        Assert.False(ChunkerPolynomial.TryParseHex(Encoding.ASCII.GetBytes(text), out polynomial));
        Assert.Equal(default, polynomial);
    }

    [Fact]
    public void Digits_beyond_ascii_are_no_digits()
    {
        Assert.False(ChunkerPolynomial.TryParseHex("\u0661", out _));
        Assert.False(ChunkerPolynomial.TryParseHex([0xFF], out _));
    }

    [Fact]
    public void Text_made_by_accident_keeps_the_coefficients_to_itself()
    {
        ChunkerPolynomial polynomial = new(ChunkVectors.Golden);
        string text = polynomial.ToString() + new ConfigFile(2, new string('0', 64), polynomial);
        Assert.Contains("degree 53", text, StringComparison.Ordinal);
        Assert.DoesNotContain(polynomial.ToHex(), text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(polynomial.Value.ToString(CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, -1)]
    [InlineData(1, 0)]
    [InlineData(ChunkVectors.Golden, 53)]
    [InlineData(ulong.MaxValue, 63)]
    public void The_degree_is_the_highest_power(ulong value, int degree) => Assert.Equal(degree, new ChunkerPolynomial(value).Degree);

    internal static IEnumerable<string[]> Lines(string file) =>
        File.ReadLines(SharedMaterial.PathOf("vectors", file)).Where(line => !line.StartsWith('#')).Select(line => line.Split('\t'));

    private static bool HasFactorOfSmallDegree(ulong value)
    {
        for (ulong divisor = 2; divisor < 1 << 12; divisor++)
        {
            if (Gf2.Modulo(value, divisor) == 0)
            {
                return true;
            }
        }

        return false;
    }
}
