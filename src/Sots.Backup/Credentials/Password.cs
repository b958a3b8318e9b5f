using System.Security.Cryptography;

namespace Sots.Backup.Credentials;

/// <summary>
/// A repository's password as UTF-8 bytes. It lies in memory that the garbage collector never copies, and disposing overwrites it. Never
/// printed.
/// </summary>
public sealed class Password : IDisposable
{
    private readonly byte[] _bytes;

    /// <summary>Takes the bytes over: the given ones are overwritten at once.</summary>
    public Password(Span<byte> utf8)
    {
        _bytes = GC.AllocateUninitializedArray<byte>(utf8.Length, pinned: true);
        utf8.CopyTo(_bytes);
        CryptographicOperations.ZeroMemory(utf8);
    }

    /// <summary>A random one: 256 bits, written as 43 letters, digits, - and _.</summary>
    public static Password CreateRandom()
    {
        Span<byte> random = stackalloc byte[32];
        Span<byte> text = stackalloc byte[43];
        RandomNumberGenerator.Fill(random);
        System.Buffers.Text.Base64Url.EncodeToUtf8(random, text);
        CryptographicOperations.ZeroMemory(random);
        return new Password(text);
    }

    /// <summary>The bytes, valid until disposal.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>True for a password of no bytes.</summary>
    public bool IsEmpty => _bytes.Length == 0;

    /// <summary>Says nothing about the password.</summary>
    public override string ToString() => "(password)";

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
