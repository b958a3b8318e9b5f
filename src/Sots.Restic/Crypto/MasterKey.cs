using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Sots.Restic.Crypto;

/// <summary>
/// The key that seals boxes: 32 bytes for AES-256 and two times 16 bytes for Poly1305-AES (docs/FORMAT.md, "Sealed boxes"). All work that
/// depends on the key alone is done once, here.
/// </summary>
/// <remarks>
/// Immutable and safe for any number of threads. The bytes lie in memory that the garbage collector never copies, and are zeroed by
/// <see cref="Dispose"/>. There is no finalizer on purpose: it could zero a key whose last use is still running.
/// </remarks>
public sealed class MasterKey : IDisposable
{
    /// <summary>Length of the encryption key in bytes: 32.</summary>
    public const int EncryptLength = 32;

    /// <summary>Length of each half of the authentication key in bytes: 16.</summary>
    public const int MacLength = 16;

    /// <summary>Length of all parts together in bytes: 64.</summary>
    internal const int TotalLength = EncryptLength + (2 * MacLength);

    private readonly Secrets[] _secrets = GC.AllocateArray<Secrets>(1, pinned: true);
    private int _disposed;

    private MasterKey(ReadOnlySpan<byte> encrypt, ReadOnlySpan<byte> macK, ReadOnlySpan<byte> macR)
    {
        ref Secrets secrets = ref _secrets[0];
        AesKey.Expand(encrypt, ref secrets.Encrypt);
        AesKey.Expand(macK, ref secrets.Mac.K);
        Poly1305Key.Expand(macR, ref secrets.Mac.R);
        secrets.UnclampedR = Vector128.Create(macR);
    }

    /// <summary>Makes a new random key with the system's generator.</summary>
    public static MasterKey Generate()
    {
        Span<byte> parts = stackalloc byte[TotalLength];
        RandomNumberGenerator.Fill(parts);
        try
        {
            return FromParts(parts);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(parts);
        }
    }

    /// <summary>Makes a key from its parts. They are copied; the caller zeroes its own.</summary>
    /// <param name="encrypt">32 bytes, the AES-256 key.</param>
    /// <param name="macK">16 bytes, the AES-128 key of the authenticator.</param>
    /// <param name="macR">16 bytes, the point r of the authenticator, clamped or not.</param>
    /// <exception cref="ArgumentException">A part has another length.</exception>
    /// <exception cref="RepositoryException"><see cref="RepositoryErrorKind.Damaged"/>: a part is all zero.</exception>
    public static MasterKey FromParts(ReadOnlySpan<byte> encrypt, ReadOnlySpan<byte> macK, ReadOnlySpan<byte> macR)
    {
        Check(encrypt, EncryptLength, "encryption key", nameof(encrypt));
        Check(macK, MacLength, "authentication key k", nameof(macK));
        Check(macR, MacLength, "authentication key r", nameof(macR));
        return new MasterKey(encrypt, macK, macR);
    }

    /// <summary>Makes a key from 64 bytes in the order encrypt, k, r.</summary>
    internal static MasterKey FromParts(ReadOnlySpan<byte> parts) =>
        FromParts(parts[..EncryptLength], parts.Slice(EncryptLength, MacLength), parts[(EncryptLength + MacLength)..]);

    /// <summary>
    /// The JSON that key files hold sealed: <c>{"mac":{"k":"…","r":"…"},"encrypt":"…"}</c>. It is the secret itself, in memory the
    /// garbage collector does not copy: zero it after use.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The key has been disposed of.</exception>
    public byte[] ToJson() => MasterKeyJson.Write(this);

    /// <summary>True if all 64 bytes are the same, compared in constant time.</summary>
    /// <exception cref="ObjectDisposedException">One of the keys has been disposed of.</exception>
    internal bool HasSamePartsAs(MasterKey other)
    {
        Span<byte> mine = stackalloc byte[TotalLength];
        Span<byte> theirs = stackalloc byte[TotalLength];
        CopyParts(mine);
        other.CopyParts(theirs);
        bool same = CryptographicOperations.FixedTimeEquals(mine, theirs);
        CryptographicOperations.ZeroMemory(mine);
        CryptographicOperations.ZeroMemory(theirs);
        return same;
    }

    /// <summary>Copies the 64 bytes in the order encrypt, k, r.</summary>
    internal void CopyParts(Span<byte> destination)
    {
        ref readonly Secrets secrets = ref Borrow();
        secrets.Encrypt.Raw(EncryptLength).CopyTo(destination);
        secrets.Mac.K.Raw(MacLength).CopyTo(destination[EncryptLength..]);
        secrets.UnclampedR.CopyTo(destination[(EncryptLength + MacLength)..]);
        Return();
    }

    /// <summary>The key schedules. <see cref="Return"/> must be called when they have been used.</summary>
    internal ref readonly Secrets Borrow()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return ref _secrets[0];
    }

    /// <summary>
    /// Fails if the key was disposed of while it was borrowed, so that nothing is ever sealed with a key that is half zeroed and still
    /// reported as good.
    /// </summary>
    internal void Return()
    {
        Volatile.ReadBarrier();
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
    }

    /// <summary>Zeroes the key. An operation that another thread has running fails.</summary>
    public void Dispose()
    {
        Interlocked.Exchange(ref _disposed, 1);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_secrets.AsSpan()));
    }

    private static void Check(ReadOnlySpan<byte> part, int length, string name, string parameter)
    {
        if (part.Length != length)
        {
            throw new ArgumentException($"The {name} has {length} bytes, not {part.Length}.", parameter);
        }

        if (!part.ContainsAnyExcept((byte)0))
        {
            throw RepositoryException.Damage("The master key", $"its {name} is all zero");
        }
    }

    /// <summary>Everything that is computed from the key.</summary>
    internal struct Secrets
    {
        internal AesKey Encrypt;
        internal Poly1305AesKey Mac;
        internal Vector128<byte> UnclampedR;
    }
}
