using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Sots.Restic.Crypto;

/// <summary>
/// The running sum of Poly1305 (RFC 8439, 2.5), a number modulo 2^130 − 5 in two limbs of 64 bits and a small one. Always partly reduced:
/// <see cref="H2"/> stays below 8. No branch and no address depends on it.
/// </summary>
internal struct Poly1305Sum
{
    /// <summary>Bits 0 to 63, 64 to 127, and the rest.</summary>
    internal ulong H0, H1, H2;

    /// <summary>Adds every 16 bytes with their appended one bit, multiplying after each. The length is a multiple of 16.</summary>
    internal void AddBlocks(ulong r0, ulong r1, ReadOnlySpan<byte> blocks)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(blocks);
        Poly1305Sum sum = this;
        for (int i = 0; i + 1 < words.Length; i += 2)
        {
            sum.AddBlock(Little(words[i]), Little(words[i + 1]), 1);
            sum.Multiply(r0, r1);
        }

        this = sum;
    }

    /// <summary>Adds the 1 to 15 bytes that are left at the end.</summary>
    internal void AddLast(ulong r0, ulong r1, ReadOnlySpan<byte> rest)
    {
        Span<byte> block = stackalloc byte[16];
        block.Clear();
        rest.CopyTo(block);
        block[rest.Length] = 1;
        AddBlock(BinaryPrimitives.ReadUInt64LittleEndian(block), BinaryPrimitives.ReadUInt64LittleEndian(block[8..]), 0);
        Multiply(r0, r1);
    }

    /// <summary>Multiplies by a clamped r, modulo 2^130 − 5.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Multiply(ulong r0, ulong r1)
    {
        unchecked
        {
            // 2^130 is 5 here, so r1·2^128 is r1·5/4, and clamping made r1 divisible by four.
            ulong s1 = r1 + (r1 >> 2);
            ulong low = H0 * r0;
            ulong word = low + (H1 * s1);
            ulong carry = High(H0, r0) + High(H1, s1) + (H2 * s1) + (word < low ? 1UL : 0);
            ulong middle = H0 * r1;
            ulong sum = middle + (H1 * r0);
            ulong top = High(H0, r1) + High(H1, r0) + (H2 * r0) + (sum < middle ? 1UL : 0);
            sum += carry;
            top += sum < carry ? 1UL : 0;
            H0 = word;
            H1 = sum;
            H2 = top & 3;
            AddSmall((top >> 2) + (top & ~3UL));
        }
    }

    /// <summary>The sum modulo 2^130 − 5, plus <paramref name="pad"/>, modulo 2^128.</summary>
    internal void Finish(ReadOnlySpan<byte> pad, Span<byte> tag)
    {
        unchecked
        {
            // If the sum reaches the modulus, adding five carries into bit 130, and then the sum with the five added is the right one.
            Poly1305Sum reduced = this;
            reduced.AddSmall(5);
            ulong mask = 0 - (reduced.H2 >> 2);
            ulong low = (H0 & ~mask) | (reduced.H0 & mask);
            ulong high = (H1 & ~mask) | (reduced.H1 & mask);

            ulong sum = low + BinaryPrimitives.ReadUInt64LittleEndian(pad);
            high += BinaryPrimitives.ReadUInt64LittleEndian(pad[8..]) + (sum < low ? 1UL : 0);
            BinaryPrimitives.WriteUInt64LittleEndian(tag, sum);
            BinaryPrimitives.WriteUInt64LittleEndian(tag[8..], high);
        }
    }

    /// <summary>Writes the sum as five limbs of 26 bits.</summary>
    internal readonly void Split(Span<uint> limbs)
    {
        unchecked
        {
            const ulong Mask = (1 << 26) - 1;
            limbs[0] = (uint)(H0 & Mask);
            limbs[1] = (uint)((H0 >> 26) & Mask);
            limbs[2] = (uint)(((H0 >> 52) | (H1 << 12)) & Mask);
            limbs[3] = (uint)((H1 >> 14) & Mask);
            limbs[4] = (uint)((H1 >> 40) | (H2 << 24));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddBlock(ulong low, ulong high, ulong top)
    {
        unchecked
        {
            H0 += low;
            ulong carry = H0 < low ? 1UL : 0;
            H1 += carry;
            carry = H1 < carry ? 1UL : 0;
            H1 += high;
            H2 += top + carry + (H1 < high ? 1UL : 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddSmall(ulong value)
    {
        unchecked
        {
            H0 += value;
            ulong carry = H0 < value ? 1UL : 0;
            H1 += carry;
            H2 += H1 < carry ? 1UL : 0;
        }
    }

    /// <summary>Upper half of a product. Halves are asked for apart because that keeps both in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong left, ulong right) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(left, right) : Math.BigMul(left, right, out _);

    private static ulong Little(ulong word) => BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
}
