using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>
/// Lets a restore touch exactly the paths of a plan, and nothing that the plan did not show. What it replaces or removes there has to be what
/// was seen there. Reading is thread safe.
/// </summary>
internal sealed class PlannedPaths : RestoreFilter
{
    private readonly HashSet<byte[]> _touched = new(NameComparer.Current);
    private readonly HashSet<byte[]> _above = new(NameComparer.Current);
    private readonly Dictionary<byte[], FileStatus> _seen = new(NameComparer.Current);
    private bool _touchesTarget;

    /// <inheritdoc/>
    public override bool TakesTargetItself => _touchesTarget;

    /// <inheritdoc/>
    public override bool EntersSurplus => true;

    /// <summary>The paths above a path, the nearest first; not the root.</summary>
    public static IEnumerable<byte[]> Above(byte[] path)
    {
        for (int end = path.AsSpan().LastIndexOf((byte)'/'); end > 0; end = path.AsSpan(0, end).LastIndexOf((byte)'/'))
        {
            yield return path[..end];
        }
    }

    /// <summary>Adds a path.</summary>
    public void Add(byte[] path)
    {
        _touched.Add(path);
        foreach (byte[] above in Above(path).TakeWhile(_above.Add))
        {
        }
    }

    /// <summary>Adds a path that is to go, and the nearest folder above that the snapshot has: that is where the restore comes by.</summary>
    /// <param name="path">The path.</param>
    /// <param name="isFolder">Whether the snapshot has a folder of a path. Anything else of it that is selected would be restored.</param>
    public void AddRemoved(byte[] path, Func<byte[], bool> isFolder)
    {
        Add(path);
        if (Above(path).FirstOrDefault(isFolder) is { } folder)
        {
            Add(folder);
        }
        else
        {
            _touchesTarget = true;
        }
    }

    /// <summary>Says what was seen at a path whose entry is to be replaced or removed; the last word counts.</summary>
    public void Expect(byte[] path, in FileStatus seen) => _seen[path] = seen;

    /// <summary>Whether the path lies below something that is to be replaced, so that it is not there yet.</summary>
    public bool LiesBelowReplaced(byte[] path) => Above(path).Any(_seen.ContainsKey);

    /// <inheritdoc/>
    public override bool Selects(ReadOnlySpan<byte> path, bool isDirectory) => _touched.Contains(path.ToArray());

    /// <inheritdoc/>
    public override bool MayContain(ReadOnlySpan<byte> directory) => _above.Contains(directory.ToArray());

    /// <inheritdoc/>
    internal override bool MayReplace(byte[] path, in FileStatus there) => _seen.TryGetValue(path, out FileStatus seen) && IsSame(seen, there);

    /// <summary>
    /// What is in a folder is looked at by itself. The time of change of a file with other names changes with these. Inodes are not compared:
    /// some file systems make them up anew.
    /// </summary>
    private static bool IsSame(in FileStatus seen, in FileStatus there) =>
        seen.Type == there.Type
        && (seen.Type == NodeType.Directory
            || (seen.SizeBytes == there.SizeBytes && seen.ModifiedTime == there.ModifiedTime && (seen.Links > 1 || seen.ChangeTime == there.ChangeTime)));
}
