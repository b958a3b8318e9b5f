namespace Sots.Restic.Crypto;

/// <summary>Authenticated encryption of everything in a repository but the key files.</summary>
public static partial class SealedBox
{
    /// <summary>Bytes a sealed box is longer than its plaintext: 16 of IV, 16 of MAC.</summary>
    public const int Overhead = 32;
}
