using Microsoft.Win32.SafeHandles;

namespace Sots.Restic.Backends;

/// <summary>
/// The steps by which a file beside a repository (a password file, a config) becomes durable, each checked by our own call: the runtime's
/// flush reports no error on Linux, and knows no folders. Thread safe.
/// </summary>
public static class DurableSteps
{
    /// <summary>Writes a file through to the disk. Buffers of a stream have to be handed to the system before.</summary>
    /// <returns>False where the file system has no such thing.</returns>
    /// <exception cref="IOException">It failed; the file is to be thrown away, a second attempt would succeed without cause.</exception>
    public static bool Flush(SafeFileHandle file) => DurableFiles.OfThisSystem.Flush(file);

    /// <summary>Gives a flushed file of the same folder its final name, replacing what has it, and writes the name through to the disk.</summary>
    /// <exception cref="IOException">It failed. Where only the name could not be written through, it is there nevertheless.</exception>
    public static void Publish(string temporary, string path)
    {
        IDurableFiles files = DurableFiles.OfThisSystem;
        string to = files.FullForm(path);
        files.Rename(files.FullForm(temporary), to);
        files.FlushFolder(Path.GetDirectoryName(to)!);
    }
}
