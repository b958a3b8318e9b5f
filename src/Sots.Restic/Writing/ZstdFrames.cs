using System.Buffers.Binary;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Sots.Restic.Writing;

/// <summary>
/// Makes and opens zstd frames. One instance serves one thread at a time; it keeps its working memory. Frames carry their content size
/// and no checksum: what they hold is always verified by its hash or MAC.
/// </summary>
internal sealed class ZstdFrames : IDisposable
{
    /// <summary>Largest number of bytes in one raw block.</summary>
    private const int RawBlockLength = 128 * 1024;

    /// <summary>Whether bytes that no match covers are coded by how common they are (ZSTD_c_literalCompressionMode).</summary>
    private const ZSTD_cParameter LiteralCompressionMode = ZSTD_cParameter.ZSTD_c_experimentalParam5;

    private readonly Dictionary<int, Compressor> _compressors = [];
    private Decompressor? _decompressor;

    /// <summary>Level of trees and repository files: they are small and all text.</summary>
    public const int TextLevel = 3;

    /// <summary>
    /// Stands for the setting of data by default, which depends on what the data is (<see cref="ContentSample"/>): level 3 for text; for
    /// everything else level 1 with matches of at least 5 bytes and a small hash table. On Unreal assets that takes a third of the time of
    /// level 3 and is 4 % larger, which is about what restic's default makes of them.
    /// </summary>
    public const int DataLevel = 0;

    private const int UnevenLevel = -1;
    private const int EvenLevel = -2;

    /// <summary>The level of a mode; <see cref="CompressionMode.Off"/> has none.</summary>
    public static int LevelOf(CompressionMode mode) => mode switch
    {
        CompressionMode.Fastest => 1,
        CompressionMode.Better => 6,
        CompressionMode.Max => 15,
        _ => DataLevel,
    };

    /// <summary>Bytes that a frame of so many plain bytes never exceeds, in either form.</summary>
    public static int BoundOf(int plainLength) => Math.Max(Compressor.GetCompressBound(plainLength), RawFrameLength(plainLength));

    /// <summary>Compresses into one frame and returns its length. What does not compress becomes raw blocks inside the frame.</summary>
    public int Compress(ReadOnlySpan<byte> plain, Span<byte> frame, int level)
    {
        level = level == DataLevel ? LevelOf(ContentSample.KindOf(plain)) : level;
        if (!_compressors.TryGetValue(level, out Compressor? compressor))
        {
            _compressors.Add(level, compressor = Create(level));
        }

        return compressor.Wrap(plain, frame);
    }

    private static int LevelOf(ContentKind kind) => kind switch
    {
        ContentKind.Text => TextLevel,
        ContentKind.Uneven => UnevenLevel,
        _ => EvenLevel,
    };

    private static Compressor Create(int level)
    {
        if (level > 0)
        {
            return new Compressor(level);
        }

        Compressor compressor = new(1);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_minMatch, 5);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_hashLog, level == EvenLevel ? 14 : 16);
        compressor.SetParameter(LiteralCompressionMode, (int)(level == EvenLevel ? ZSTD_paramSwitch_e.ZSTD_ps_disable : ZSTD_paramSwitch_e.ZSTD_ps_enable));
        return compressor;
    }

    /// <summary>Writes a frame that holds the bytes as they are, and returns its length. Source: RFC 8878, sections 3.1.1 and 3.1.2.</summary>
    public static int WriteRaw(ReadOnlySpan<byte> plain, Span<byte> frame)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, 0xFD2FB528);
        frame[4] = 0xA0; // single segment, four bytes of content size, no checksum
        BinaryPrimitives.WriteInt32LittleEndian(frame[5..], plain.Length);
        int at = 9;
        do
        {
            int length = Math.Min(plain.Length, RawBlockLength);
            int header = (length << 3) | (length == plain.Length ? 1 : 0);
            frame[at] = (byte)(header & 0xFF);
            frame[at + 1] = (byte)((header >> 8) & 0xFF);
            frame[at + 2] = (byte)(header >> 16);
            plain[..length].CopyTo(frame[(at + 3)..]);
            at += 3 + length;
            plain = plain[length..];
        }
        while (plain.Length > 0);
        return at;
    }

    /// <summary>
    /// Opens one or more frames that together must give exactly <paramref name="plain"/>.Length bytes; false for anything else.
    /// </summary>
    public bool TryDecompress(ReadOnlySpan<byte> frames, Span<byte> plain)
    {
        _decompressor ??= new Decompressor();
        try
        {
            return _decompressor.TryUnwrap(frames, plain, out int written) && written == plain.Length;
        }
        catch (ZstdException)
        {
            return false;
        }
    }

    /// <summary>How long the content of a frame says it is; null where it does not say it, or is no frame.</summary>
    public static unsafe ulong? DeclaredLength(ReadOnlySpan<byte> frame)
    {
        const ulong unknown = ulong.MaxValue, noFrame = ulong.MaxValue - 1;
        fixed (byte* start = frame)
        {
            return Methods.ZSTD_getFrameContentSize(start, (nuint)frame.Length) is var length and not (unknown or noFrame) ? length : null;
        }
    }

    /// <summary>
    /// Opens frames of unknown length, at most <paramref name="maxLength"/> bytes; null where they are damaged or longer. No memory is taken
    /// for the content before it is known how long it is.
    /// </summary>
    public static byte[]? Decompress(ReadOnlyMemory<byte> frames, int maxLength)
    {
        // What everybody writes is one frame that says its length.
        return DeclaredLength(frames.Span) is { } declared && declared <= (ulong)maxLength && OpenExactly((int)declared) is { } content ? content
            : CountLength(frames, maxLength) is { } counted ? OpenExactly(counted)
            : null;

        byte[]? OpenExactly(int length)
        {
            using ZstdFrames whole = new();
            byte[] plain = GC.AllocateUninitializedArray<byte>(length);
            return whole.TryDecompress(frames.Span, plain) ? plain : null;
        }
    }

    /// <summary>How long the content of frames is that do not say it: they are opened into nothing. Null where they are damaged or longer.</summary>
    private static int? CountLength(ReadOnlyMemory<byte> frames, int maxLength)
    {
        const int pieceLength = 128 * 1024;
        using DecompressionStream stream = new(new MemoryStream(frames.ToArray(), writable: false), bufferSize: 0, checkEndOfStream: true, leaveOpen: false);
        stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, 27);
        byte[] piece = new byte[pieceLength];
        int length = 0;
        try
        {
            for (int read; (read = stream.Read(piece)) > 0;)
            {
                if (read > maxLength - length)
                {
                    return null;
                }

                length += read;
            }

            return length;
        }
        catch (Exception e) when (e is ZstdException or EndOfStreamException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Compressor compressor in _compressors.Values)
        {
            compressor.Dispose();
        }

        _decompressor?.Dispose();
    }

    private static int RawFrameLength(int plainLength) => 9 + plainLength + (3 * (1 + (plainLength / RawBlockLength)));
}
