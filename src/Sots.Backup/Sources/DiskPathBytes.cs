namespace Sots.Backup.Sources;

/// <summary>Compares paths byte by byte, and lets a table of paths be asked with a part of a path without a copy.</summary>
public sealed class DiskPathBytes : IEqualityComparer<DiskPath>, IAlternateEqualityComparer<ReadOnlySpan<byte>, DiskPath>
{
    private readonly bool _ignoreAsciiCase;

    private DiskPathBytes(bool ignoreAsciiCase) => _ignoreAsciiCase = ignoreAsciiCase;

    /// <summary>Same bytes.</summary>
    public static DiskPathBytes Exact { get; } = new(ignoreAsciiCase: false);

    /// <summary>
    /// The same letters A to Z in either case: enough where paths come from one listing and only the start, typed by a person, may be
    /// written otherwise.
    /// </summary>
    public static DiskPathBytes IgnoreAsciiCase { get; } = new(ignoreAsciiCase: true);

    /// <inheritdoc/>
    public bool Equals(DiskPath x, DiskPath y) => Equals(x.Bytes, y);

    /// <inheritdoc/>
    public int GetHashCode(DiskPath obj) => GetHashCode(obj.Bytes);

    /// <inheritdoc/>
    public bool Equals(ReadOnlySpan<byte> alternate, DiskPath other)
    {
        if (!_ignoreAsciiCase)
        {
            return alternate.SequenceEqual(other.Bytes);
        }

        ReadOnlySpan<byte> bytes = other.Bytes;
        if (alternate.Length != bytes.Length)
        {
            return false;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            if (Fold(alternate[i]) != Fold(bytes[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        if (!_ignoreAsciiCase)
        {
            HashCode hash = default;
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        uint folded = 2166136261;
        foreach (byte value in alternate)
        {
            folded = unchecked((folded ^ Fold(value)) * 16777619);
        }

        return unchecked((int)folded);
    }

    /// <inheritdoc/>
    public DiskPath Create(ReadOnlySpan<byte> alternate) => new(alternate.ToArray());

    private static byte Fold(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
}
