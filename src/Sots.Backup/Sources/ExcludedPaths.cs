using Sots.Backup.Restoring;

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

    /// <summary>
    /// Leaves out what these paths are on the disk, under the names that a walk from some folders gives them: a path may have been named
    /// through a link, which a walk does not follow.
    /// </summary>
    /// <param name="folders">Where walks begin, absolute.</param>
    /// <param name="paths">As they were named, absolute.</param>
    public static ExcludedPaths SeenFrom(IEnumerable<DiskPath> folders, IReadOnlyCollection<DiskPath> paths)
    {
        List<DiskPath> seen = [.. paths];
        DiskPath[] real = [.. paths.Select(RealPath.Of)];
        foreach (DiskPath folder in folders)
        {
            DiskPath above = RealPath.Of(folder);
            int depth = PathRules.Current.Components(above).Count;
            seen.AddRange(real.Where(path => DiskPaths.IsWithin(path, above)).Select(
                path => PathRules.Current.Components(path).Skip(depth).Aggregate(folder, static (at, name) => at.Join(name))));
        }

        return new ExcludedPaths(seen);
    }

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
