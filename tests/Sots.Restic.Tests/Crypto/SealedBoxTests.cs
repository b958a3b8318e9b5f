using System.Security.Cryptography;
using System.Text.Json;
using CsCheck;
using Sots.Restic.Crypto;
using Sots.Testing;

namespace Sots.Restic.Tests.Crypto;

public class SealedBoxTests
{
    [Fact]
    public void Boxes_of_restic_are_made_and_opened_byte_for_byte()
    {
        int count = 0;
        foreach (JsonElement vector in CryptoVectors.Load().GetProperty("seal").EnumerateArray())
        {
            using MasterKey key = MasterKey.FromParts(vector.Hex("encrypt"), vector.Hex("mac_k"), vector.Hex("mac_r"));
            byte[] plaintext = vector.Hex("plaintext");
            byte[] expected = vector.Hex("sealed");
            byte[] box = new byte[plaintext.Length + SealedBox.Overhead];
            SealedBox.Seal(key, vector.Hex("iv"), plaintext, box);
            Assert.Equal(expected, box);
            Assert.True(SealedBox.Verify(key, expected, plaintext));
            Assert.Equal(plaintext, Open(key, expected));
            Assert.Equal(vector.GetProperty("masterkey_json").GetString(), System.Text.Encoding.UTF8.GetString(key.ToJson()));
            count++;
        }

        Assert.Equal(5, count);
    }

    [Fact]
    public void What_is_sealed_opens_to_the_same()
    {
        using MasterKey key = MasterKey.Generate();
        Gen.Byte.Array[0, 20_000].Sample(
            plaintext =>
            {
                byte[] box = Seal(key, plaintext);
                return plaintext.AsSpan().SequenceEqual(Open(key, box)) && SealedBox.Verify(key, box, plaintext);
            },
            iter: 300);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(300)]
    public void Every_flipped_bit_is_noticed(int length)
    {
        using MasterKey key = CryptoVectors.SomeKey();
        byte[] plaintext = SplitMix.Bytes(1, length);
        byte[] box = Seal(key, plaintext);
        byte[] opened = new byte[length];
        for (int bit = 0; bit < box.Length * 8; bit++)
        {
            box[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(SealedBox.TryOpen(key, box, opened), $"bit {bit}");
            Assert.False(SealedBox.Verify(key, box, plaintext), $"bit {bit}");
            box[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(SealedBox.TryOpen(key, box, opened));
        Assert.Equal(plaintext, opened);
    }

    [Fact]
    public void A_box_cut_anywhere_at_either_end_does_not_open()
    {
        using MasterKey key = CryptoVectors.SomeKey();
        byte[] box = Seal(key, SplitMix.Bytes(2, 100));
        for (int length = 0; length < box.Length; length++)
        {
            byte[] opened = new byte[Math.Max(0, length - SealedBox.Overhead)];
            Assert.False(SealedBox.TryOpen(key, box.AsSpan(0, length), opened), $"first {length}");
            Assert.False(SealedBox.TryOpen(key, box.AsSpan(box.Length - length), opened), $"last {length}");
        }
    }

    [Fact]
    public void Another_key_does_not_open_a_box()
    {
        using MasterKey key = CryptoVectors.SomeKey(1);
        using MasterKey other = CryptoVectors.SomeKey(2);
        byte[] box = Seal(key, [1, 2, 3]);
        Assert.False(SealedBox.TryOpen(other, box, new byte[3]));
        Assert.False(SealedBox.Verify(other, box, [1, 2, 3]));
    }

    [Fact]
    public void Nothing_is_decrypted_from_a_forged_box()
    {
        using MasterKey key = CryptoVectors.SomeKey();
        byte[] box = Seal(key, SplitMix.Bytes(3, 500));
        box[^1] ^= 1;
        byte[] opened = new byte[500];
        Assert.False(SealedBox.TryOpen(key, box, opened));
        Assert.All(opened, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Verify_notices_every_changed_byte_and_another_length_of_the_plaintext()
    {
        using MasterKey key = CryptoVectors.SomeKey();
        byte[] plaintext = SplitMix.Bytes(4, 9000);
        byte[] box = Seal(key, plaintext);
        for (int i = 0; i < plaintext.Length; i++)
        {
            plaintext[i] ^= 0x10;
            Assert.False(SealedBox.Verify(key, box, plaintext), $"byte {i}");
            plaintext[i] ^= 0x10;
        }

        Assert.True(SealedBox.Verify(key, box, plaintext));
        Assert.False(SealedBox.Verify(key, box, plaintext.AsSpan(1)));
        Assert.False(SealedBox.Verify(key, box, [.. plaintext, 0]));
        Assert.False(SealedBox.Verify(key, box.AsSpan(0, 31), []));
    }

    [Fact]
    public void An_all_zero_initialisation_vector_is_refused_on_both_sides()
    {
        using MasterKey key = CryptoVectors.SomeKey();
        byte[] box = new byte[35];
        Assert.Throws<CryptographicException>(() => SealedBox.Seal(key, new byte[16], [1, 2, 3], box));

        // A box that is right in every other way.
        ref readonly MasterKey.Secrets secrets = ref key.Borrow();
        AesCtr.Transform(in secrets.Encrypt, new byte[16], 0, [1, 2, 3], box.AsSpan(16, 3));
        Poly1305Aes.ComputeTag(in secrets.Mac, new byte[16], box.AsSpan(16, 3), box.AsSpan(19));
        Assert.False(SealedBox.TryOpen(key, box, new byte[3]));
        Assert.False(SealedBox.Verify(key, box, [1, 2, 3]));
    }

    [Fact]
    public void Twenty_thousand_boxes_have_as_many_initialisation_vectors()
    {
        using MasterKey key = CryptoVectors.SomeKey();
        HashSet<UInt128> seen = [];
        byte[] box = new byte[33];
        for (int i = 0; i < 20_000; i++)
        {
            SealedBox.Seal(key, [1], box);
            Assert.True(seen.Add(System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(box)));
        }
    }

    [Fact]
    public void Threads_share_no_initialisation_vector()
    {
        using MasterKey key = CryptoVectors.SomeKey();
        System.Collections.Concurrent.ConcurrentDictionary<UInt128, bool> seen = [];
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            byte[] box = new byte[32];
            for (int i = 0; i < 1000; i++)
            {
                SealedBox.Seal(key, [], box);
                seen.TryAdd(System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(box), true);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(4000, seen.Count);
    }

    [Fact]
    public void A_box_is_made_and_opened_in_place()
    {
        using MasterKey key = CryptoVectors.SomeKey();
        foreach (int length in new[] { 0, 1, 16, 127, 128, 1000, 5000 })
        {
            byte[] plaintext = SplitMix.Bytes(5, length);
            byte[] memory = new byte[length + SealedBox.Overhead];
            plaintext.CopyTo(memory, 16);
            SealedBox.Seal(key, memory.AsSpan(16, length), memory);
            Assert.Equal(plaintext, Open(key, memory));

            byte[] copy = (byte[])memory.Clone();
            Assert.True(SealedBox.TryOpen(key, memory, memory.AsSpan(16, length)));
            Assert.Equal(plaintext, memory[16..(16 + length)]);
            Assert.True(SealedBox.TryOpen(key, copy, copy.AsSpan(0, length)));
            Assert.Equal(plaintext, copy[..length]);
        }
    }

    [Fact]
    public void Overlaps_that_would_corrupt_are_refused()
    {
        using MasterKey key = CryptoVectors.SomeKey();
        byte[] memory = new byte[200];
        Assert.Throws<ArgumentException>(() => SealedBox.Seal(key, memory.AsSpan(0, 100), memory.AsSpan(0, 132)));
        Assert.Throws<ArgumentException>(() => SealedBox.Seal(key, memory.AsSpan(17, 100), memory.AsSpan(0, 132)));
        Assert.Throws<ArgumentException>(() => SealedBox.TryOpen(key, memory.AsSpan(0, 132), memory.AsSpan(17, 100)));
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_the_callers_mistake()
    {
        using MasterKey key = CryptoVectors.SomeKey();
        Assert.Throws<ArgumentException>(() => SealedBox.Seal(key, new byte[5], new byte[36]));
        Assert.Throws<ArgumentException>(() => SealedBox.Seal(key, new byte[5], new byte[38]));
        Assert.Throws<ArgumentException>(() => SealedBox.TryOpen(key, new byte[40], new byte[7]));
        Assert.Throws<ArgumentException>(() => SealedBox.TryOpen(key, new byte[40], new byte[9]));
    }

    [Fact]
    public void One_key_serves_many_threads()
    {
        using MasterKey key = MasterKey.Generate();
        Parallel.For(0, 200, i =>
        {
            byte[] plaintext = SplitMix.Bytes((ulong)i, 3000 + i);
            byte[] box = Seal(key, plaintext);
            Assert.True(SealedBox.Verify(key, box, plaintext));
            Assert.Equal(plaintext, Open(key, box));
        });
    }

    [Fact]
    public void Sealing_opening_and_verifying_allocate_nothing()
    {
        Assert.SkipUnless(AesBlocks.IsAccelerated, "without AES instructions the system's AES is used, which allocates");
        using MasterKey key = MasterKey.Generate();
        byte[] plaintext = SplitMix.Bytes(6, 10_000);
        byte[] box = new byte[plaintext.Length + SealedBox.Overhead];
        byte[] opened = new byte[plaintext.Length];
        bool good = true;
        void All(int times)
        {
            for (int i = 0; i < times; i++)
            {
                SealedBox.Seal(key, plaintext, box);
                good &= SealedBox.TryOpen(key, box, opened) & SealedBox.Verify(key, box, plaintext);
            }
        }

        All(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        All(100);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(good);
    }

    private static byte[] Seal(MasterKey key, ReadOnlySpan<byte> plaintext)
    {
        byte[] box = new byte[plaintext.Length + SealedBox.Overhead];
        SealedBox.Seal(key, plaintext, box);
        return box;
    }

    private static byte[] Open(MasterKey key, ReadOnlySpan<byte> box)
    {
        byte[] plaintext = new byte[box.Length - SealedBox.Overhead];
        Assert.True(SealedBox.TryOpen(key, box, plaintext));
        return plaintext;
    }
}
