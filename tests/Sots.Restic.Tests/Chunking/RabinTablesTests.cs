using System.Globalization;
using Sots.Restic.Chunking;
using Sots.Testing;

namespace Sots.Restic.Tests.Chunking;

public class RabinTablesTests
{
    [Fact]
    public void Entries_are_those_of_restic()
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        int vectors = 0;
        foreach (string[] fields in ChunkerPolynomialTests.Lines("rabin-tables.tsv"))
        {
            Assert.True(ChunkerPolynomial.TryParseHex(fields[0], out ChunkerPolynomial polynomial));
            RabinTables tables = new(polynomial);
            ReadOnlySpan<ulong> table = fields[1] == "out" ? tables.Out : tables.Mod;
            Assert.Equal(fields[3], table[int.Parse(fields[2], CultureInfo.InvariantCulture)].ToString("x", CultureInfo.InvariantCulture));
            vectors++;
        }

        Assert.True(vectors > 40);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(0x11b)]
    [InlineData(0x10000000000001)]
    [InlineData(0x40000000000001)]
    [InlineData(ulong.MaxValue)]
    public void Nothing_is_cut_with_a_polynomial_of_another_degree(ulong value)
    {
        RepositoryException error = Assert.Throws<RepositoryException>(() => new RabinChunker(new ChunkerPolynomial(value)));
        Assert.Equal(RepositoryErrorKind.Damaged, error.Kind);
        Assert.NotNull(error.Advice);
    }
}
