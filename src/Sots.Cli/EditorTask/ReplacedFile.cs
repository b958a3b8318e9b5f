using System.Security.Cryptography;
using System.Globalization;

namespace Sots.Cli.EditorTask;

/// <summary>Puts new content in the place of a file in one instant: whoever reads it, even after a crash, finds the old or the new, whole.</summary>
internal static class ReplacedFile
{
    /// <summary>Writes beside the file, flushes, and renames; the file's mode is kept.</summary>
    /// <param name="path">The file, there already or not.</param>
    /// <param name="content">All of its new content.</param>
    /// <exception cref="IOException">It cannot be written; nothing is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of a right.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string aside = string.Create(CultureInfo.InvariantCulture, $"{path}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.tmp");
        try
        {
            using (FileStream file = new(aside, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            FileMetadata.Current.Copy(path, aside);
            File.Move(aside, path, overwrite: true);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }
    }
}
