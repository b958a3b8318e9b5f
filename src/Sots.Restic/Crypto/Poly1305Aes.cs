namespace Sots.Restic.Crypto;

/// <summary>The two halves of a Poly1305-AES key: k makes the pad of a message out of its nonce, r is the fixed point.</summary>
internal struct Poly1305AesKey
{
    /// <summary>AES-128 key k.</summary>
    internal AesKey K;

    /// <summary>The point r, clamped.</summary>
    internal Poly1305Key R;
}

/// <summary>
/// Poly1305-AES, the authenticator of every sealed box: Poly1305 with the fixed point r and, as the pad, the AES-128 encryption of the
/// nonce.
/// </summary>
internal static class Poly1305Aes
{
    /// <summary>Length of a tag in bytes.</summary>
    internal const int TagLength = 16;

    /// <summary>Writes the 16-byte tag of <paramref name="message"/> under the 16-byte <paramref name="nonce"/>.</summary>
    internal static void ComputeTag(in Poly1305AesKey key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> message, Span<byte> tag)
    {
        Poly1305Sum sum = default;
        if (Poly1305Lanes.IsSupported && message.Length >= Poly1305Lanes.WorthIt)
        {
            int whole = message.Length / Poly1305Lanes.Step * Poly1305Lanes.Step;
            sum = Poly1305Lanes.Sum(in key.R, message[..whole]);
            message = message[whole..];
        }

        Finish(in key, sum, nonce, message, tag);
    }

    /// <summary>The same in whole numbers only, as on processors without wide vectors.</summary>
    internal static void ComputeTagScalar(in Poly1305AesKey key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> message, Span<byte> tag) =>
        Finish(in key, default, nonce, message, tag);

    private static void Finish(in Poly1305AesKey key, Poly1305Sum sum, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> rest, Span<byte> tag)
    {
        int whole = rest.Length / AesBlocks.BlockLength * AesBlocks.BlockLength;
        sum.AddBlocks(key.R.R0, key.R.R1, rest[..whole]);
        if (whole < rest.Length)
        {
            sum.AddLast(key.R.R0, key.R.R1, rest[whole..]);
        }

        Span<byte> pad = stackalloc byte[TagLength];
        AesBlocks.Encrypt128(in key.K, nonce, pad);
        sum.Finish(pad, tag);
    }
}
