using System.Text;

namespace Sots.Backup;

/// <summary>
/// A native path as bytes: on Unix whatever the file system holds, on Windows UTF-8 (a lone surrogate as its three-byte form).
/// Separators are the system's own. Never normalised beyond what <see cref="FromText"/> says.
/// </summary>
public readonly struct DiskPath : IEquatable<DiskPath>
{
    private readonly byte[]? _bytes;

    /// <summary>Wraps bytes; they are not copied and must not change.</summary>
    public DiskPath(byte[] bytes) => _bytes = bytes;

    /// <summary>A path given as text (an argument, a configuration value).</summary>
    public static DiskPath FromText(string text) => new(PathText.ToBytes(text));

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The path of an entry of this directory.</summary>
    public DiskPath Join(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> own = Bytes;
        byte separator = (byte)Path.DirectorySeparatorChar;
        bool bare = own.Length > 0 && own[^1] != separator;
        byte[] joined = new byte[own.Length + (bare ? 1 : 0) + name.Length];
        own.CopyTo(joined);
        if (bare)
        {
            joined[own.Length] = separator;
        }

        name.CopyTo(joined.AsSpan(joined.Length - name.Length));
        return new DiskPath(joined);
    }

    /// <summary>The path as text for the runtime and for people; bytes that are no UTF-8 become U+FFFD.</summary>
    public override string ToString() => PathText.ToText(Bytes);

    /// <inheritdoc/>
    public bool Equals(DiskPath other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DiskPath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <summary>Same bytes.</summary>
    public static bool operator ==(DiskPath left, DiskPath right) => left.Equals(right);

    /// <summary>Different bytes.</summary>
    public static bool operator !=(DiskPath left, DiskPath right) => !left.Equals(right);
}

/// <summary>Between the runtime's UTF-16 and the bytes of names: UTF-8, with lone surrogates in their three-byte form and back.</summary>
public static class PathText
{
    /// <summary>The bytes of a text.</summary>
    public static byte[] ToBytes(ReadOnlySpan<char> text)
    {
        byte[] buffer = new byte[text.Length * 3];
        int written = 0;
        while (text.Length > 0)
        {
            if (Rune.DecodeFromUtf16(text, out Rune rune, out int used) == System.Buffers.OperationStatus.Done)
            {
                written += rune.EncodeToUtf8(buffer.AsSpan(written));
            }
            else
            {
                char lone = text[0];
                buffer[written++] = (byte)(0xE0 | (lone >> 12));
                buffer[written++] = (byte)(0x80 | ((lone >> 6) & 0x3F));
                buffer[written++] = (byte)(0x80 | (lone & 0x3F));
            }

            text = text[used..];
        }

        return buffer[..written];
    }

    /// <summary>The text of a name; the three-byte form of a surrogate becomes that surrogate, anything else that is no UTF-8 U+FFFD.</summary>
    public static string ToText(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new(bytes.Length);
        Span<char> pair = stackalloc char[2];
        while (bytes.Length > 0)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == System.Buffers.OperationStatus.Done)
            {
                text.Append(pair[..rune.EncodeToUtf16(pair)]);
            }
            else if (bytes.Length >= 3 && bytes[0] == 0xED && bytes[1] is >= 0xA0 and <= 0xBF && bytes[2] is >= 0x80 and <= 0xBF)
            {
                text.Append((char)(0xD000 | ((bytes[1] & 0x3F) << 6) | (bytes[2] & 0x3F)));
                used = 3;
            }
            else
            {
                text.Append('\uFFFD');
            }

            bytes = bytes[used..];
        }

        return text.ToString();
    }
}
