namespace Sots.Backup.Sources;

/// <summary>Leaves out these very paths, and with a folder all that is in it. Thread safe.</summary>
/// <param name="paths">Absolute native paths, cleaned.</param>
public sealed class ExcludedPaths(IReadOnlyCollection<DiskPath> paths) : ExcludeRules
{
    /// <inheritdoc/>
    public override bool RejectsName(DiskPath path)
    {
        foreach (DiskPath excluded in paths)
        {
            if (path == excluded)
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override bool RejectsEntry(DiskPath path, bool isDirectory, long sizeBytes) => false;
}
