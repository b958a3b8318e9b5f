using System.Runtime.InteropServices;
using System.Text;

namespace Sots.Unreal.Assets;

/// <summary>
/// Texts, each kept once in UTF-8 with a number that stands for it; 0 is the empty one. A path is kept as its last part and the number of what
/// stands before, its front, so that the folders of many assets are kept once. Not thread safe.
/// </summary>
internal sealed class TextTable
{
    /// <summary>A path is taken apart so often at most: what somebody wrote into a file may be nothing but slashes.</summary>
    private const int MostFronts = 16;

    private readonly ByteArena _bytes;
    private readonly HashedNumbers _numbers = new();
    private readonly ChunkList<Text> _texts = new();

    /// <summary>Texts that were asked for lately, by the last bits of their numbers: classes and engines are asked for again and again.</summary>
    private readonly (int Number, string Text)[] _recent = new (int, string)[256];

    /// <param name="bytes">Where the texts are kept.</param>
    public TextTable(ByteArena bytes)
    {
        _bytes = bytes;
        Add([], HashOf([]), front: 0);
    }

    /// <summary>How many numbers were given.</summary>
    public int Count => _texts.Count;

    /// <summary>Where the last part of a path begins; 0 where a text is no path, or has one part alone.</summary>
    public static int LastPartOf(ReadOnlySpan<byte> utf8) => utf8 is [(byte)'/', ..] ? utf8.LastIndexOfAny("/.:"u8) : 0;

    /// <summary>The number of a text; one is given to a text that has none.</summary>
    public int NumberOf(ReadOnlySpan<byte> utf8) => NumberOf(utf8, MostFronts);

    /// <summary>Length of a text in bytes.</summary>
    public int LengthOf(int number)
    {
        int length = 0;
        for (; number != 0; number = _texts[number].Front)
        {
            length += TailOf(number).Length;
        }

        return length;
    }

    /// <summary>Writes a text into a span of exactly its length.</summary>
    public void CopyTo(int number, Span<byte> destination)
    {
        for (; number != 0; number = _texts[number].Front)
        {
            ReadOnlySpan<byte> tail = TailOf(number);
            tail.CopyTo(destination[^tail.Length..]);
            destination = destination[..^tail.Length];
        }
    }

    /// <summary>The text of a number.</summary>
    public string TextOf(int number)
    {
        ref (int Number, string Text) recent = ref _recent[number & (_recent.Length - 1)];
        if (recent.Text is null || recent.Number != number)
        {
            recent = (number, TextOf(number, []));
        }

        return recent.Text;
    }

    /// <summary>A text that is not kept as such, but as a tail and the number of what stands before.</summary>
    public string TextOf(int front, ReadOnlySpan<byte> tail)
    {
        const int OnStack = 512;
        int length = LengthOf(front);
        Span<byte> utf8 = length + tail.Length <= OnStack ? stackalloc byte[OnStack] : new byte[length + tail.Length];
        CopyTo(front, utf8[..length]);
        tail.CopyTo(utf8[length..]);
        return Encoding.UTF8.GetString(utf8[..(length + tail.Length)]);
    }

    private int NumberOf(ReadOnlySpan<byte> utf8, int fronts)
    {
        int hash = HashOf(utf8);
        foreach (int number in _numbers.Of(hash))
        {
            if (Is(number, utf8))
            {
                return number;
            }
        }

        int tail = fronts == 0 ? 0 : LastPartOf(utf8);
        return Add(utf8[tail..], hash, tail == 0 ? 0 : NumberOf(utf8[..tail], fronts - 1));
    }

    private int Add(ReadOnlySpan<byte> tail, int hash, int front)
    {
        _texts.Add(new Text(_bytes.Append(tail), tail.Length, front));
        return _numbers.Add(hash);
    }

    private bool Is(int number, ReadOnlySpan<byte> utf8)
    {
        for (; number != 0; number = _texts[number].Front)
        {
            ReadOnlySpan<byte> tail = TailOf(number);
            if (!utf8.EndsWith(tail))
            {
                return false;
            }

            utf8 = utf8[..^tail.Length];
        }

        return utf8.IsEmpty;
    }

    private ReadOnlySpan<byte> TailOf(int number)
    {
        Text text = _texts[number];
        return _bytes.From(text.Place)[..text.Length];
    }

    /// <summary>A hash of the whole text that no file can be made for: that of strings, which is another one in each process.</summary>
    private static int HashOf(ReadOnlySpan<byte> utf8) =>
        HashCode.Combine(string.GetHashCode(MemoryMarshal.Cast<byte, char>(utf8)), utf8.Length % 2 == 0 ? -1 : utf8[^1]);

    /// <param name="Place">Where its own part is.</param>
    /// <param name="Length">How long that is, bytes.</param>
    /// <param name="Front">The number of what stands before; 0 for nothing.</param>
    private readonly record struct Text(long Place, int Length, int Front);
}
