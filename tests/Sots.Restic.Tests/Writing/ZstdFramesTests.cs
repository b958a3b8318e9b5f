using System.Text;
using Sots.Restic.Writing;
using Sots.Testing;
using Sots.Testing.Hostile;
using ZstdSharp;

namespace Sots.Restic.Tests.Writing;

/// <summary>Frames of every origin are opened to exactly their content, or not at all.</summary>
public sealed class ZstdFramesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(300_000)]
    public void A_frame_is_opened_whether_it_says_its_length_or_not(int length)
    {
        byte[] plain = [.. SplitMix.Bytes(1, length / 2), .. new byte[length - (length / 2)]];
        using Compressor zstd = new(3);
        byte[] saying = zstd.Wrap(plain).ToArray();
        using MemoryStream streamed = new();
        using (CompressionStream stream = new(streamed, 3, leaveOpen: true))
        {
            stream.Write(plain);
        }

        byte[] silent = streamed.ToArray();
        Assert.Equal(((ulong)length, null), (ZstdFrames.DeclaredLength(saying), ZstdFrames.DeclaredLength(silent)));
        Assert.Equal(plain, ZstdFrames.Decompress(saying, length));
        Assert.Equal(plain, ZstdFrames.Decompress(silent, length));
        Assert.Equal((byte[])[.. plain, .. plain], ZstdFrames.Decompress((byte[])[.. saying, .. silent], 2 * length)!);
        if (length > 0)
        {
            Assert.Null(ZstdFrames.Decompress(saying, length - 1));
            Assert.Null(ZstdFrames.Decompress(silent, length - 1));
            Assert.Null(ZstdFrames.Decompress(saying.AsMemory(0, saying.Length - 1), length));
        }
    }

    [Fact]
    public void A_frame_of_very_much_is_refused_without_memory_for_it()
    {
        byte[] bomb = HostileForge.Bomb("{", " ", "}", 1L << 28);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(ZstdFrames.Decompress(bomb, (1 << 28) - 1));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void What_is_no_frame_declares_nothing_and_opens_to_nothing()
    {
        foreach (byte[] junk in new byte[][] { [1], [0x28, 0xB5, 0x2F, 0xFD], Encoding.ASCII.GetBytes("{\"nodes\":[]}"), [0x50, 0x2A, 0x4D, 0x18, 0xFF, 0xFF, 0xFF, 0x7F] })
        {
            Assert.True(ZstdFrames.DeclaredLength(junk) is null or 0);
            Assert.Null(ZstdFrames.Decompress(junk, 1000));
        }
    }
}
