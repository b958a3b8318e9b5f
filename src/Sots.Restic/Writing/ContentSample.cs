using System.Numerics;
using System.Runtime.Intrinsics;

namespace Sots.Restic.Writing;

/// <summary>
/// Tells the kind of content from at most 8 KiB of it, in some microseconds. A wrong guess costs a few hundredths of size or some time and
/// nothing else.
/// </summary>
/// <remarks>
/// The bounds are in bits of information a byte, as far as it depends on how common each value is. They were found by compressing Unreal
/// assets, programs and source both ways (docs/PERFORMANCE.md).
/// </remarks>
internal static class ContentSample
{
    private const int Windows = 16;
    private const int ShortestWindow = 64;
    private const int LongestWindow = 512;
    private const int FurthestRepetition = 16;

    /// <summary>Text has less information a byte than this.</summary>
    private const double BitsOfText = 6.5;

    /// <summary>With less than this in the bytes that repeat nothing, coding them saves 4 % and more.</summary>
    private const double UnevenBits = 7.5;

    /// <summary>In this range of all bytes there are so few repetitions that coding single bytes is all the gain there is, about 3 %.</summary>
    private const double FewRepetitionsFrom = 7.4, FewRepetitionsTo = 7.75;

    /// <summary>The kind of content, of any length.</summary>
    public static ContentKind KindOf(ReadOnlySpan<byte> content)
    {
        Span<int> all = stackalloc int[256];
        Span<int> single = stackalloc int[256];
        all.Clear();
        single.Clear();
        int length = Math.Min(content.Length, Math.Clamp(content.Length / (4 * Windows), ShortestWindow, LongestWindow));
        for (int window = 0; window < Windows; window++)
        {
            // The first bytes and the last are in it.
            long start = (long)(content.Length - length) * window / (Windows - 1);
            Count(content.Slice((int)start, length), all, single);
        }

        double bits = BitsOf(all);
        return all[0] == 0 && bits < BitsOfText ? ContentKind.Text
            : bits is >= FewRepetitionsFrom and < FewRepetitionsTo || BitsOf(single) < UnevenBits ? ContentKind.Uneven
            : ContentKind.Even;
    }

    /// <summary>Counts values: of all bytes, and of those that are not zero and repeat nothing close before them.</summary>
    private static void Count(ReadOnlySpan<byte> window, Span<int> all, Span<int> single)
    {
        foreach (byte value in window)
        {
            all[value]++;
        }

        // Whether a byte repeats something is as good as random: looked at one by one, every other branch is guessed wrong.
        int i = FurthestRepetition;
        for (; i <= window.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
        {
            Vector256<byte> values = At(window, i);
            Vector256<byte> known = Vector256.Equals(values, Vector256<byte>.Zero)
                | Vector256.Equals(values, At(window, i - 1)) | Vector256.Equals(values, At(window, i - 4))
                | Vector256.Equals(values, At(window, i - 8)) | Vector256.Equals(values, At(window, i - FurthestRepetition));
            for (uint others = ~known.ExtractMostSignificantBits(); others != 0; others &= others - 1)
            {
                single[window[i + BitOperations.TrailingZeroCount(others)]]++;
            }
        }

        for (; i < window.Length; i++)
        {
            byte value = window[i];
            if (value != 0
                && value != window[i - 1] && value != window[i - 4] && value != window[i - 8] && value != window[i - FurthestRepetition])
            {
                single[value]++;
            }
        }
    }

    private static Vector256<byte> At(ReadOnlySpan<byte> window, int start) => Vector256.Create(window[start..]);

    /// <summary>c · log2(c) for every count there can be.</summary>
    private static readonly double[] Weighted = [.. Enumerable.Range(0, (Windows * LongestWindow) + 1).Select(static count => count == 0 ? 0 : count * Math.Log2(count))];

    private static double BitsOf(ReadOnlySpan<int> counts)
    {
        double sum = 0;
        int total = 0;
        foreach (int count in counts)
        {
            sum += Weighted[count];
            total += count;
        }

        return total == 0 ? 0 : Math.Log2(total) - (sum / total);
    }
}
