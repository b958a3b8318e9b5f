using System.Text;
using Sots.Restic.Chunking;
using Sots.Restic.Repofiles;

namespace Sots.Restic.Tests.Repofiles;

public class ConfigFileTests
{
    private const string Id = "5956a3f67a6230d4a92cefb29529f10196c7d92582ec305fd71ff6d331d6271b";
    private const string Golden = "{\"version\":2,\"id\":\"" + Id + "\",\"chunker_polynomial\":\"276199fa28ac11\"}";
    private const string Foreign =
        "{\"version\":2,\"id\":\"" + Id + "\",\"chunker_polynomial\":\"276199fa28ac11\",\"compression\":3,\"is_hot\":null}";

    [Fact]
    public void A_config_is_written_as_restic_writes_it() =>
        Assert.Equal(Golden, Text(new ConfigFile(2, Id, new ChunkerPolynomial(0x276199fa28ac11))));

    [Theory]
    [InlineData(Golden)]
    [InlineData(Foreign)]
    public void What_was_read_is_written_again(string json)
    {
        ConfigFile config = Read(json);
        Assert.Equal((2, Id, 0x276199fa28ac11UL), (config.Version, config.Id, config.Polynomial.Value));
        Assert.Equal(json, Text(config));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(9_000_000_000)]
    public void Another_version_needs_another_program(long version)
    {
        RepositoryException refusal = Assert.Throws<RepositoryException>(() => Read($$"""{"version":{{version}},"shape":"new"}"""));
        Assert.Equal(RepositoryErrorKind.Unsupported, refusal.Kind);
        Assert.NotNull(refusal.Advice);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"version":2}""")]
    [InlineData("""{"version":"2"}""")]
    [InlineData("""{"version":-1}""")]
    [InlineData("""{"version":2,"id":"00","chunker_polynomial":"276199fa28ac11"}""")]
    [InlineData("{\"version\":2,\"id\":\"" + Id + "\",\"chunker_polynomial\":\"\"}")]
    [InlineData("{\"version\":2,\"id\":\"" + Id + "\",\"chunker_polynomial\":\"0x276199fa28ac11\"}")]
    [InlineData("{\"version\":2,\"id\":\"" + Id + "\",\"chunker_polynomial\":\" 276199fa28ac11\"}")]
    [InlineData("{\"version\":2,\"id\":\"" + Id + "\",\"chunker_polynomial\":\"1276199fa28ac1100\"}")]
    [InlineData("{\"version\":2,\"id\":\"" + Id + "\",\"chunker_polynomial\":276199}")]
    [InlineData("{\"version\":2,\"version\":2,\"id\":\"" + Id + "\",\"chunker_polynomial\":\"276199fa28ac11\"}")]
    [InlineData(Golden + ",")]
    public void Anything_else_is_a_damaged_config(string json)
    {
        RepositoryException refusal = Assert.Throws<RepositoryException>(() => Read(json));
        Assert.Equal(RepositoryErrorKind.Damaged, refusal.Kind);
        Assert.StartsWith("config is damaged: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_config_of_more_than_64_KiB_is_refused()
    {
        string longest = Golden + new string(' ', ConfigFile.MaxLength - Golden.Length);
        Assert.Equal(Id, Read(longest).Id);
        Assert.Throws<RepositoryException>(() => Read(longest + " "));
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        HostileJson.Every_truncation_is_refused(Encoding.UTF8.GetBytes(Foreign), json => ConfigFile.Read(json));

    [Fact]
    public void Damaged_bytes_never_give_another_exception() => Assert.NotEqual(
        0, HostileJson.Mutations_give_no_other_exception(Encoding.UTF8.GetBytes(Foreign), 3, 10_000, json => ConfigFile.Read(json).Write()));

    private static string Text(ConfigFile config) => Encoding.UTF8.GetString(config.Write());

    private static ConfigFile Read(string json) => ConfigFile.Read(Encoding.UTF8.GetBytes(json));
}
