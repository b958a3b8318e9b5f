using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sots.Restic;

/// <summary>
/// 32 bytes of SHA-256: of the stored bytes for a repository file, of the plaintext for a blob.
/// The default value is all zero and is never the id of anything.
/// </summary>
/// <remarks>Immutable. Ordered bytewise, printed as 64 lower-case hex digits.</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly struct ContentId : IEquatable<ContentId>, IComparable<ContentId>
{
    /// <summary>Length of an id in bytes: 32.</summary>
    public const int Length = 32;

    /// <summary>Length of an id as text: 64 hex digits.</summary>
    public const int HexLength = 64;

    private readonly ulong _a, _b, _c, _d;

    /// <summary>Copies an id out of <paramref name="bytes"/>.</summary>
    /// <exception cref="ArgumentException">The span is not exactly 32 bytes long.</exception>
    public ContentId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"An id has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        this = MemoryMarshal.Read<ContentId>(bytes);
    }

    /// <summary>The SHA-256 of <paramref name="content"/>.</summary>
    public static ContentId Of(ReadOnlySpan<byte> content)
    {
        Unsafe.SkipInit(out ContentId id);
        SHA256.HashData(content, MemoryMarshal.AsBytes(new Span<ContentId>(ref id)));
        return id;
    }

    /// <summary>True for the all-zero value.</summary>
    public bool IsZero => (_a | _b | _c | _d) == 0;

    /// <summary>The 32 bytes, valid as long as the value this is called on.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<ContentId>(in this));

    /// <summary>The first byte: the name of the folder a pack lies in.</summary>
    public byte FirstByte => Bytes[0];

    /// <summary>Eight of the id's bytes as a number; ids are random, so this is a good hash.</summary>
    internal ulong Hash64 => _a;

    /// <summary>Writes the 32 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => Bytes.CopyTo(destination);

    /// <summary>Parses exactly 64 hex digits, upper or lower case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ContentId id)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (text.Length == HexLength && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done)
        {
            id = new ContentId(bytes);
            return true;
        }

        id = default;
        return false;
    }

    /// <summary>Parses exactly 64 hex digits given as ASCII bytes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> ascii, out ContentId id)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (ascii.Length == HexLength && Convert.FromHexString(ascii, bytes, out _, out _) == System.Buffers.OperationStatus.Done)
        {
            id = new ContentId(bytes);
            return true;
        }

        id = default;
        return false;
    }

    /// <summary>Parses exactly 64 hex digits.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static ContentId Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out ContentId id) ? id : throw new FormatException($"'{text}' is not an id: {HexLength} hex digits are expected.");

    /// <summary>Writes the 64 lower-case hex digits as ASCII to the start of <paramref name="destination"/>.</summary>
    public void FormatHex(Span<byte> destination) => Convert.TryToHexStringLower(Bytes, destination, out _);

    /// <summary>The first eight hex digits, for people.</summary>
    public string ToShortString() => Convert.ToHexStringLower(Bytes[..4]);

    /// <inheritdoc/>
    public override string ToString() => Convert.ToHexStringLower(Bytes);

    /// <inheritdoc/>
    public bool Equals(ContentId other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is ContentId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((int)_a);

    /// <inheritdoc/>
    public int CompareTo(ContentId other) => Bytes.SequenceCompareTo(other.Bytes);

    /// <summary>Equality of all 32 bytes.</summary>
    public static bool operator ==(ContentId left, ContentId right) => left.Equals(right);

    /// <summary>Inequality of any byte.</summary>
    public static bool operator !=(ContentId left, ContentId right) => !left.Equals(right);

    /// <summary>Bytewise order.</summary>
    public static bool operator <(ContentId left, ContentId right) => left.CompareTo(right) < 0;

    /// <summary>Bytewise order.</summary>
    public static bool operator >(ContentId left, ContentId right) => left.CompareTo(right) > 0;

    /// <summary>Bytewise order.</summary>
    public static bool operator <=(ContentId left, ContentId right) => left.CompareTo(right) <= 0;

    /// <summary>Bytewise order.</summary>
    public static bool operator >=(ContentId left, ContentId right) => left.CompareTo(right) >= 0;
}
