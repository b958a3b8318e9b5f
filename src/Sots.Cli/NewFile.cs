using System.Text;
using Sots.Restic.Backends;

namespace Sots.Cli;

/// <summary>Files that are there whole or not at all: written beside their name, flushed to the disk, then given it.</summary>
internal static class NewFile
{
    /// <summary>Writes a file that is not there yet.</summary>
    /// <returns>False where there is one meanwhile, which is left alone.</returns>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static bool TryCreate(string path, string text)
    {
        try
        {
            return !Path.Exists(path) && Write(path, Encoding.UTF8.GetBytes(text), replace: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be written: {e.Message}", "Make room there, or give yourself the right to write there, and try again.");
        }
    }

    /// <summary>Writes a file in place of the one that may be there: whoever reads it, even after a crash, finds the old or the new. Its mode is kept.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of its new content.</param>
    /// <exception cref="IOException">It cannot be written; the old one is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of a right.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content) => Write(path, content, replace: true);

    private static bool Write(string path, ReadOnlySpan<byte> content, bool replace)
    {
        string aside = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (FileStream file = new(aside, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(content);
                DiskFlush.File(file.SafeFileHandle);
            }

            EditorTask.FileMetadata.Current.Copy(path, aside);
            File.Move(aside, path, replace);
            DiskFlush.Folder(Path.GetDirectoryName(path)!);
            return true;
        }
        finally
        {
            File.Delete(aside);
        }
    }
}
