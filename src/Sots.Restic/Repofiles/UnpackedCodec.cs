using Sots.Restic.Writing;

namespace Sots.Restic.Repofiles;

/// <summary>
/// The encoding of index, snapshot and lock files before they are sealed. Version 1: the JSON itself. Version 2: a byte 2 and a zstd
/// frame; raw JSON is read too, because files from before an upgrade stay as they are. Source: docs/FORMAT.md, section 5.
/// </summary>
internal static class UnpackedCodec
{
    private const byte ZstdMarker = 2;

    /// <summary>Encodes JSON for a repository of a version.</summary>
    public static byte[] Encode(int version, ReadOnlySpan<byte> json, ZstdFrames zstd)
    {
        if (version < 2)
        {
            return json.ToArray();
        }

        byte[] buffer = new byte[1 + ZstdFrames.BoundOf(json.Length)];
        buffer[0] = ZstdMarker;
        int length = 1 + zstd.Compress(json, buffer.AsSpan(1), ZstdFrames.TextLevel);
        return buffer[..length];
    }

    /// <summary>Whether what is encoded is longer than this, or does not say how long it is.</summary>
    public static bool MayBeLonger(ReadOnlySpan<byte> plaintext, int length) =>
        plaintext.Length > length
        || (plaintext.Length > 0 && plaintext[0] == ZstdMarker && !(ZstdFrames.DeclaredLength(plaintext[1..]) <= (ulong)length));

    /// <summary>Decodes to JSON of at most <paramref name="maxLength"/> bytes.</summary>
    /// <exception cref="RepositoryException">Damaged: unknown encoding, broken or too long zstd data.</exception>
    public static byte[] Decode(int version, byte[] plaintext, int maxLength, string fileName)
    {
        if (plaintext.Length == 0 || version < 2 || plaintext[0] is (byte)'{' or (byte)'[')
        {
            return plaintext;
        }

        if (plaintext[0] != ZstdMarker)
        {
            throw RepositoryException.Damage(fileName, $"its encoding starts with byte {plaintext[0]}, expected {{, [ or 2");
        }

        return ZstdFrames.Decompress(plaintext.AsMemory(1), maxLength)
            ?? throw RepositoryException.Damage(fileName, $"its zstd data does not open, or is longer than {maxLength} bytes");
    }

    /// <summary>
    /// Decodes in memory that is used again; false for whatever <see cref="Decode"/> is to have a look at, and for what does not say how long
    /// it is.
    /// </summary>
    /// <param name="version">Of the repository.</param>
    /// <param name="plaintext">What is encoded; where it is not, this is the JSON.</param>
    /// <param name="maxLength">Of the JSON.</param>
    /// <param name="zstd">Opens it.</param>
    /// <param name="buffer">Takes the JSON; replaced by a larger one where it has to be.</param>
    /// <param name="json">The JSON.</param>
    public static bool TryDecode(int version, ReadOnlySpan<byte> plaintext, int maxLength, ZstdFrames zstd, ref byte[] buffer, out ReadOnlySpan<byte> json)
    {
        json = plaintext;
        if (plaintext.Length == 0 || version < 2 || plaintext[0] is (byte)'{' or (byte)'[')
        {
            return true;
        }

        if (plaintext[0] != ZstdMarker || ZstdFrames.DeclaredLength(plaintext[1..]) is not { } declared || declared > (ulong)maxLength)
        {
            return false;
        }

        int length = (int)declared;
        if (buffer.Length < length)
        {
            buffer = GC.AllocateUninitializedArray<byte>(length + (length / 4));
        }

        json = buffer.AsSpan(0, length);
        return zstd.TryDecompress(plaintext[1..], buffer.AsSpan(0, length));
    }
}
