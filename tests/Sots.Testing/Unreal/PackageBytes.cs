using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Sots.Testing.Unreal;

/// <summary>Writes the primitive values of packages.</summary>
internal sealed class PackageBytes
{
    private readonly List<byte> _bytes = [];

    public int Position => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public void Bytes(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    public void Zeros(int count) => _bytes.AddRange(new byte[count]);

    public void Byte(byte value) => _bytes.Add(value);

    public void UInt16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        Bytes(bytes);
    }

    public void Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Bytes(bytes);
    }

    public void UInt32(uint value) => Int32(unchecked((int)value));

    public void Int64(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Bytes(bytes);
    }

    public void UInt64(ulong value) => Int64(unchecked((long)value));

    public void Bool(bool value) => Int32(value ? 1 : 0);

    /// <summary>A string; what is not ASCII is stored as UTF-16.</summary>
    public void String(string text)
    {
        if (text.Length == 0)
        {
            Int32(0);
        }
        else if (Ascii.IsValid(text))
        {
            Int32(text.Length + 1);
            Bytes(Encoding.ASCII.GetBytes(text));
            Byte(0);
        }
        else
        {
            Int32(-(text.Length + 1));
            Bytes(Encoding.Unicode.GetBytes(text));
            UInt16(0);
        }
    }

    /// <summary>Overwrites a number written before.</summary>
    public void Patch(int position, int value) => BinaryPrimitives.WriteInt32LittleEndian(CollectionsMarshal.AsSpan(_bytes)[position..], value);

    /// <summary>Overwrites a number written before.</summary>
    public void Patch(int position, long value) => BinaryPrimitives.WriteInt64LittleEndian(CollectionsMarshal.AsSpan(_bytes)[position..], value);

    /// <summary>A place for a number that is known later.</summary>
    public int Hole()
    {
        Int32(0);
        return Position - sizeof(int);
    }

    /// <summary>A place for a long number that is known later.</summary>
    public int LongHole()
    {
        Int64(0);
        return Position - sizeof(long);
    }
}
