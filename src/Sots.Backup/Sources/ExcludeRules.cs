namespace Sots.Backup.Sources;

/// <summary>Decides what a backup leaves out. Thread safe.</summary>
/// <remarks>
/// Rules by name are asked before an entry's metadata is read, the others after. The path is the absolute native path; the same rule
/// objects serve a preset that knows its own roots.
/// </remarks>
public abstract class ExcludeRules
{
    /// <summary>Leaves nothing out.</summary>
    public static ExcludeRules None { get; } = new NoRules();

    /// <summary>Whether the path is left out by its name alone.</summary>
    /// <param name="path">Absolute native path.</param>
    public abstract bool RejectsName(DiskPath path);

    /// <summary>Whether the entry is left out by what it is. Called only where <see cref="RejectsName"/> said no.</summary>
    /// <param name="path">Absolute native path.</param>
    /// <param name="isDirectory">True for a directory.</param>
    /// <param name="sizeBytes">Length of a file, 0 otherwise.</param>
    public abstract bool RejectsEntry(DiskPath path, bool isDirectory, long sizeBytes);

    private sealed class NoRules : ExcludeRules
    {
        public override bool RejectsName(DiskPath path) => false;

        public override bool RejectsEntry(DiskPath path, bool isDirectory, long sizeBytes) => false;
    }
}
