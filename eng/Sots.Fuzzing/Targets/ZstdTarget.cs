using Sots.Restic.Writing;

namespace Sots.Fuzzing.Targets;

/// <summary>Zstd frames, opened with a limit and with the length that somebody promised.</summary>
internal sealed class ZstdTarget : FuzzTarget
{
    private const int MaxPlain = 64 << 10;

    private readonly ZstdFrames _zstd = new();

    /// <summary>What frames are made of: magic numbers, headers, blocks.</summary>
    public static IEnumerable<byte[]> Marks =>
    [
        [0x28, 0xB5, 0x2F, 0xFD], [2, 0x28, 0xB5, 0x2F, 0xFD], [0x50, 0x2A, 0x4D, 0x18], [0x37, 0xA4, 0x30, 0xEC], [0x25, 0xB5, 0x2F, 0xFD], [0xA0], [0x20, 0], [1, 0, 0], [0x28, 0xB5, 0x2F, 0xFD, 0x04, 0xF8],
        [0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF],
    ];

    /// <inheritdoc/>
    public override string Name => "zstd";

    /// <inheritdoc/>
    public override string About => "zstd frames: never more than asked for, both ways to open them agree";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            byte[] raw = new byte[ZstdFrames.BoundOf(5)];
            List<byte[]> seeds = [raw[..ZstdFrames.WriteRaw("hello"u8, raw)], [], [0x28, 0xB5, 0x2F, 0xFD, 0, 88, 1, 0, 0]];
            byte[][] plain = [new byte[70000], Samples.Tree(Samples.Nodes), [.. Enumerable.Range(0, 5000).Select(static i => (byte)(i * i % 251))]];
            foreach (byte[] content in plain)
            {
                foreach (int level in (int[])[ZstdFrames.DataLevel, 1, 3, 15])
                {
                    byte[] frame = new byte[ZstdFrames.BoundOf(content.Length)];
                    seeds.Add(frame[.._zstd.Compress(content, frame, level)]);
                }
            }

            return [.. seeds, [.. seeds[0], .. seeds[3]]];
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => Marks;

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        byte[]? plain = ZstdFrames.Decompress(input.ToArray(), MaxPlain);
        byte[] guess = new byte[plain?.Length ?? 100];
        bool opened = _zstd.TryDecompress(input, guess);
        if (plain is null)
        {
            return false;
        }

        Law.Holds(plain.Length <= MaxPlain, "frames give no more than was asked for");
        if (opened)
        {
            Law.Same(plain, guess, "both ways to open frames give the same");
        }

        Law.Holds(!_zstd.TryDecompress(input, new byte[plain.Length + 1]), "frames do not give more than they hold");
        return true;
    }
}
