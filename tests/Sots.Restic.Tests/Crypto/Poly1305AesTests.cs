using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text.Json;
using CsCheck;
using Sots.Restic.Crypto;
using Sots.Testing;
using Aes = System.Security.Cryptography.Aes;

namespace Sots.Restic.Tests.Crypto;

public class Poly1305AesTests
{
    [Fact]
    public void All_known_answers_come_out()
    {
        int count = 0;
        foreach (JsonElement vector in CryptoVectors.Load().GetProperty("poly1305_aes").EnumerateArray())
        {
            byte[] expected = vector.Hex("tag");
            Assert.Equal(expected, Obvious(vector.Hex("k"), vector.Hex("r_unclamped"), vector.Hex("nonce"), vector.Hex("msg")));
            AssertAll(expected, vector.Hex("k"), vector.Hex("r_unclamped"), vector.Hex("nonce"), vector.Hex("msg"));
            count++;
        }

        Assert.Equal(19, count);
    }

    // The first examples of Bernstein's paper, "The Poly1305-AES message-authentication code", appendix B.
    [Theory]
    [InlineData("ec074c835580741701425b623235add6", "851fc40c3467ac0be05cc20404f3f700", "fb447350c4e868c52ac3275cf9d4327e", "f3f6", "f4c633c3044fc145f84f335cb81953de")]
    [InlineData("75deaa25c09f208e1dc4ce6b5cad3fbf", "a0f3080000f46400d0c7e9076c834403", "61ee09218d29b0aaed7e154a2c5509cc", "", "dd3fab2251f11ac759f0887129cc2ee7")]
    [InlineData(
        "6acb5f61a7176dd320c5c1eb2edcdc74",
        "48443d0bb0d21109c89a100b5ce2c208",
        "ae212a55399729595dea458bc621ff0e",
        "663cea190ffb83d89593f3f476b6bc24d7e679107ea26adb8caf6652d0656136",
        "0ee1c16bb73f0f4fd19881753c01cdbe")]
    [InlineData(
        "e1a5668a4d5b66a5f68cc5424ed5982d",
        "12976a08c4426d0ce8a82407c4f48207",
        "9ae831e743978d3a23527c7128149e3a",
        "ab0812724a7f1e342742cbed374d94d136c6b8795d45b3819830f2c04491faf0990c62e48b8018b2c3e4a0fa3134cb67fa83e158c994d961c4cb21095c1bf9",
        "5154ad0d2cb26e01274fc51148491f1b")]
    public void The_published_answers_come_out(string k, string r, string nonce, string message, string tag) =>
        AssertAll(CryptoVectors.Hex(tag), CryptoVectors.Hex(k), CryptoVectors.Hex(r), CryptoVectors.Hex(nonce), CryptoVectors.Hex(message));

    [Fact]
    public void Every_length_equals_the_obvious_way()
    {
        byte[] key = SplitMix.Bytes(1, 48);
        byte[] data = SplitMix.Bytes(2, 100_003);
        foreach (int length in Enumerable.Range(0, 641).Concat([1023, 1024, 1025, 4095, 4096, 4097, 65_536, 65_599, 100_003]))
        {
            byte[] message = data[..length];
            AssertAll(Obvious(key[..16], key[16..32], key[32..], message), key[..16], key[16..32], key[32..], message);
        }
    }

    [Fact]
    public void Random_keys_and_messages_equal_the_obvious_way() =>
        Gen.Select(Gen.Byte.Array[16], Gen.Byte.Array[16], Gen.Byte.Array[16], Gen.Byte.Array[0, 1200]).Sample(
            (k, r, nonce, message) => AssertAll(Obvious(k, r, nonce, message), k, r, nonce, message),
            iter: 1000);

    [Fact]
    public void Extreme_keys_and_messages_equal_the_obvious_way()
    {
        // All-ones blocks with the largest r drive every carry there is; sums next to the modulus take the last reduction.
        byte[] values = [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x7F, 0x80, 0xFB, 0xFC, 0xFE, 0xFF];
        Gen<byte> extreme = Gen.Int[0, values.Length - 1].Select(i => values[i]);
        Gen<byte[]> runs = Gen.Select(extreme, Gen.Int[0, 600]).Select((value, length) => Enumerable.Repeat(value, length).ToArray());
        Gen.Select(runs, runs, extreme.Array[16], extreme.Array[16]).Sample(
            (head, tail, r, nonce) =>
            {
                byte[] message = [.. head, .. tail];
                byte[] k = SplitMix.Bytes(3, 16);
                AssertAll(Obvious(k, r, nonce, message), k, r, nonce, message);
            },
            iter: 1000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void A_sum_at_the_modulus_is_reduced(int above)
    {
        // With r = 1 the sum is the sum of the blocks; these two reach 2^130 - 6 + above.
        BigInteger sum = (BigInteger.One << 130) - 6 + above;
        BigInteger one = BigInteger.One << 128;
        BigInteger half = (sum - (3 * one)) / 3;
        byte[] message = [.. Block(half), .. Block(half), .. Block(sum - (3 * one) - (2 * half))];
        byte[] r = new byte[16];
        r[0] = 1;
        byte[] k = SplitMix.Bytes(4, 16);
        byte[] nonce = SplitMix.Bytes(5, 16);
        AssertAll(Obvious(k, r, nonce, message), k, r, nonce, message);
    }

    private static byte[] Block(BigInteger value)
    {
        byte[] block = new byte[16];
        value.ToByteArray(isUnsigned: true).CopyTo(block, 0);
        return block;
    }

    private static void AssertAll(byte[] expected, byte[] k, byte[] r, byte[] nonce, byte[] message)
    {
        Poly1305AesKey key = default;
        AesKey.Expand(k, ref key.K);
        Poly1305Key.Expand(r, ref key.R);
        byte[] tag = new byte[16];
        Poly1305Aes.ComputeTag(in key, nonce, message, tag);
        Assert.Equal(expected, tag);
        Poly1305Aes.ComputeTagScalar(in key, nonce, message, tag);
        Assert.Equal(expected, tag);
        if (Sse2.IsSupported)
        {
            AssertLanes<Vector128<ulong>, Sse2Arithmetic>(expected, in key, nonce, message);
        }

        if (Avx2.IsSupported)
        {
            AssertLanes<Vector256<ulong>, Avx2Arithmetic>(expected, in key, nonce, message);
        }
    }

    private static void AssertLanes<TVector, TArithmetic>(byte[] expected, in Poly1305AesKey key, byte[] nonce, byte[] message)
        where TVector : struct
        where TArithmetic : struct, IPoly1305Arithmetic<TVector>
    {
        if (message.Length >= Poly1305Lanes<TVector, TArithmetic>.Step)
        {
            byte[] tag = new byte[16];
            Poly1305Sum sum = Poly1305Aes.SumLanes<TVector, TArithmetic>(in key.R, message, out int whole);
            Poly1305Aes.Finish(in key, sum, nonce, message.AsSpan(whole), tag);
            Assert.Equal(expected, tag);
        }
    }

    /// <summary>The definition, in big numbers.</summary>
    private static byte[] Obvious(byte[] k, byte[] r, byte[] nonce, byte[] message)
    {
        BigInteger mask = BigInteger.Parse("00ffffffc0ffffffc0ffffffc0fffffff", System.Globalization.NumberStyles.HexNumber, null);
        BigInteger point = new BigInteger(r, isUnsigned: true) & mask;
        BigInteger modulus = (BigInteger.One << 130) - 5;
        BigInteger sum = 0;
        foreach (byte[] block in message.Chunk(16))
        {
            sum = (sum + new BigInteger([.. block, 1], isUnsigned: true)) * point % modulus;
        }

        using Aes aes = Aes.Create();
        aes.Key = k;
        sum += new BigInteger(aes.EncryptEcb(nonce, PaddingMode.None), isUnsigned: true);
        return Block(sum % (BigInteger.One << 128));
    }
}
