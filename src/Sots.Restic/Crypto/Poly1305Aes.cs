using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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

    private const int WorthVectors = 256;

    /// <summary>Writes the 16-byte tag of <paramref name="message"/> under the 16-byte <paramref name="nonce"/>.</summary>
    internal static void ComputeTag(in Poly1305AesKey key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> message, Span<byte> tag)
    {
        // A quarter of a kibibyte pays for gathering the powers. The choice is made when the code is compiled, not here.
        Poly1305Sum sum = default;
        int whole = 0;
        if (message.Length >= WorthVectors)
        {
            if (Avx2.IsSupported)
            {
                sum = SumLanes<Vector256<ulong>, Avx2Arithmetic>(in key.R, message, out whole);
            }
            else if (Sse2.IsSupported)
            {
                sum = SumLanes<Vector128<ulong>, Sse2Arithmetic>(in key.R, message, out whole);
            }
        }

        Finish(in key, sum, nonce, message[whole..], tag);
    }

    /// <summary>Sums as much of the message as fills all lanes; the rest is for the scalar version.</summary>
    internal static Poly1305Sum SumLanes<TVector, TArithmetic>(in Poly1305Key key, ReadOnlySpan<byte> message, out int whole)
        where TVector : struct
        where TArithmetic : struct, IPoly1305Arithmetic<TVector>
    {
        int step = Poly1305Lanes<TVector, TArithmetic>.Step;
        whole = message.Length / step * step;
        return Poly1305Lanes<TVector, TArithmetic>.Sum(in key, message[..whole]);
    }

    /// <summary>The same in whole numbers only, as on processors without wide vectors.</summary>
    internal static void ComputeTagScalar(in Poly1305AesKey key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> message, Span<byte> tag) =>
        Finish(in key, default, nonce, message, tag);

    /// <summary>Adds the rest of the message to what the lanes have summed, and the pad.</summary>
    internal static void Finish(in Poly1305AesKey key, Poly1305Sum sum, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> rest, Span<byte> tag)
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
