using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Sots.Restic.Crypto;

/// <summary>
/// AES-256 in counter mode. The initialisation vector is the first counter block and counts as one 128-bit big-endian number that wraps.
/// Encrypting and decrypting are the same.
/// </summary>
internal static class AesCtr
{
    private const int WideBlocks = 8;
    private const int WideLength = WideBlocks * AesBlocks.BlockLength;

    /// <summary>
    /// Applies the key stream from its block <paramref name="firstBlock"/> on. <paramref name="output"/> is as long as
    /// <paramref name="input"/>; they may overlap if the output does not start after the input.
    /// </summary>
    internal static void Transform(in AesKey key, ReadOnlySpan<byte> iv, ulong firstBlock, ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (AesBlocks.IsAccelerated)
        {
            TransformAccelerated(in key, new Counter(iv, firstBlock), input, output);
        }
        else
        {
            TransformPortable(in key, new Counter(iv, firstBlock), input, output);
        }
    }

    /// <summary>Eight blocks at a time, because an AES instruction takes several cycles but two can start in each.</summary>
    [SkipLocalsInit]
    private static void TransformAccelerated(in AesKey key, Counter counter, ReadOnlySpan<byte> input, Span<byte> output)
    {
        output = output[..input.Length];
        ref readonly Vector128<byte> keys = ref ((ReadOnlySpan<Vector128<byte>>)key)[0];
        ref byte source = ref MemoryMarshal.GetReference(input);
        ref byte target = ref MemoryMarshal.GetReference(output);
        nuint offset = 0;
        nuint length = (nuint)input.Length;
        unchecked
        {
            for (; length - offset >= WideLength; offset += WideLength)
            {
                Vector128<byte> k = keys;
                Vector128<byte> b0 = counter.Block(0) ^ k;
                Vector128<byte> b1 = counter.Block(1) ^ k;
                Vector128<byte> b2 = counter.Block(2) ^ k;
                Vector128<byte> b3 = counter.Block(3) ^ k;
                Vector128<byte> b4 = counter.Block(4) ^ k;
                Vector128<byte> b5 = counter.Block(5) ^ k;
                Vector128<byte> b6 = counter.Block(6) ^ k;
                Vector128<byte> b7 = counter.Block(7) ^ k;
                counter.Advance(WideBlocks);
                for (int round = 1; round < AesKey.Rounds256; round++)
                {
                    k = Unsafe.Add(ref Unsafe.AsRef(in keys), round);
                    b0 = AesBlocks.Round(b0, k);
                    b1 = AesBlocks.Round(b1, k);
                    b2 = AesBlocks.Round(b2, k);
                    b3 = AesBlocks.Round(b3, k);
                    b4 = AesBlocks.Round(b4, k);
                    b5 = AesBlocks.Round(b5, k);
                    b6 = AesBlocks.Round(b6, k);
                    b7 = AesBlocks.Round(b7, k);
                }

                // All eight are read before the first is written: that is what makes decrypting to a lower address work.
                k = Unsafe.Add(ref Unsafe.AsRef(in keys), AesKey.Rounds256);
                b0 = AesBlocks.LastRound(b0, k) ^ Vector128.LoadUnsafe(ref source, offset);
                b1 = AesBlocks.LastRound(b1, k) ^ Vector128.LoadUnsafe(ref source, offset + 16);
                b2 = AesBlocks.LastRound(b2, k) ^ Vector128.LoadUnsafe(ref source, offset + 32);
                b3 = AesBlocks.LastRound(b3, k) ^ Vector128.LoadUnsafe(ref source, offset + 48);
                b4 = AesBlocks.LastRound(b4, k) ^ Vector128.LoadUnsafe(ref source, offset + 64);
                b5 = AesBlocks.LastRound(b5, k) ^ Vector128.LoadUnsafe(ref source, offset + 80);
                b6 = AesBlocks.LastRound(b6, k) ^ Vector128.LoadUnsafe(ref source, offset + 96);
                b7 = AesBlocks.LastRound(b7, k) ^ Vector128.LoadUnsafe(ref source, offset + 112);
                b0.StoreUnsafe(ref target, offset);
                b1.StoreUnsafe(ref target, offset + 16);
                b2.StoreUnsafe(ref target, offset + 32);
                b3.StoreUnsafe(ref target, offset + 48);
                b4.StoreUnsafe(ref target, offset + 64);
                b5.StoreUnsafe(ref target, offset + 80);
                b6.StoreUnsafe(ref target, offset + 96);
                b7.StoreUnsafe(ref target, offset + 112);
            }

            for (; length - offset >= AesBlocks.BlockLength; offset += AesBlocks.BlockLength)
            {
                Vector128<byte> stream = AesBlocks.Encrypt(in key, AesKey.Rounds256, counter.Block(0));
                counter.Advance(1);
                (stream ^ Vector128.LoadUnsafe(ref source, offset)).StoreUnsafe(ref target, offset);
            }
        }

        if (offset < length)
        {
            Span<byte> stream = stackalloc byte[AesBlocks.BlockLength];
            AesBlocks.Encrypt(in key, AesKey.Rounds256, counter.Block(0)).CopyTo(stream);
            Xor(input[(int)offset..], stream, output[(int)offset..]);
        }
    }

    /// <summary>The same with the system's AES, for processors without AES instructions.</summary>
    internal static void TransformPortable(in AesKey key, Counter counter, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Span<byte> stream = stackalloc byte[2048];
        Span<byte> counters = stackalloc byte[2048];
        while (!input.IsEmpty)
        {
            int length = Math.Min(input.Length, stream.Length);
            int blocks = (length + AesBlocks.BlockLength - 1) / AesBlocks.BlockLength;
            for (int i = 0; i < blocks; i++)
            {
                counter.Block(0).CopyTo(counters[(i * AesBlocks.BlockLength)..]);
                counter.Advance(1);
            }

            int streamLength = blocks * AesBlocks.BlockLength;
            AesBlocks.EncryptPortable(key.Raw(32), counters[..streamLength], stream[..streamLength]);
            Xor(input[..length], stream, output);
            input = input[length..];
            output = output[length..];
        }

        CryptographicOperations.ZeroMemory(stream);
    }

    private static void Xor(ReadOnlySpan<byte> input, ReadOnlySpan<byte> stream, Span<byte> output)
    {
        for (int i = 0; i < input.Length; i++)
        {
            output[i] = (byte)(input[i] ^ stream[i]);
        }
    }

    /// <summary>A 128-bit big-endian counter kept as two numbers.</summary>
    internal struct Counter
    {
        private ulong _high;
        private ulong _low;

        internal Counter(ReadOnlySpan<byte> iv, ulong firstBlock)
        {
            _high = BinaryPrimitives.ReadUInt64BigEndian(iv);
            _low = BinaryPrimitives.ReadUInt64BigEndian(iv[8..]);
            Advance(firstBlock);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Advance(ulong blocks)
        {
            unchecked
            {
                _low += blocks;
                _high += _low < blocks ? 1UL : 0;
            }
        }

        /// <summary>The counter block <paramref name="ahead"/> blocks further on.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal readonly Vector128<byte> Block(ulong ahead)
        {
            unchecked
            {
                ulong low = _low + ahead;
                ulong high = _high + (low < ahead ? 1UL : 0);
                return Vector128.Create(Big(high), Big(low)).AsByte();
            }
        }

        private static ulong Big(ulong value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
    }
}
