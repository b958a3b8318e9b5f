using System.Text;
using System.Text.Json;
using CsCheck;
using Sots.Restic.Crypto;
using Sots.Testing;

namespace Sots.Restic.Tests.Crypto;

public class KeyFileTests
{
    private static readonly ScryptParameters Cheap = new(16, 1, 1);

    [Theory]
    [InlineData("v1-0.14.0")]
    [InlineData("v2-0.14.0")]
    [InlineData("v2-0.18.0")]
    [InlineData("v2-0.19.1")]
    public void Key_files_of_restic_open_to_the_key_that_restic_shows(string repository)
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        string path = Assert.Single(Directory.GetFiles(SharedMaterial.PathOf("vectors", "repos", repository, "keys")));
        KeyFile file = KeyFile.Parse(File.ReadAllBytes(path), Path.GetFileName(path));
        Assert.StartsWith("2026-", file.Created);
        Assert.Equal("root", file.Username);
        Assert.Equal("vm", file.Hostname);
        Assert.Equal((32768, 8), (file.Parameters.N, file.Parameters.R));
        Assert.InRange(file.Parameters.P, 4, 7);

        using MasterKey? key = file.TryUnlock("golden-password"u8, CancellationToken.None);
        Assert.NotNull(key);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(SharedMaterial.PathOf("vectors", "expected", repository + ".json")));
        JsonElement parts = expected.RootElement.GetProperty("cat masterkey");
        byte[] actual = new byte[64];
        key.CopyParts(actual);
        Assert.Equal(parts.GetProperty("encrypt").GetBytesFromBase64(), actual[..32]);
        Assert.Equal(parts.GetProperty("mac").GetProperty("k").GetBytesFromBase64(), actual[32..48]);
        Assert.Equal(parts.GetProperty("mac").GetProperty("r").GetBytesFromBase64(), actual[48..]);

        byte[] sealedConfig = File.ReadAllBytes(SharedMaterial.PathOf("vectors", "repos", repository, "config"));
        Assert.True(SealedBox.TryOpen(key, sealedConfig, sealedConfig.AsSpan(0, sealedConfig.Length - SealedBox.Overhead)));
    }

    [Fact]
    public void Key_files_open_to_the_JSON_and_config_of_the_known_answers()
    {
        int count = 0;
        foreach (JsonElement vector in CryptoVectors.Load().GetProperty("keyfiles").EnumerateArray())
        {
            string repository = vector.GetProperty("repo").GetString()!;
            string name = vector.GetProperty("keyfile").GetString()!;
            string path = SharedMaterial.PathOf("vectors", "repos", repository, "keys", name);
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            byte[] box = json.RootElement.GetProperty("data").GetBytesFromBase64();
            byte[] opened = new byte[box.Length - SealedBox.Overhead];
            using MasterKey user = MasterKey.FromParts(vector.Hex("user_encrypt"), vector.Hex("user_mac_k"), vector.Hex("user_mac_r"));
            Assert.True(SealedBox.TryOpen(user, box, opened));
            Assert.Equal(vector.GetProperty("master_json").GetString(), Encoding.UTF8.GetString(opened));

            using MasterKey master = MasterKeyJson.Read(opened, "it");
            Assert.Equal(opened, master.ToJson());
            byte[] config = File.ReadAllBytes(SharedMaterial.PathOf("vectors", "repos", repository, "config"));
            byte[] plain = new byte[config.Length - SealedBox.Overhead];
            Assert.True(SealedBox.TryOpen(master, config, plain));
            Assert.Equal(vector.GetProperty("config").GetString(), Encoding.UTF8.GetString(plain));
            count++;
        }

        Assert.Equal(4, count);
    }

    [Fact]
    public void A_made_file_has_the_members_in_restics_order_on_one_line_and_opens()
    {
        using MasterKey master = MasterKey.Generate();
        byte[] json = Create(master, "pässwörd"u8, "me \"x\" \\ é", "host+1");
        Assert.Matches(
            """^\{"created":"2026-02-03T04:05:06\.0070001\+01:00","username":"me \\"x\\" \\\\ é","hostname":"host\+1","kdf":"scrypt","N":16,"r":1,"p":1,"salt":"[A-Za-z0-9+/]{86}==","data":"[A-Za-z0-9+/]{214}=="\}$""",
            Encoding.UTF8.GetString(json));

        KeyFile file = KeyFile.Parse(json, "it");
        Assert.Equal("2026-02-03T04:05:06.0070001+01:00", file.Created);
        Assert.Equal("me \"x\" \\ é", file.Username);
        Assert.Equal("host+1", file.Hostname);
        Assert.Equal(Cheap, file.Parameters);
        using MasterKey? opened = file.TryUnlock("pässwörd"u8, CancellationToken.None);
        Assert.True(opened!.HasSamePartsAs(master));
    }

    [Fact]
    public void Only_the_very_password_opens()
    {
        using MasterKey master = MasterKey.Generate();
        KeyFile file = KeyFile.Parse(Create(master, "secret"u8), "it");
        foreach (string wrong in new[] { "", "Secret", "secret ", "secre", "secret\n", "\0secret" })
        {
            Assert.Null(file.TryUnlock(Encoding.UTF8.GetBytes(wrong), CancellationToken.None));
        }

        using MasterKey? opened = file.TryUnlock("secret"u8, CancellationToken.None);
        Assert.NotNull(opened);
    }

    [Fact]
    public void Names_no_machine_should_have_still_make_a_file_that_opens()
    {
        using MasterKey master = MasterKey.Generate();
        foreach (string name in new[] { "", "\ud800", "\0\n\u001b[31m", "😀", "</script>" })
        {
            KeyFile file = KeyFile.Parse(Create(master, "p"u8, name, name), "it");
            Assert.Equal(name.Replace('\ud800', name.Length == 1 ? '\ufffd' : '\ud800'), file.Username);
        }
    }

    [Fact]
    public void Two_files_for_one_password_share_neither_salt_nor_ciphertext()
    {
        using MasterKey master = MasterKey.Generate();
        JsonElement one = JsonElement.Parse(Create(master, "p"u8));
        JsonElement other = JsonElement.Parse(Create(master, "p"u8));
        Assert.NotEqual(one.GetProperty("salt").GetString(), other.GetProperty("salt").GetString());
        Assert.NotEqual(one.GetProperty("data").GetString(), other.GetProperty("data").GetString());
    }

    [Fact]
    public void Members_may_come_in_any_order_with_unknown_ones_and_without_the_descriptive_ones()
    {
        using MasterKey master = MasterKey.Generate();
        JsonElement made = JsonElement.Parse(Create(master, "p"u8));
        string json = "{\"data\":" + made.GetProperty("data").GetRawText() + ", \"x\":[{}] ,\"salt\":" + made.GetProperty("salt").GetRawText()
            + ",\"p\":1,\"r\":1,\"N\":16,\"kdf\":\"scrypt\", \"username\":null}\n";
        KeyFile file = KeyFile.Parse(Encoding.UTF8.GetBytes(json), "it");
        Assert.Null(file.Created);
        Assert.Null(file.Username);
        Assert.Null(file.Hostname);
        using MasterKey? opened = file.TryUnlock("p"u8, CancellationToken.None);
        Assert.True(opened!.HasSamePartsAs(master));
    }

    [Fact]
    public void A_file_cut_anywhere_is_damage()
    {
        byte[] json = Made();
        for (int length = 0; length < json.Length; length++)
        {
            AssertRefused(json.AsSpan(0, length), RepositoryErrorKind.Damaged);
        }
    }

    public static TheoryData<string, string, RepositoryErrorKind> HostileChanges => new()
    {
        { "\"N\":16", "\"N\":0", RepositoryErrorKind.Damaged },
        { "\"N\":16", "\"N\":-16", RepositoryErrorKind.Damaged },
        { "\"N\":16", "\"N\":15", RepositoryErrorKind.Damaged },
        { "\"N\":16", "\"N\":16.0", RepositoryErrorKind.Damaged },
        { "\"N\":16", "\"N\":1e9", RepositoryErrorKind.Damaged },
        { "\"N\":16", "\"N\":\"16\"", RepositoryErrorKind.Damaged },
        { "\"N\":16", "\"N\":99999999999999999999999", RepositoryErrorKind.Damaged },
        { "\"N\":16", "\"N\":1073741824", RepositoryErrorKind.LimitExceeded },
        { "\"N\":16", "\"N\":2097152", RepositoryErrorKind.LimitExceeded },
        { "\"N\":16", "\"n\":16", RepositoryErrorKind.Damaged },
        { "\"N\":16", "\"N\":16,\"N\":16", RepositoryErrorKind.Damaged },
        { "\"r\":1", "\"r\":0", RepositoryErrorKind.Damaged },
        { "\"r\":1", "\"r\":2147483647", RepositoryErrorKind.LimitExceeded },
        { "\"p\":1", "\"p\":0", RepositoryErrorKind.Damaged },
        { "\"p\":1", "\"p\":17", RepositoryErrorKind.LimitExceeded },
        { "\"p\":1", "\"p\":2147483648", RepositoryErrorKind.Damaged },
        { "\"scrypt\"", "\"argon2\"", RepositoryErrorKind.Damaged },
        { "\"scrypt\"", "null", RepositoryErrorKind.Damaged },
        { "\"scrypt\"", "\"\\ud800\"", RepositoryErrorKind.Damaged },
        { "\"kdf\"", "\"kfd\"", RepositoryErrorKind.Damaged },
        { "\"salt\":\"", "\"salt\":\"!", RepositoryErrorKind.Damaged },
        { "\"salt\":\"", "\"salt\":\"AAAA", RepositoryErrorKind.Damaged },
        { "\"salt\":\"", "\"salt\":\"\",\"tlas\":\"", RepositoryErrorKind.Damaged },
        { "\"salt\":\"", "\"salt\":7,\"tlas\":\"", RepositoryErrorKind.Damaged },
        { "\"data\":\"", "\"data\":\"AAAA\",\"atad\":\"", RepositoryErrorKind.Damaged },
        { "\"data\":\"", "\"data\":\"*", RepositoryErrorKind.Damaged },
        { "\"data\":\"", "\"data\":null,\"atad\":\"", RepositoryErrorKind.Damaged },
        { "\"username\":\"u\"", "\"username\":5", RepositoryErrorKind.Damaged },
        { "\"username\":\"u\"", "\"username\":\"\\udc00\"", RepositoryErrorKind.Damaged },
        { "\"username\":\"u\"", "\"\\udc00\":\"x\"", RepositoryErrorKind.Damaged },
        { "{\"created\"", "[{\"created\"", RepositoryErrorKind.Damaged },
        { "{\"created\"", "\ufeff{\"created\"", RepositoryErrorKind.Damaged },
    };

    [Theory]
    [MemberData(nameof(HostileChanges))]
    public void A_hostile_file_is_refused_by_name(string part, string replacement, RepositoryErrorKind kind)
    {
        string json = Encoding.UTF8.GetString(Made());
        Assert.Contains(part, json, StringComparison.Ordinal);
        AssertRefused(Encoding.UTF8.GetBytes(json.Replace(part, replacement, StringComparison.Ordinal)), kind);
    }

    [Fact]
    public void Files_that_are_something_else_are_refused()
    {
        AssertRefused([], RepositoryErrorKind.Damaged);
        AssertRefused("null"u8, RepositoryErrorKind.Damaged);
        AssertRefused("[]"u8, RepositoryErrorKind.Damaged);
        AssertRefused("{}"u8, RepositoryErrorKind.Damaged);
        AssertRefused(SplitMix.Bytes(1, 500), RepositoryErrorKind.Damaged);
        AssertRefused(new byte[KeyFile.MaxLength], RepositoryErrorKind.Damaged);
        AssertRefused(new byte[KeyFile.MaxLength + 1], RepositoryErrorKind.LimitExceeded);
        AssertRefused(Enumerable.Repeat((byte)'[', 60_000).ToArray(), RepositoryErrorKind.Damaged);
    }

    [Fact]
    public void A_file_with_random_bytes_changed_opens_or_is_refused_and_never_does_anything_else()
    {
        byte[] json = Made();
        Gen.Select(Gen.Int[0, json.Length - 1], Gen.Byte, Gen.Int[0, json.Length - 1], Gen.Byte).Sample(
            (first, one, second, other) =>
            {
                byte[] changed = (byte[])json.Clone();
                changed[first] = one;
                changed[second] = other;
                try
                {
                    KeyFile file = KeyFile.Parse(changed, "it");
                    if (file.Parameters.N * (long)file.Parameters.R * file.Parameters.P <= 4096)
                    {
                        file.TryUnlock("p"u8, CancellationToken.None)?.Dispose();
                    }
                }
                catch (RepositoryException)
                {
                }
            },
            iter: 5000);
    }

    [Fact]
    public void The_right_password_with_something_else_inside_is_damage_and_not_a_wrong_password()
    {
        using MasterKey master = MasterKey.Generate();
        JsonElement made = JsonElement.Parse(Create(master, "p"u8));
        byte[] parts = new byte[64];
        Scrypt.DeriveKey("p"u8, made.GetProperty("salt").GetBytesFromBase64(), 16, 1, 1, parts, CancellationToken.None);
        using MasterKey user = MasterKey.FromParts(parts);
        byte[] box = new byte[2 + SealedBox.Overhead];
        SealedBox.Seal(user, "{}"u8, box);
        string json = made.GetRawText().Replace(made.GetProperty("data").GetString()!, Convert.ToBase64String(box), StringComparison.Ordinal);
        KeyFile file = KeyFile.Parse(Encoding.UTF8.GetBytes(json), "it");
        RepositoryException exception = Assert.Throws<RepositoryException>(() => file.TryUnlock("p"u8, CancellationToken.None));
        Assert.Equal(RepositoryErrorKind.Damaged, exception.Kind);
        Assert.Null(file.TryUnlock("q"u8, CancellationToken.None));
    }

    [Fact]
    public void Costs_beyond_the_limits_make_no_file()
    {
        using MasterKey master = MasterKey.Generate();
        Assert.Throws<RepositoryException>(
            () => KeyFile.Create(master, "p"u8, new ScryptParameters(1 << 21, 8, 1), "u", "h", "2026-01-01T00:00:00Z", CancellationToken.None));
    }

    [Fact]
    public void A_cancelled_opening_says_so()
    {
        KeyFile file = KeyFile.Parse(Made(), "it");
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => file.TryUnlock("p"u8, source.Token));
    }

    private static void AssertRefused(ReadOnlySpan<byte> json, RepositoryErrorKind kind)
    {
        try
        {
            KeyFile.Parse(json, "badf00d");
        }
        catch (RepositoryException exception)
        {
            Assert.Equal(kind, exception.Kind);
            Assert.Contains("badf00d", exception.Message, StringComparison.Ordinal);
            return;
        }

        Assert.Fail("The file was accepted: " + Encoding.UTF8.GetString(json));
    }

    private static byte[] Made()
    {
        using MasterKey master = CryptoVectors.SomeKey();
        return Create(master, "p"u8);
    }

    private static byte[] Create(MasterKey master, ReadOnlySpan<byte> password, string username = "u", string hostname = "h") =>
        KeyFile.Create(master, password, Cheap, username, hostname, "2026-02-03T04:05:06.0070001+01:00", CancellationToken.None);
}
