using System.Text;
using Sots.Restic.Crypto;
using Sots.Testing;

namespace Sots.Restic.Tests.Crypto;

public class MasterKeyTests
{
    [Theory]
    [InlineData(0, 32)]
    [InlineData(32, 16)]
    [InlineData(48, 16)]
    public void A_part_that_is_all_zero_is_refused(int start, int length)
    {
        byte[] parts = SplitMix.Bytes(1, 64);
        parts.AsSpan(start, length).Clear();
        RepositoryException exception = Assert.Throws<RepositoryException>(() => MasterKey.FromParts(parts));
        Assert.Equal(RepositoryErrorKind.Damaged, exception.Kind);
    }

    [Theory]
    [InlineData(31, 16, 16)]
    [InlineData(32, 15, 16)]
    [InlineData(32, 16, 17)]
    public void Parts_of_other_lengths_are_the_callers_mistake(int encrypt, int k, int r) =>
        Assert.Throws<ArgumentException>(() => MasterKey.FromParts(SplitMix.Bytes(1, encrypt), SplitMix.Bytes(2, k), SplitMix.Bytes(3, r)));

    [Fact]
    public void Generated_keys_differ()
    {
        using MasterKey one = MasterKey.Generate();
        using MasterKey other = MasterKey.Generate();
        Assert.False(one.HasSamePartsAs(other));
        Assert.True(one.HasSamePartsAs(one));
    }

    [Fact]
    public void The_parts_come_back_as_they_were_given_unclamped()
    {
        byte[] parts = SplitMix.Bytes(9, 64);
        parts.AsSpan(48).Fill(0xFF);
        using MasterKey key = MasterKey.FromParts(parts);
        byte[] copy = new byte[64];
        key.CopyParts(copy);
        Assert.Equal(parts, copy);
    }

    [Fact]
    public void A_disposed_key_does_nothing_more_and_holds_nothing()
    {
        MasterKey key = MasterKey.Generate();
        byte[] box = new byte[40];
        SealedBox.Seal(key, new byte[8], box);
        ref readonly MasterKey.Secrets secrets = ref key.Borrow();
        key.Dispose();
        key.Dispose();
        Assert.False(secrets.Encrypt.Raw(240).ContainsAnyExcept((byte)0));
        Assert.False(secrets.Mac.K.Raw(240).ContainsAnyExcept((byte)0));
        Assert.Equal(0UL, secrets.Mac.R.R0 | secrets.Mac.R.R1);
        Assert.Throws<ObjectDisposedException>(key.Return);
        Assert.Throws<ObjectDisposedException>(() => SealedBox.Seal(key, new byte[8], box));
        Assert.Throws<ObjectDisposedException>(() => SealedBox.TryOpen(key, box, new byte[8]));
        Assert.Throws<ObjectDisposedException>(() => SealedBox.Verify(key, box, new byte[8]));
        Assert.Throws<ObjectDisposedException>(key.ToJson);
    }

    [Fact]
    public void The_JSON_is_read_back_in_any_order_and_with_unknown_members()
    {
        using MasterKey key = CryptoVectors.SomeKey();
        string json = Encoding.UTF8.GetString(key.ToJson());
        using MasterKey same = MasterKeyJson.Read(key.ToJson(), "it");
        Assert.True(key.HasSamePartsAs(same));

        string encrypt = json[json.IndexOf("\"encrypt\"", StringComparison.Ordinal)..^1];
        string mac = json[1..json.IndexOf(",\"encrypt\"", StringComparison.Ordinal)];
        using MasterKey turned = Read($"{{ \"new\": [1,{{\"k\":2}}], {encrypt}, {mac} }}");
        Assert.True(key.HasSamePartsAs(turned));
        using MasterKey escaped = Read(json.Replace("=", "\\u003d", StringComparison.Ordinal));
        Assert.True(key.HasSamePartsAs(escaped));
    }

    [Fact]
    public void JSON_that_lacks_doubles_or_misspells_a_part_is_damage()
    {
        using MasterKey key = CryptoVectors.SomeKey();
        string json = Encoding.UTF8.GetString(key.ToJson());
        string encrypt = json[json.IndexOf("\"encrypt\"", StringComparison.Ordinal)..^1];
        string mac = json[1..json.IndexOf(",\"encrypt\"", StringComparison.Ordinal)];
        string[] bad =
        [
            "", "{}", "null", "[]", "\"x\"", "1", $"{{{encrypt}}}", $"{{{mac}}}", $"{{{mac},{mac},{encrypt}}}", $"{{{encrypt},{encrypt},{mac}}}",
            json + "x", json + "{}", json.Replace("\"r\"", "\"R\"", StringComparison.Ordinal), json.Replace("==", "", StringComparison.Ordinal),
            json.Replace("\"k\":\"", "\"k\":\"AAAA", StringComparison.Ordinal), json.Replace("\"k\":\"", "\"k\":\"\\ud800", StringComparison.Ordinal),
            $"{{\"mac\":[],{encrypt}}}", $"{{\"mac\":null,{encrypt}}}", $"{{\"mac\":{{}},{encrypt}}}", $"{{{mac},\"encrypt\":5}}", $"{{{mac},\"encrypt\":\"{new string('A', 500)}\"}}",
            $"{{{mac},\"encrypt\":\"{Convert.ToBase64String(new byte[32])}\"}}",
        ];
        foreach (string text in bad)
        {
            RepositoryException exception = Assert.Throws<RepositoryException>(() => Read(text));
            Assert.Equal(RepositoryErrorKind.Damaged, exception.Kind);
            Assert.Null(exception.InnerException);
        }

        for (int length = 0; length < json.Length; length++)
        {
            Assert.Throws<RepositoryException>(() => Read(json[..length]));
        }
    }

    private static MasterKey Read(string json) => MasterKeyJson.Read(Encoding.UTF8.GetBytes(json), "it");
}
