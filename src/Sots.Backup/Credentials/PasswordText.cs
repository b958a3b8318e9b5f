using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sots.Restic;

namespace Sots.Backup.Credentials;

/// <summary>
/// The password in the bytes of a file or of a command's output: UTF-8 with or without a byte order mark, or UTF-16 with one (what
/// Windows editors and shells write). White space around it, line ends above all, does not count.
/// </summary>
public static class PasswordText
{
    /// <summary>Longest file or output that is read as a password, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Reads the password. The given bytes are not changed.</summary>
    /// <param name="content">The whole file or output.</param>
    /// <param name="origin">What an error calls it.</param>
    /// <exception cref="RepositoryException">InvalidRequest: it is marked as UTF-16 but is none.</exception>
    public static Password Parse(ReadOnlySpan<byte> content, string origin)
    {
        if (content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            return FromUtf16(content[2..], bigEndian: false, origin);
        }

        if (content.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return FromUtf16(content[2..], bigEndian: true, origin);
        }

        return new Password(Trim(content.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? content[3..] : content).ToArray());
    }

    private static Password FromUtf16(ReadOnlySpan<byte> content, bool bigEndian, string origin)
    {
        if (content.Length % 2 != 0)
        {
            throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest, $"{origin} begins as UTF-16 but has an odd number of bytes.", "Save it as UTF-8.");
        }

        char[] text = GC.AllocateUninitializedArray<char>(content.Length / 2, pinned: true);
        byte[] utf8 = GC.AllocateUninitializedArray<byte>(text.Length * 3, pinned: true);
        try
        {
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = (char)(bigEndian ? (content[2 * i] << 8) | content[(2 * i) + 1] : content[2 * i] | (content[(2 * i) + 1] << 8));
            }

            int written = Encoding.UTF8.GetBytes(text, utf8);
            return new Password(Trim(utf8.AsSpan(0, written)).ToArray());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(text.AsSpan()));
            CryptographicOperations.ZeroMemory(utf8);
        }
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> utf8)
    {
        while (Rune.DecodeFromUtf8(utf8, out Rune rune, out int used) == OperationStatus.Done && Rune.IsWhiteSpace(rune))
        {
            utf8 = utf8[used..];
        }

        while (Rune.DecodeLastFromUtf8(utf8, out Rune rune, out int used) == OperationStatus.Done && Rune.IsWhiteSpace(rune))
        {
            utf8 = utf8[..^used];
        }

        return utf8;
    }
}
