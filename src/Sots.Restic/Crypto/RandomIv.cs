using System.Security.Cryptography;

namespace Sots.Restic.Crypto;

/// <summary>
/// Fresh random initialisation vectors. The system's generator takes microseconds a call however few bytes it is asked for, longer than
/// sealing a small box, so each thread asks for many at once.
/// </summary>
internal static class RandomIv
{
    /// <summary>Length of an initialisation vector in bytes.</summary>
    internal const int Length = 16;

    private const int AtOnce = 128;

    [ThreadStatic]
    private static byte[]? _reserve;

    [ThreadStatic]
    private static int _left;

    /// <summary>Fills 16 bytes with ones no other call gets.</summary>
    internal static void Fill(Span<byte> iv)
    {
        byte[] reserve = _reserve ??= new byte[AtOnce * Length];
        if (_left == 0)
        {
            RandomNumberGenerator.Fill(reserve);
            _left = AtOnce;
        }

        _left--;
        Span<byte> next = reserve.AsSpan(_left * Length, Length);
        next.CopyTo(iv);

        // Were it ever handed out twice after all, it would be all zero, which is refused.
        next.Clear();
    }
}
