using System.Text;
using CsCheck;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Restic.Tests.Writing;

/// <summary>The sample tells text, what is worth coding byte by byte, and the rest; whatever it says, content comes back.</summary>
public sealed class ContentSampleTests
{
    private static readonly Gen<byte[]> Contents = Gen.Select(Gen.Int[0, 70_000], Gen.Int[0, 3], Gen.ULong).Select(
        (length, kind, seed) => kind switch
        {
            0 => SplitMix.Bytes(seed, length),
            1 => Prose(length),
            2 => [.. SplitMix.Bytes(seed, length).Select(static b => (byte)(b % 40))],
            _ => [.. SplitMix.Bytes(seed, length).Select(static (b, i) => i % 64 < 40 ? (byte)0 : b)],
        });

    [Theory]
    [InlineData(300)]
    [InlineData(5_000)]
    [InlineData(1_000_000)]
    public void Kinds_are_told_apart(int length)
    {
        Assert.Equal(ContentKind.Text, ContentSample.KindOf(Prose(length)));
        Assert.Equal(ContentKind.Uneven, ContentSample.KindOf([.. SplitMix.Bytes(1, length).Select(static b => (byte)(b % 40))]));
        if (length > 5_000)
        {
            Assert.Equal(ContentKind.Even, ContentSample.KindOf(SplitMix.Bytes(1, length)));
            Assert.Equal(ContentKind.Even, ContentSample.KindOf([.. SplitMix.Bytes(1, length).Select(static (b, i) => i % 64 < 40 ? (byte)0 : b)]));
        }
    }

    [Fact]
    public void The_kind_is_that_of_the_slow_way() =>
        Contents.Sample(content => Assert.Equal(SlowKind(content), ContentSample.KindOf(content)), iter: 200);

    [Fact]
    public void Content_of_every_kind_comes_back_from_its_frame()
    {
        Contents.Sample(
            static content =>
            {
                using ZstdFrames zstd = new();
                byte[] frame = new byte[ZstdFrames.BoundOf(content.Length)];
                int length = zstd.Compress(content, frame, ZstdFrames.DataLevel);
                byte[] back = new byte[content.Length];
                Assert.True(zstd.TryDecompress(frame.AsSpan(0, length), back));
                Assert.Equal(content, back);
            },
            iter: 100);
    }

    /// <summary>The same rule, told with whole lists.</summary>
    private static ContentKind SlowKind(byte[] content)
    {
        int length = Math.Min(content.Length, Math.Clamp(content.Length / 64, 64, 512));
        List<byte[]> windows = [.. Enumerable.Range(0, 16).Select(i => content.AsSpan((int)((long)(content.Length - length) * i / 15), length).ToArray())];
        byte[] all = [.. windows.SelectMany(static window => window)];
        byte[] single = [.. windows.SelectMany(static window => window.Where(
            (value, i) => i >= 16 && value != 0 && new[] { 1, 4, 8, 16 }.All(back => window[i - back] != value)))];
        double bits = Bits(all);
        return !all.Contains((byte)0) && bits < 6.5 ? ContentKind.Text
            : (bits >= 7.4 && bits < 7.75) || Bits(single) < 7.5 ? ContentKind.Uneven
            : ContentKind.Even;
    }

    private static double Bits(byte[] bytes) =>
        bytes.GroupBy(static value => value).Sum(group => group.Count() / (double)bytes.Length * Math.Log2(bytes.Length / (double)group.Count()));

    private static byte[] Prose(int length)
    {
        StringBuilder text = new();
        for (ulong i = 0; text.Length < length; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"line {i} says {SplitMix.Bytes(i, 4)[0]}: the quick brown fox\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }
}
