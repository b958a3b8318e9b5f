using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using Sots.Restic.Crypto;
using Sots.Testing;

namespace Sots.Restic.Tests.Crypto;

public class ScryptTests
{
    [Theory]
    [InlineData("", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [InlineData("password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    [InlineData("pleaseletmein", "SodiumChloride", 16384, 8, 1, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")]
    public void The_answers_of_RFC_7914_come_out(string password, string salt, int n, int r, int p, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Derive(Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes(salt), n, r, p)));

    [Fact]
    public void The_answers_of_restic_come_out()
    {
        int count = 0;
        foreach (JsonElement vector in CryptoVectors.Load().GetProperty("scrypt").EnumerateArray())
        {
            byte[] key = Derive(
                vector.Hex("password_hex"),
                vector.Hex("salt"),
                vector.GetProperty("N").GetInt32(),
                vector.GetProperty("r").GetInt32(),
                vector.GetProperty("p").GetInt32());
            Assert.Equal(vector.Hex("dk64"), key);
            Assert.Equal(vector.Hex("encrypt"), key[..32]);
            Assert.Equal(vector.Hex("mac_k"), key[32..48]);
            Assert.Equal(vector.Hex("mac_r"), key[48..]);
            count++;
        }

        Assert.Equal(5, count);
    }

    [Fact]
    public void Pbkdf2_gives_the_answer_of_RFC_7914()
    {
        byte[] key = new byte[64];
        Scrypt.Pbkdf2("passwd"u8, "salt"u8, key);
        Assert.Equal(
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
            Convert.ToHexStringLower(key));
    }

    [Fact]
    public void Random_costs_equal_the_obvious_way() =>
        Gen.Select(Gen.Byte.Array[0, 80], Gen.Byte.Array[0, 70], Gen.Int[1, 6], Gen.Int[1, 9], Gen.Int[1, 4]).Sample(
            (password, salt, logN, r, p) =>
                Derive(password, salt, 1 << logN, r, p).AsSpan().SequenceEqual(Obvious(password, salt, 1 << logN, r, p)),
            iter: 100);

    [Theory]
    [InlineData(0, 8, 1, RepositoryErrorKind.Damaged)]
    [InlineData(1, 8, 1, RepositoryErrorKind.Damaged)]
    [InlineData(-2, 8, 1, RepositoryErrorKind.Damaged)]
    [InlineData(int.MinValue, 8, 1, RepositoryErrorKind.Damaged)]
    [InlineData(1000, 8, 1, RepositoryErrorKind.Damaged)]
    [InlineData(1024, 0, 1, RepositoryErrorKind.Damaged)]
    [InlineData(1024, -1, 1, RepositoryErrorKind.Damaged)]
    [InlineData(1024, 8, 0, RepositoryErrorKind.Damaged)]
    [InlineData(1024, 8, -1, RepositoryErrorKind.Damaged)]
    [InlineData(1 << 21, 1, 1, RepositoryErrorKind.LimitExceeded)]
    [InlineData(1 << 30, int.MaxValue, int.MaxValue, RepositoryErrorKind.LimitExceeded)]
    [InlineData(1 << 20, 3, 1, RepositoryErrorKind.LimitExceeded)]
    [InlineData(1 << 18, 9, 1, RepositoryErrorKind.LimitExceeded)]
    [InlineData(2, int.MaxValue, 1, RepositoryErrorKind.LimitExceeded)]
    [InlineData(2, 1 << 20, 16, RepositoryErrorKind.LimitExceeded)]
    [InlineData(16, 1, 17, RepositoryErrorKind.LimitExceeded)]
    public void Costs_beyond_the_limits_are_refused_before_memory_is_taken(int n, int r, int p, RepositoryErrorKind kind)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        RepositoryException exception = Assert.Throws<RepositoryException>(() => Derive([], [], n, r, p));
        Assert.Equal(kind, exception.Kind);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    [Theory]
    [InlineData(1 << 20, 2, 1)]
    [InlineData(1 << 18, 8, 1)]
    [InlineData(2, 1 << 17, 1)]
    [InlineData(2, 8192, 16)]
    public void Costs_at_the_limits_are_accepted(int n, int r, int p) => new ScryptParameters(n, r, p).Check("It");

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Cancelling_stops_the_work(int p)
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => Scrypt.DeriveKey([1], [2], 1 << 18, 8, p, new byte[64], source.Token));

        using ScryptLane lane = new(1024, 1);
        Assert.ThrowsAny<OperationCanceledException>(() => lane.Mix(new byte[128], source.Token));
    }

    [Fact]
    public void A_short_password_gets_a_dear_key_and_a_random_one_a_cheap_one()
    {
        Assert.Equal(new ScryptParameters(32768, 8, 1), ScryptParameters.Default);
        Assert.Equal(new ScryptParameters(32768, 8, 4), ScryptParameters.Thorough);
        Assert.Equal(ScryptParameters.Thorough, ScryptParameters.For([]));
        Assert.Equal(ScryptParameters.Thorough, ScryptParameters.For(new byte[39]));
        Assert.Equal(ScryptParameters.Default, ScryptParameters.For(new byte[40]));
    }

    private static byte[] Derive(byte[] password, byte[] salt, int n, int r, int p)
    {
        byte[] key = new byte[64];
        Scrypt.DeriveKey(password, salt, n, r, p, key, CancellationToken.None);
        return key;
    }

    /// <summary>RFC 7914 word for word.</summary>
    private static byte[] Obvious(byte[] password, byte[] salt, int n, int r, int p)
    {
        byte[] b = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, 128 * r * p);
        for (int lane = 0; lane < p; lane++)
        {
            byte[] x = b[(lane * 128 * r)..((lane + 1) * 128 * r)];
            List<byte[]> v = [];
            for (int i = 0; i < n; i++)
            {
                v.Add(x);
                x = BlockMix(x);
            }

            for (int i = 0; i < n; i++)
            {
                int j = (int)(BinaryPrimitives.ReadUInt64LittleEndian(x.AsSpan(x.Length - 64)) % (ulong)n);
                x = BlockMix([.. x.Zip(v[j], (left, right) => (byte)(left ^ right))]);
            }

            x.CopyTo(b, lane * 128 * r);
        }

        return Rfc2898DeriveBytes.Pbkdf2(password, b, 1, HashAlgorithmName.SHA256, 64);
    }

    private static byte[] BlockMix(byte[] input)
    {
        byte[] x = input[^64..];
        List<byte[]> outputs = [];
        foreach (byte[] block in input.Chunk(64))
        {
            x = Salsa([.. x.Zip(block, (left, right) => (byte)(left ^ right))]);
            outputs.Add(x);
        }

        return [.. outputs.Where((_, i) => i % 2 == 0).Concat(outputs.Where((_, i) => i % 2 == 1)).SelectMany(block => block)];
    }

    private static byte[] Salsa(byte[] block)
    {
        uint[] words = [.. block.Chunk(4).Select(word => BinaryPrimitives.ReadUInt32LittleEndian(word))];
        uint[] x = (uint[])words.Clone();
        void Quarter(int a, int b, int c, int d)
        {
            x[b] ^= uint.RotateLeft(x[a] + x[d], 7);
            x[c] ^= uint.RotateLeft(x[b] + x[a], 9);
            x[d] ^= uint.RotateLeft(x[c] + x[b], 13);
            x[a] ^= uint.RotateLeft(x[d] + x[c], 18);
        }

        for (int i = 0; i < 4; i++)
        {
            Quarter(0, 4, 8, 12);
            Quarter(5, 9, 13, 1);
            Quarter(10, 14, 2, 6);
            Quarter(15, 3, 7, 11);
            Quarter(0, 1, 2, 3);
            Quarter(5, 6, 7, 4);
            Quarter(10, 11, 8, 9);
            Quarter(15, 12, 13, 14);
        }

        byte[] output = new byte[64];
        for (int i = 0; i < 16; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(output.AsSpan(4 * i), x[i] + words[i]);
        }

        return output;
    }
}
