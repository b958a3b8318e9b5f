using Sots.Restic.Trees;

namespace Sots.Backup.Archiving;

/// <summary>
/// Looks on while a backup reads files, so that nobody has to read them a second time. Called from several readers at once, for different
/// files; must be quick and never throw. What it thinks of a file changes nothing about how the file is saved.
/// </summary>
public interface IContentObserver
{
    /// <summary>A file is going to be read; null where it is of no interest.</summary>
    /// <param name="source">Where it is.</param>
    /// <param name="path">Its path in the snapshot.</param>
    /// <param name="sizeBytes">Its length when it was opened.</param>
    IContentReading? Begin(DiskPath source, string path, long sizeBytes);
}

/// <summary>
/// One reading of one file. A file that is read again, because it changed meanwhile, begins a new one, and the one before is simply left: only
/// the reading that ends up in the snapshot comes to its end. Not thread safe.
/// </summary>
public interface IContentReading
{
    /// <summary>The next bytes of the file, from its first to its last. They are gone after the call.</summary>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>These were all, and the file is saved.</summary>
    /// <param name="before">Its node in the parent snapshot, or null.</param>
    /// <param name="node">Its node, as it will be in the snapshot.</param>
    void Finish(Node? before, Node node);
}
