using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance.Consequences;

/// <summary>A path that is lost, as it was met.</summary>
/// <param name="Place">The folder it is in.</param>
/// <param name="Name">Its name in it; empty for the root of a snapshot.</param>
/// <param name="IsFolder">A folder whose tree is lost.</param>
/// <param name="Snapshots">Numbers of the snapshots it is lost in; the newest comes first.</param>
internal sealed record MetPath(TreePlace Place, byte[] Name, bool IsFolder, IReadOnlyList<int> Snapshots);

/// <summary>Adds up what one thing costs. Not thread safe.</summary>
/// <param name="snapshots">How many snapshots there are.</param>
internal sealed class Toll(int snapshots)
{
    private readonly System.Collections.BitArray _snapshots = new(snapshots);
    private readonly List<MetPath> _examples = [];

    /// <summary>Single entries.</summary>
    public long Files { get; private set; }

    /// <summary>Folders.</summary>
    public long Folders { get; private set; }

    /// <summary>Snapshots with any of them.</summary>
    public int Snapshots => _snapshots.Cast<bool>().Count(static hit => hit);

    /// <summary>The first few.</summary>
    public IReadOnlyList<MetPath> Examples => _examples;

    /// <summary>One more path.</summary>
    public void Add(MetPath path)
    {
        if (path.IsFolder)
        {
            Folders++;
        }
        else
        {
            Files++;
        }

        foreach (int snapshot in path.Snapshots)
        {
            _snapshots[snapshot] = true;
        }

        if (_examples.Count < DamageReport.MaxExamples)
        {
            _examples.Add(path);
        }
    }
}
