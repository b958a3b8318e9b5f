namespace Sots.Backup.Sources;

/// <summary>
/// Leaves out these very paths, and with a folder all that is in it. Where upper and lower case are the same, another spelling is the same
/// path. Thread safe.
/// </summary>
/// <param name="paths">Absolute native paths.</param>
/// <param name="rules">How the system tells paths apart; null for this one.</param>
public sealed class ExcludedPaths(IReadOnlyCollection<DiskPath> paths, PathRules? rules = null) : ExcludeRules
{
    private readonly PathRules _rules = rules ?? PathRules.Current;
    private readonly DiskPath[] _paths = [.. paths.Select((rules ?? PathRules.Current).Clean)];

    /// <inheritdoc/>
    public override bool RejectsName(DiskPath path)
    {
        foreach (DiskPath excluded in _paths)
        {
            if (_rules.AreSameName(path.Bytes, excluded.Bytes))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override bool RejectsEntry(DiskPath path, bool isDirectory, long sizeBytes) => false;
}
