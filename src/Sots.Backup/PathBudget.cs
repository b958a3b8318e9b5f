using Sots.Restic;

namespace Sots.Backup;

/// <summary>
/// Bounds what a snapshot can lead to. A few trees that name each other twice give any number of paths: forty of them more than a disk has
/// files. An honest snapshot names a tree again where a folder was copied, and seldom more than that. Not thread safe.
/// </summary>
/// <param name="maxEntries">Paths more than this are never followed; a plan of so many takes a few GiB of memory.</param>
public sealed class PathBudget(long maxEntries = PathBudget.MaxEntries)
{
    /// <summary>Paths that are followed whatever they lead to.</summary>
    private const long AlwaysEntries = 200_000;

    /// <summary>Paths that are followed for each entry of a tree not met before.</summary>
    private const long EntriesForOne = 8;

    private const long MaxEntries = 10_000_000;

    /// <summary>No system reaches anything by a longer path; Windows ends at 32,767 characters.</summary>
    private const int MaxPathLength = 64 * 1024;

    private readonly HashSet<TreeId> _met = [];
    private long _entries, _different;

    /// <summary>A folder is entered.</summary>
    /// <param name="tree">Its tree.</param>
    /// <param name="entries">How many entries it has.</param>
    /// <exception cref="RepositoryException">LimitExceeded: these are too many.</exception>
    public void Enter(TreeId tree, int entries)
    {
        _different += _met.Add(tree) ? entries : 0;
        if ((_entries += entries) > Math.Min(maxEntries, AlwaysEntries + (EntriesForOne * _different)))
        {
            throw new RepositoryException(
                RepositoryErrorKind.LimitExceeded,
                $"The snapshot leads to more than {_entries - entries} entries, and only {_different} of them are different ones: it was made to lead nowhere.",
                "Look at a part of it: name a path behind the snapshot, as in ID:path.");
        }
    }

    /// <summary>Whether a path is so long that nothing can be reached by it.</summary>
    public static bool IsTooLong(long pathLength) => pathLength > MaxPathLength;

    /// <summary>A path for people: of a very long one the beginning and the end.</summary>
    public static string Shorten(string path)
    {
        const int kept = 1000;
        return path.Length <= 3 * kept ? path : $"{path[..kept]} … {path[^kept..]}";
    }
}
