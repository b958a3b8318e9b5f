using System.Numerics;
using System.Security.Cryptography;
using CsCheck;
using Sots.Restic.Crypto;
using Sots.Testing;

namespace Sots.Restic.Tests.Crypto;

public class AesTests
{
    [Theory]
    [InlineData("000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff", "69c4e0d86a7b0430d8cdb78070b4c55a")]
    [InlineData("2b7e151628aed2a6abf7158809cf4f3c", "3243f6a8885a308d313198a2e0370734", "3925841d02dc09fbdc118597196a0b32")]
    public void Aes128_gives_the_answers_of_FIPS_197(string key, string block, string expected)
    {
        AesKey expanded = default;
        AesKey.Expand(CryptoVectors.Hex(key), ref expanded);
        byte[] actual = new byte[16];
        AesBlocks.Encrypt128(in expanded, CryptoVectors.Hex(block), actual);
        Assert.Equal(expected, Convert.ToHexStringLower(actual));
    }

    [Fact]
    public void Aes256_gives_the_answer_of_FIPS_197()
    {
        // In counter mode the first block of the key stream is the encrypted counter.
        Assert.Equal(
            "8ea2b7ca516745bfeafc49904b496089",
            Convert.ToHexStringLower(Transform(
                CryptoVectors.Hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
                CryptoVectors.Hex("00112233445566778899aabbccddeeff"),
                0,
                new byte[16])));
    }

    [Fact]
    public void Key_expansion_gives_the_last_words_of_FIPS_197()
    {
        Assert.SkipUnless(AesBlocks.IsAccelerated, "round keys are made only for processors with AES instructions");
        AesKey key128 = default;
        AesKey.Expand(CryptoVectors.Hex("2b7e151628aed2a6abf7158809cf4f3c"), ref key128);
        Assert.Equal("d014f9a8c9ee2589e13f0cc8b6630ca6", Convert.ToHexStringLower(key128.Raw(11 * 16)[^16..]));
        AesKey key256 = default;
        AesKey.Expand(CryptoVectors.Hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"), ref key256);
        Assert.Equal("fe4890d1e6188d0b046df344706c631e", Convert.ToHexStringLower(key256.Raw(15 * 16)[^16..]));
    }

    [Fact]
    public void Counter_mode_gives_the_answers_of_SP_800_38A()
    {
        byte[] plaintext = CryptoVectors.Hex(
            "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51 30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710");
        byte[] expected = CryptoVectors.Hex(
            "601ec313775789a5b7a7f504bbf3d228 f443e3ca4d62b59aca84e990cacaf5c5 2b0930daa23de94ce87017ba2d84988d dfc9c58db67aada613c2dd08457941a6");
        byte[] key = CryptoVectors.Hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        byte[] iv = CryptoVectors.Hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
        Assert.Equal(expected, Transform(key, iv, 0, plaintext));
    }

    [Fact]
    public void Every_length_and_every_way_equals_the_obvious_way()
    {
        byte[] key = SplitMix.Bytes(1, 32);
        byte[] data = SplitMix.Bytes(2, 5000);
        byte[] iv = SplitMix.Bytes(3, 16);
        byte[] expected = Obvious(key, iv, 0, data);
        AesKey expanded = default;
        AesKey.Expand(key, ref expanded);
        byte[] actual = new byte[data.Length];
        for (int length = 0; length <= data.Length; length += length < 600 ? 1 : 137)
        {
            Assert.True(expected.AsSpan(0, length).SequenceEqual(Transform(key, iv, 0, data.AsSpan(0, length))), $"length {length}");
            AesCtr.TransformPortable(in expanded, new AesCtr.Counter(iv, 0), data.AsSpan(0, length), actual);
            Assert.True(expected.AsSpan(0, length).SequenceEqual(actual.AsSpan(0, length)), $"portable, length {length}");
        }
    }

    [Theory]
    [InlineData("ffffffffffffffffffffffffffffffff")]
    [InlineData("fffffffffffffffffffffffffffffffe")]
    [InlineData("0000000000000000fffffffffffffffa")]
    [InlineData("00000000000000ffffffffffffffffff")]
    [InlineData("ffffffffffffffff0000000000000000")]
    [InlineData("000000000000000000000000ffffffff")]
    public void The_counter_carries_through_all_sixteen_bytes(string iv)
    {
        byte[] key = SplitMix.Bytes(4, 32);
        byte[] data = SplitMix.Bytes(5, 400);
        Assert.Equal(Obvious(key, CryptoVectors.Hex(iv), 0, data), Transform(key, CryptoVectors.Hex(iv), 0, data));
        Assert.Equal(Obvious(key, CryptoVectors.Hex(iv), 3, data), Transform(key, CryptoVectors.Hex(iv), 3, data));
    }

    [Fact]
    public void Random_keys_vectors_and_offsets_equal_the_obvious_way() =>
        Gen.Select(Gen.Byte.Array[32], Gen.Byte.Array[16], Gen.Int[0, 1000], Gen.Byte.Array[0, 700]).Sample(
            (key, iv, firstBlock, data) => Obvious(key, iv, firstBlock, data).AsSpan().SequenceEqual(Transform(key, iv, (ulong)firstBlock, data)),
            iter: 500);

    [Fact]
    public void The_output_may_start_anywhere_before_the_input_it_overlaps()
    {
        byte[] key = SplitMix.Bytes(6, 32);
        byte[] iv = SplitMix.Bytes(7, 16);
        AesKey expanded = default;
        AesKey.Expand(key, ref expanded);
        byte[] data = SplitMix.Bytes(8, 777);
        byte[] expected = Obvious(key, iv, 0, data);
        foreach (int distance in new[] { 0, 1, 15, 16, 17, 127, 128, 129, 700 })
        {
            byte[] memory = new byte[data.Length + distance];
            data.CopyTo(memory.AsSpan(distance));
            AesCtr.Transform(in expanded, iv, 0, memory.AsSpan(distance), memory.AsSpan(0, data.Length));
            Assert.Equal(expected, memory[..data.Length]);
        }
    }

    private static byte[] Transform(byte[] key, byte[] iv, ulong firstBlock, ReadOnlySpan<byte> input)
    {
        AesKey expanded = default;
        AesKey.Expand(key, ref expanded);
        byte[] output = new byte[input.Length];
        AesCtr.Transform(in expanded, iv, firstBlock, input, output);
        return output;
    }

    /// <summary>One block at a time with the system's AES and a big number for the counter.</summary>
    private static byte[] Obvious(byte[] key, byte[] iv, int firstBlock, byte[] input)
    {
        using Aes aes = Aes.Create();
        aes.Key = key;
        BigInteger counter = new BigInteger(iv, isUnsigned: true, isBigEndian: true) + firstBlock;
        byte[] output = new byte[input.Length];
        for (int offset = 0; offset < input.Length; offset += 16, counter++)
        {
            byte[] digits = (counter % (BigInteger.One << 128)).ToByteArray(isUnsigned: true, isBigEndian: true);
            byte[] block = new byte[16];
            digits.CopyTo(block, 16 - digits.Length);
            byte[] stream = aes.EncryptEcb(block, PaddingMode.None);
            for (int i = 0; i < 16 && offset + i < input.Length; i++)
            {
                output[offset + i] = (byte)(input[offset + i] ^ stream[i]);
            }
        }

        return output;
    }
}
