using System.Security.Cryptography;

namespace Sots.Backup.Credentials;

/// <summary>A repository's password as UTF-8 bytes. Disposing overwrites them. Never printed.</summary>
public sealed class Password : IDisposable
{
    private readonly byte[] _bytes;

    /// <summary>Takes ownership of the bytes; they are overwritten on disposal.</summary>
    public Password(byte[] utf8) => _bytes = utf8;

    /// <summary>The bytes, valid until disposal.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>True for a password of no bytes.</summary>
    public bool IsEmpty => _bytes.Length == 0;

    /// <summary>Says nothing about the password.</summary>
    public override string ToString() => "(password)";

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
