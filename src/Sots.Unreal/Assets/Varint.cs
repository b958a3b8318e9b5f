using System.Buffers;

namespace Sots.Unreal.Assets;

/// <summary>Numbers of 32 bits in as few bytes as they need: seven bits a byte, the lowest first; the eighth says that more follow.</summary>
internal static class Varint
{
    private const int MostBytes = 5;

    /// <summary>Writes a number; a negative one takes five bytes.</summary>
    public static void Write(IBufferWriter<byte> writer, int value)
    {
        Span<byte> bytes = writer.GetSpan(MostBytes);
        int length = 0;
        uint rest = unchecked((uint)value);
        for (; rest >= 0x80; rest >>= 7)
        {
            bytes[length++] = (byte)((rest & 0x7f) | 0x80);
        }

        bytes[length++] = (byte)rest;
        writer.Advance(length);
    }

    /// <summary>Reads a number that <see cref="Write"/> has written, and steps over it.</summary>
    public static int Read(ref ReadOnlySpan<byte> bytes)
    {
        uint value = 0;
        int length = 0;
        byte next;
        do
        {
            next = bytes[length];
            value |= (next & 0x7fu) << (7 * length++);
        }
        while (next >= 0x80);

        bytes = bytes[length..];
        return unchecked((int)value);
    }
}
