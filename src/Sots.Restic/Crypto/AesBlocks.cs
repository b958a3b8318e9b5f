using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Sots.Restic.Crypto;

/// <summary>
/// The round keys of one AES key (FIPS-197): fifteen for AES-256, the first eleven used for AES-128. The key itself lies at the start,
/// which is all that is filled in on processors without AES instructions.
/// </summary>
[InlineArray(Capacity)]
internal struct AesKey
{
    internal const int Capacity = 15;
    internal const int Rounds128 = 10;
    internal const int Rounds256 = 14;

    private Vector128<byte> _first;

    /// <summary>Expands a key of 16 or 32 bytes in place, so that no copy of it is left elsewhere.</summary>
    internal static void Expand(ReadOnlySpan<byte> key, ref AesKey destination)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes((Span<Vector128<byte>>)destination);
        bytes.Clear();
        key.CopyTo(bytes);
        if (!AesBlocks.IsAccelerated)
        {
            return;
        }

        Span<uint> words = MemoryMarshal.Cast<byte, uint>(bytes);
        int keyWords = key.Length / 4;
        int total = 4 * (keyWords + 7);
        uint roundConstant = 1;
        for (int i = keyWords; i < total; i++)
        {
            uint word = words[i - 1];
            if (i % keyWords == 0)
            {
                word = AesBlocks.SubstituteWord(uint.RotateRight(word, 8)) ^ roundConstant;
                roundConstant = (roundConstant << 1) ^ ((roundConstant >> 7) * 0x11B);
            }
            else if (keyWords > 6 && i % keyWords == 4)
            {
                word = AesBlocks.SubstituteWord(word);
            }

            words[i] = words[i - keyWords] ^ word;
        }
    }

    /// <summary>The key as it was given.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    internal readonly ReadOnlySpan<byte> Raw(int length) => MemoryMarshal.AsBytes((ReadOnlySpan<Vector128<byte>>)this)[..length];
}

/// <summary>
/// One AES round in the processor's own instructions, the same for x86 and Arm, and a single block in whatever the machine has.
/// </summary>
internal static class AesBlocks
{
    /// <summary>Length of a block in bytes.</summary>
    internal const int BlockLength = 16;

    /// <summary>True where <see cref="Round"/> and <see cref="LastRound"/> may be called.</summary>
    internal static bool IsAccelerated
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => X86Aes.IsSupported || ArmAes.IsSupported;
    }

    /// <summary>SubBytes, ShiftRows, MixColumns, AddRoundKey.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Round(Vector128<byte> state, Vector128<byte> roundKey)
    {
        if (X86Aes.IsSupported)
        {
            return X86Aes.Encrypt(state, roundKey);
        }

        // Arm adds its key before the substitution, x86 after it: a zero key there and an exclusive-or here make them equal.
        return ArmAes.MixColumns(ArmAes.Encrypt(state, Vector128<byte>.Zero)) ^ roundKey;
    }

    /// <summary>SubBytes, ShiftRows, AddRoundKey.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LastRound(Vector128<byte> state, Vector128<byte> roundKey)
    {
        if (X86Aes.IsSupported)
        {
            return X86Aes.EncryptLast(state, roundKey);
        }

        return ArmAes.Encrypt(state, Vector128<byte>.Zero) ^ roundKey;
    }

    /// <summary>The S-box on four bytes, without a table: with four equal columns ShiftRows changes nothing.</summary>
    internal static uint SubstituteWord(uint word) =>
        LastRound(Vector128.Create(word).AsByte(), Vector128<byte>.Zero).AsUInt32().ToScalar();

    /// <summary>Encrypts one block with the instructions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Encrypt(in AesKey key, int rounds, Vector128<byte> block)
    {
        block ^= key[0];
        for (int round = 1; round < rounds; round++)
        {
            block = Round(block, key[round]);
        }

        return LastRound(block, key[rounds]);
    }

    /// <summary>Encrypts one block of AES-128.</summary>
    internal static void Encrypt128(in AesKey key, ReadOnlySpan<byte> block, Span<byte> destination)
    {
        if (IsAccelerated)
        {
            Encrypt(in key, AesKey.Rounds128, Vector128.Create(block)).CopyTo(destination);
        }
        else
        {
            EncryptPortable(key.Raw(16), block, destination);
        }
    }

    /// <summary>Encrypts whole blocks with the system's own AES. Allocates; it serves processors without AES instructions.</summary>
    internal static void EncryptPortable(ReadOnlySpan<byte> key, ReadOnlySpan<byte> blocks, Span<byte> destination)
    {
        using Aes aes = Aes.Create();
        aes.SetKey(key);
        // CA5358: a counter's blocks never repeat, which is what makes ECB the right primitive beneath CTR.
#pragma warning disable CA5358
        aes.EncryptEcb(blocks, destination, PaddingMode.None);
#pragma warning restore CA5358
    }
}
