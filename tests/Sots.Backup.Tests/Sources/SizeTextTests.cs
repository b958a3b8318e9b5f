using Sots.Backup.Sources;
using Sots.Restic;

namespace Sots.Backup.Tests.Sources;

public class SizeTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("10", 10)]
    [InlineData("10b", 10)]
    [InlineData("1k", 1024)]
    [InlineData("1K", 1024)]
    [InlineData("3m", 3L << 20)]
    [InlineData("2G", 2L << 30)]
    [InlineData("8t", 8L << 40)]
    [InlineData("+5", 5)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("8388607t", 8388607L << 40)]
    public void A_number_and_a_letter_are_a_size(string text, long expected) => Assert.Equal(expected, SizeText.Parse(text, "--x"));

    [Theory]
    [InlineData("")]
    [InlineData("k")]
    [InlineData("1.5G")]
    [InlineData("1 k")]
    [InlineData("1kb")]
    [InlineData("-1")]
    [InlineData("-1k")]
    [InlineData("9223372036854775808")]
    [InlineData("8388608t")]
    [InlineData("1,000")]
    public void Anything_else_is_none(string text)
    {
        RepositoryException error = Assert.Throws<RepositoryException>(() => SizeText.Parse(text, "--exclude-larger-than"));
        Assert.Contains("--exclude-larger-than", error.Message, StringComparison.Ordinal);
    }
}
