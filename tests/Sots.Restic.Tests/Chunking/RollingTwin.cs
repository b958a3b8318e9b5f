namespace Sots.Restic.Tests.Chunking;

/// <summary>
/// The slow, obvious twin of the chunker: the procedure of docs/FORMAT.md ("Chunker") word for word, one byte at a time, with a real
/// window that is reset for every chunk, and tables made by reducing bit by bit.
/// </summary>
internal sealed class RollingTwin
{
    private const int Min = 524288, Max = 8388608, WindowLength = 64;
    private const ulong Mask = (1 << 20) - 1;

    private readonly ulong _polynomial;
    private readonly ulong[] _out = new ulong[256];
    private readonly ulong[] _mod = new ulong[256];

    public RollingTwin(ulong polynomial)
    {
        _polynomial = polynomial;
        for (int b = 0; b < 256; b++)
        {
            ulong hash = AppendSlowly(0, (byte)b);
            for (int i = 0; i < WindowLength - 1; i++)
            {
                hash = AppendSlowly(hash, 0);
            }

            _out[b] = hash;
            ulong top = (ulong)b;
            for (int i = 0; i < 53; i++)
            {
                top = ShiftSlowly(top);
            }

            _mod[b] = top | ((ulong)b << 53);
        }
    }

    /// <summary>Hash of a window, byte after byte, without tables.</summary>
    public ulong HashOf(ReadOnlySpan<byte> window)
    {
        ulong hash = 0;
        foreach (byte b in window)
        {
            hash = AppendSlowly(hash, b);
        }

        return hash;
    }

    /// <summary>Length and hash at the cut of every chunk; no hash where the content's end is the chunk's.</summary>
    public List<(int Length, ulong? Hash)> Split(ReadOnlySpan<byte> data)
    {
        List<(int, ulong?)> chunks = [];
        byte[] window = new byte[WindowLength];
        for (int start = 0; start < data.Length;)
        {
            Array.Clear(window);
            window[0] = 1;
            int position = 1;
            ulong d = 1;
            int length = Math.Min(Min - WindowLength, data.Length - start);
            ulong? cut = null;
            while (cut is null && start + length < data.Length)
            {
                byte next = data[start + length];
                d = Slide(d, window[position], next);
                window[position] = next;
                position = (position + 1) % WindowLength;
                length++;
                if (length >= Max || ((d & Mask) == 0 && length >= Min))
                {
                    cut = d;
                }
            }

            chunks.Add((length, cut));
            start += length;
        }

        return chunks;
    }

    /// <summary>All places, as counts of the bytes before them, where the window before says cut.</summary>
    public List<int> Cuts(ReadOnlySpan<byte> data)
    {
        List<int> cuts = [];
        ulong d = HashOf(data[..WindowLength]);
        for (int place = WindowLength; ; place++)
        {
            if ((d & Mask) == 0)
            {
                cuts.Add(place);
            }

            if (place == data.Length)
            {
                return cuts;
            }

            d = Slide(d, data[place - WindowLength], data[place]);
        }
    }

    /// <summary>The hash after one byte has left the window and the next has entered it.</summary>
    public ulong Slide(ulong d, byte old, byte next)
    {
        d ^= _out[old];
        int top = (int)(d >> 45);
        d = (d << 8) | next;
        return d ^ _mod[top];
    }

    private ulong AppendSlowly(ulong hash, byte b)
    {
        for (int bit = 7; bit >= 0; bit--)
        {
            hash = ShiftSlowly(hash) ^ (((ulong)b >> bit) & 1);
        }

        return hash;
    }

    private ulong ShiftSlowly(ulong hash) => ((hash << 1) >> 53) != 0 ? (hash << 1) ^ _polynomial : hash << 1;
}
