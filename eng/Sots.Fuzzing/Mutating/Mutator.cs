using System.Buffers.Binary;

namespace Sots.Fuzzing.Mutating;

/// <summary>Changes inputs: bits, bytes, numbers, blocks, words of the target's dictionary, pieces of other inputs, and JSON by its structure.</summary>
/// <param name="random">All chance.</param>
/// <param name="words">The dictionary.</param>
/// <param name="maxLength">Longest input in bytes.</param>
internal sealed class Mutator(Random random, IEnumerable<byte[]> words, int maxLength)
{
    private static readonly byte[] Edges = [0, 1, 2, 16, 31, 32, 64, 100, 127, 128, 129, 254, 255];

    private static readonly long[] Numbers =
    [
        0, 1, -1, 16, 31, 32, 33, 127, 128, 255, 256, 1000, 1024, 4096, short.MaxValue, short.MinValue, ushort.MaxValue, 65536, 1 << 20, 1 << 24, 1 << 26, 1 << 29,
        int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, long.MaxValue, long.MinValue,
    ];

    private readonly byte[][] _words = [.. words.Where(static word => word.Length > 0)];
    private readonly InputBuffer _buffer = new(maxLength);
    private readonly JsonMutation _json = new(random);

    /// <summary>A changed copy of an input.</summary>
    /// <param name="parent">What is changed.</param>
    /// <param name="other">Where pieces may be taken from.</param>
    public byte[] Mutate(byte[] parent, byte[] other)
    {
        _buffer.Set(parent);

        // Mostly by structure alone: a single broken byte hides from the decoder whatever else was changed.
        bool byStructure = JsonMutation.Fits(parent) && random.Next(4) > 0;
        for (int changes = 1 << random.Next(5); changes > 0; changes--)
        {
            if (byStructure || (random.Next(2) == 0 && JsonMutation.Fits(_buffer.Bytes)))
            {
                _json.Apply(_buffer, other, _words);
            }
            else
            {
                Change(other);
            }
        }

        return _buffer.Bytes.ToArray();
    }

    private void Change(byte[] other)
    {
        if (_buffer.Length == 0)
        {
            _buffer.Replace(0, 0, other.AsSpan(0, Math.Min(other.Length, 1 + random.Next(32))));
            return;
        }

        int at = random.Next(_buffer.Length);
        switch (random.Next(_words.Length > 0 ? 14 : 12))
        {
            case 0:
                _buffer.Bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                _buffer.Bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                _buffer.Bytes[at] = Edges[random.Next(Edges.Length)];
                break;
            case 3:
                _buffer.Bytes[at] = unchecked((byte)(_buffer.Bytes[at] + random.Next(-16, 17)));
                break;
            case 4:
                ChangeNumber(at);
                break;
            case 5:
                _buffer.Replace(at, Block(_buffer.Length - at), []);
                break;
            case 6:
                _buffer.Replace(random.Next(_buffer.Length + 1), 0, Piece(_buffer.Bytes));
                break;
            case 7:
                _buffer.Replace(at, Block(_buffer.Length - at), Piece(other));
                break;
            case 8:
                _buffer.Replace(at, 0, Piece(other));
                break;
            case 9:
                _buffer.Bytes.Slice(at, Block(_buffer.Length - at)).Fill((byte)random.Next(256));
                break;
            case 10:
                _buffer.Replace(at, random.Next(2), RandomBytes(1 + random.Next(4)));
                break;
            case 11:
                _buffer.Replace(at, _buffer.Length, other.AsSpan(Math.Min(at, other.Length)));
                break;
            case 12:
                _buffer.Replace(random.Next(_buffer.Length + 1), 0, _words[random.Next(_words.Length)]);
                break;
            default:
                byte[] word = _words[random.Next(_words.Length)];
                _buffer.Replace(at, random.Next(2) == 0 ? word.Length : Block(_buffer.Length - at), word);
                break;
        }
    }

    /// <summary>A number of 2, 4 or 8 bytes: another one, or a little more or less.</summary>
    private void ChangeNumber(int at)
    {
        Span<byte> number = stackalloc byte[8];
        int length = Math.Min(2 << random.Next(3), _buffer.Length - at);
        _buffer.Bytes.Slice(at, length).CopyTo(number);
        long value = random.Next(2) == 0
            ? Numbers[random.Next(Numbers.Length)]
            : unchecked(BinaryPrimitives.ReadInt64LittleEndian(number) + random.Next(-40, 41));
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        if (random.Next(4) == 0)
        {
            number[..length].Reverse();
        }

        number[..length].CopyTo(_buffer.Bytes[at..]);
    }

    /// <summary>Length of a block of at most so many bytes; mostly short.</summary>
    private int Block(int limit) => limit == 0 ? 0 : 1 + random.Next(Math.Min(limit, random.Next(4) == 0 ? limit : 16));

    private byte[] Piece(ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
        {
            return [];
        }

        int start = random.Next(source.Length);
        return source.Slice(start, Block(source.Length - start)).ToArray();
    }

    private byte[] RandomBytes(int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
