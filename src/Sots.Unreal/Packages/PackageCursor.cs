using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sots.Unreal.Packages;

/// <summary>
/// Reads the header's primitive values one after the other. Whatever would leave the header is a <see cref="PackageException"/>, and no
/// count or length is believed that the remaining bytes could not hold. Source: docs/UNREAL-PACKAGES.md, "Values".
/// </summary>
internal ref struct PackageCursor(ReadOnlySpan<byte> header, int position, bool isBigEndian)
{
    private readonly ReadOnlySpan<byte> _header = header;

    /// <summary>Offset of the next byte.</summary>
    public int Position { get; private set; } = position <= header.Length && position >= 0
        ? position
        : throw PackageException.Damage($"a table begins outside the header of {header.Length} bytes", position);

    /// <summary>Whether numbers have their high byte first; only consoles of old wrote such packages.</summary>
    public bool IsBigEndian { get; } = isBigEndian;

    private readonly int Remaining => _header.Length - Position;

    public int Int32()
    {
        ReadOnlySpan<byte> bytes = Bytes(sizeof(int));
        return IsBigEndian ? BinaryPrimitives.ReadInt32BigEndian(bytes) : BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    public uint UInt32() => unchecked((uint)Int32());

    public ushort UInt16()
    {
        ReadOnlySpan<byte> bytes = Bytes(sizeof(ushort));
        return IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public long Int64()
    {
        ReadOnlySpan<byte> bytes = Bytes(sizeof(long));
        return IsBigEndian ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    public ulong UInt64() => unchecked((ulong)Int64());

    public byte Byte() => Bytes(1)[0];

    /// <summary>A truth value of four bytes, 0 or 1.</summary>
    public bool Bool()
    {
        int at = Position;
        return UInt32() switch
        {
            0 => false,
            1 => true,
            uint other => throw PackageException.Damage($"a truth value is 0 or 1, found {other}", at),
        };
    }

    /// <summary>A name as the tables hold it: an index into the names, and a number.</summary>
    public NameReference Name() => new(Int32(), Int32());

    /// <summary>A number of entries of which each takes at least <paramref name="smallest"/> bytes.</summary>
    public int Count(int smallest, string what)
    {
        int at = Position;
        int count = Int32();
        return count >= 0 && count <= Remaining / smallest
            ? count
            : throw PackageException.Damage($"{what}: {count} entries do not fit into the header", at);
    }

    /// <summary>A string: its length, then bytes or, where the length is negative, UTF-16 units; both with a zero at their end.</summary>
    public string String()
    {
        StringExtent extent = StringExtentHere();
        return extent.IsWide ? Encoding.Unicode.GetString(WideBytes(extent)) : Encoding.Latin1.GetString(WithoutZero(_header.Slice(extent.Offset, extent.Length)));
    }

    /// <summary>Steps over a string.</summary>
    public void SkipString() => StringExtentHere();

    public void Skip(long bytes)
    {
        if (bytes < 0 || bytes > Remaining)
        {
            throw PackageException.Damage($"{bytes} bytes are expected, {Remaining} are left in the header", Position);
        }

        Position += (int)bytes;
    }

    public ReadOnlySpan<byte> Bytes(int length)
    {
        int at = Position;
        Skip(length);
        return _header.Slice(at, length);
    }

    private StringExtent StringExtentHere()
    {
        int at = Position;
        int length = Int32();
        long bytes = length >= 0 ? length : -2L * length;
        if (bytes > Remaining)
        {
            throw PackageException.Damage($"a string of {bytes} bytes does not fit into the header", at);
        }

        StringExtent extent = new(Position, (int)bytes, length < 0);
        Position += (int)bytes;
        return extent;
    }

    private readonly ReadOnlySpan<byte> WideBytes(StringExtent extent)
    {
        ReadOnlySpan<byte> bytes = _header.Slice(extent.Offset, extent.Length);
        bytes = bytes is [.., 0, 0] ? bytes[..^2] : bytes;
        if (!IsBigEndian)
        {
            return bytes;
        }

        byte[] swapped = new byte[bytes.Length];
        for (int i = 0; i < bytes.Length; i += 2)
        {
            (swapped[i], swapped[i + 1]) = (bytes[i + 1], bytes[i]);
        }

        return swapped;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ReadOnlySpan<byte> WithoutZero(ReadOnlySpan<byte> bytes) => bytes is [.., 0] ? bytes[..^1] : bytes;

    private readonly record struct StringExtent(int Offset, int Length, bool IsWide);
}

/// <summary>A name as tables hold it.</summary>
/// <param name="Index">Place in the names.</param>
/// <param name="Number">0 for the plain name, else one more than the number behind the underscore.</param>
internal readonly record struct NameReference(int Index, int Number);
