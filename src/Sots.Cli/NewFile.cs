using System.Text;

namespace Sots.Cli;

/// <summary>Files that are there whole or not at all: written beside their name, flushed to the disk, then given it.</summary>
internal static class NewFile
{
    /// <summary>Writes a file that is not there yet.</summary>
    /// <returns>False where there is one meanwhile, which is left alone.</returns>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static bool TryCreate(string path, string text) => Write(path, text, replace: false);

    /// <summary>Writes a file in place of the one that may be there.</summary>
    /// <exception cref="UsageException">It cannot be written; the old one is as it was.</exception>
    public static void Replace(string path, string text) => Write(path, text, replace: true);

    private static bool Write(string path, string text, bool replace)
    {
        string aside = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            try
            {
                using (FileStream file = new(aside, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
                {
                    file.Write(Encoding.UTF8.GetBytes(text));
                    file.Flush(flushToDisk: true);
                }

                if (!replace && Path.Exists(path))
                {
                    return false;
                }

                File.Move(aside, path, replace);
                return true;
            }
            finally
            {
                File.Delete(aside);
            }
        }
        catch (IOException) when (!replace && File.Exists(path))
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be written: {e.Message}", "Make room there, or give yourself the right to write there, and try again.");
        }
    }
}
