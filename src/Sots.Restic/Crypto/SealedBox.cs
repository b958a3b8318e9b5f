using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Sots.Restic.Crypto;

/// <summary>
/// Authenticated encryption of everything in a repository but the key files: 16 bytes of initialisation vector, the ciphertext, 16 bytes
/// of authenticator (docs/FORMAT.md, "Sealed boxes").
/// </summary>
/// <remarks>Safe for any number of threads. Nothing here allocates on processors with AES instructions.</remarks>
public static partial class SealedBox
{
    /// <summary>Bytes a sealed box is longer than its plaintext: 16 of IV, 16 of MAC.</summary>
    public const int Overhead = 32;

    private const int IvLength = RandomIv.Length;

    /// <summary>Bytes that <see cref="Verify"/> decrypts at a time, on the stack. A multiple of the block length.</summary>
    private const int VerifyStep = 4096;

    /// <summary>Seals <paramref name="plaintext"/> under a fresh random initialisation vector.</summary>
    /// <param name="key">The key.</param>
    /// <param name="plaintext">What to seal; may lie in <paramref name="destination"/> where its ciphertext goes, 16 bytes from the start.</param>
    /// <param name="destination">Exactly <see cref="Overhead"/> bytes longer than the plaintext.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or the spans overlap in another way.</exception>
    /// <exception cref="ObjectDisposedException">The key has been disposed of; the destination is worthless.</exception>
    public static void Seal(MasterKey key, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        Span<byte> iv = stackalloc byte[IvLength];
        RandomIv.Fill(iv);
        Seal(key, iv, plaintext, destination);
    }

    /// <summary>Seals under a given initialisation vector, which must never be used twice: for known answers only.</summary>
    internal static void Seal(MasterKey key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (destination.Length - plaintext.Length != Overhead)
        {
            throw new ArgumentException($"A box for {plaintext.Length} bytes is {Overhead} bytes longer, not {destination.Length}.", nameof(destination));
        }

        if (destination.Overlaps(plaintext, out int offset) && offset != IvLength)
        {
            throw new ArgumentException("The plaintext may overlap its box only where its ciphertext goes.", nameof(destination));
        }

        if (IsZero(iv))
        {
            throw new CryptographicException("The initialisation vector is all zero: the system's random generator does not work.");
        }

        ref readonly MasterKey.Secrets secrets = ref key.Borrow();
        Span<byte> body = destination[IvLength..^Poly1305Aes.TagLength];
        AesCtr.Transform(in secrets.Encrypt, iv, 0, plaintext, body);
        iv.CopyTo(destination);
        Poly1305Aes.ComputeTag(in secrets.Mac, iv, body, destination[^Poly1305Aes.TagLength..]);
        key.Return();
    }

    /// <summary>Opens a box. Nothing is decrypted before the authenticator has been found right, in constant time.</summary>
    /// <param name="key">The key.</param>
    /// <param name="box">The sealed bytes.</param>
    /// <param name="plaintext">
    /// Exactly <see cref="Overhead"/> bytes shorter than the box, if the box is that long. May lie in the box, where its ciphertext is or
    /// anywhere before.
    /// </param>
    /// <returns>False if the authenticator is wrong, the box is shorter than 32 bytes, or its initialisation vector is all zero.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit, or the spans overlap in another way.</exception>
    /// <exception cref="ObjectDisposedException">The key has been disposed of.</exception>
    public static bool TryOpen(MasterKey key, ReadOnlySpan<byte> box, Span<byte> plaintext)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (box.Length < Overhead)
        {
            return false;
        }

        if (box.Length - plaintext.Length != Overhead)
        {
            throw new ArgumentException($"A box of {box.Length} bytes opens to {Overhead} bytes fewer, not {plaintext.Length}.", nameof(plaintext));
        }

        if (box.Overlaps(plaintext, out int offset) && offset > IvLength)
        {
            throw new ArgumentException("The plaintext may not start after the ciphertext it overlaps.", nameof(plaintext));
        }

        ref readonly MasterKey.Secrets secrets = ref key.Borrow();
        bool authentic = IsAuthentic(in secrets, box);
        if (authentic)
        {
            AesCtr.Transform(in secrets.Encrypt, box[..IvLength], 0, box[IvLength..^Poly1305Aes.TagLength], plaintext);
        }

        key.Return();
        return authentic;
    }

    /// <summary>
    /// Checks that a box just made opens to exactly <paramref name="plaintext"/>: the read-back before anything is stored, against
    /// faulty memory and our own mistakes.
    /// </summary>
    /// <returns>False if the authenticator is wrong, or decrypting gives anything else.</returns>
    /// <exception cref="ObjectDisposedException">The key has been disposed of.</exception>
    [SkipLocalsInit]
    public static bool Verify(MasterKey key, ReadOnlySpan<byte> box, ReadOnlySpan<byte> plaintext)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (box.Length < Overhead || box.Length - plaintext.Length != Overhead)
        {
            return false;
        }

        ref readonly MasterKey.Secrets secrets = ref key.Borrow();
        bool same = IsAuthentic(in secrets, box);
        ReadOnlySpan<byte> body = box[IvLength..^Poly1305Aes.TagLength];
        Span<byte> opened = stackalloc byte[VerifyStep];
        for (int offset = 0; same && offset < body.Length; offset += VerifyStep)
        {
            int length = Math.Min(VerifyStep, body.Length - offset);
            ulong firstBlock = (ulong)offset / AesBlocks.BlockLength;
            AesCtr.Transform(in secrets.Encrypt, box[..IvLength], firstBlock, body.Slice(offset, length), opened[..length]);
            same = opened[..length].SequenceEqual(plaintext.Slice(offset, length));
        }

        key.Return();
        return same;
    }

    private static bool IsAuthentic(in MasterKey.Secrets secrets, ReadOnlySpan<byte> box)
    {
        ReadOnlySpan<byte> iv = box[..IvLength];
        Span<byte> tag = stackalloc byte[Poly1305Aes.TagLength];
        Poly1305Aes.ComputeTag(in secrets.Mac, iv, box[IvLength..^Poly1305Aes.TagLength], tag);
        return CryptographicOperations.FixedTimeEquals(tag, box[^Poly1305Aes.TagLength..]) && !IsZero(iv);
    }

    private static bool IsZero(ReadOnlySpan<byte> iv) => !iv.ContainsAnyExcept((byte)0);
}
