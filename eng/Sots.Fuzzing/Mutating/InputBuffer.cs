namespace Sots.Fuzzing.Mutating;

/// <summary>An input while it is changed. Never longer than its limit: what would be is cut off at the end.</summary>
/// <param name="maxLength">Longest input in bytes.</param>
internal sealed class InputBuffer(int maxLength)
{
    private readonly byte[] _bytes = new byte[maxLength];

    /// <summary>Its length in bytes.</summary>
    public int Length { get; private set; }

    /// <summary>Its bytes, which may be changed.</summary>
    public Span<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Starts over.</summary>
    public void Set(ReadOnlySpan<byte> input)
    {
        Length = Math.Min(input.Length, _bytes.Length);
        input[..Length].CopyTo(_bytes);
    }

    /// <summary>Puts bytes in the place of others.</summary>
    /// <param name="start">From 0 to <see cref="Length"/>.</param>
    /// <param name="count">Bytes to remove; as many as there are at most.</param>
    /// <param name="replacement">What comes in their place; no part of this buffer.</param>
    public void Replace(int start, int count, ReadOnlySpan<byte> replacement)
    {
        count = Math.Min(count, Length - start);
        int room = _bytes.Length - start;
        int put = Math.Min(replacement.Length, room);
        int tail = Math.Min(Length - start - count, room - put);
        _bytes.AsSpan(start + count, tail).CopyTo(_bytes.AsSpan(start + put));
        replacement[..put].CopyTo(_bytes.AsSpan(start));
        Length = start + put + tail;
    }
}
