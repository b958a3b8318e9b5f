using Microsoft.Win32.SafeHandles;

namespace Sots.Restic.Backends;

/// <summary>
/// Hands what was written to the disk and says so where that fails, which the runtime's own flush does not do on Linux. For the few files
/// beside a repository that must outlive a power cut: its password, a config, a note.
/// </summary>
/// <remarks>Thread safe. A file system that knows no flush is no failure.</remarks>
public static class DiskFlush
{
    /// <summary>Flushes a file. After a failure it is to be thrown away and written anew under another name.</summary>
    /// <param name="file">An open file, written without a buffer or with the buffer emptied.</param>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static void File(SafeFileHandle file) => _ = DurableFiles.OfThisSystem.Flush(file);

    /// <summary>Flushes the names in a folder, after a file was made, renamed or removed there.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static void Folder(string path) => DurableFiles.OfThisSystem.FlushFolder(path);
}
