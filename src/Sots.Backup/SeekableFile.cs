namespace Sots.Backup;

/// <summary>Files whose length is asked for.</summary>
public static class SeekableFile
{
    /// <summary>
    /// The file itself, if it has a length. A pipe has none; nor has a file, as far as the runtime can tell, whose disk has stopped to answer
    /// between the opening and this, and then the runtime's error is one that nobody expects of a file.
    /// </summary>
    /// <param name="file">An open file; closed where it is refused.</param>
    /// <exception cref="IOException">It has none.</exception>
    public static FileStream Require(FileStream file)
    {
        if (!file.CanSeek)
        {
            string name = file.Name;
            file.Dispose();
            throw new IOException($"{name} is no regular file, or its disk does not answer");
        }

        return file;
    }
}
