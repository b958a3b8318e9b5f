using Sots.Backup;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Commands;

/// <summary>Paths that a snapshot records, of whatever system.</summary>
internal static class SnapshotPath
{
    /// <summary>
    /// Where an absolute path is found in the snapshot's tree: <c>/a/b</c> stays, <c>C:\a\b</c> becomes <c>/C/a/b</c>, and of <c>\\host\share\a</c>
    /// the first two are one name. Source: docs/FORMAT.md, "From targets to trees".
    /// </summary>
    public static string OfTarget(string path) => path.StartsWith('/')
        ? path
        : "/" + string.Join('/', PathRules.Windows.SnapshotComponents(DiskPath.FromText(path)).Select(static name => PathText.ToText(name)));

    /// <summary>The last component.</summary>
    public static string NameOf(string path) => OfTarget(path).TrimEnd('/').Split('/')[^1];

    /// <summary>Whether a snapshot is of this folder and nothing else.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="folder">Absolute.</param>
    public static bool IsOf(Snapshot snapshot, string folder) => snapshot.Paths is [var path] && IsSame(path, folder);

    /// <summary>Whether a recorded path is this folder. On Windows another program may have spelled it otherwise.</summary>
    /// <param name="recorded">As a snapshot has it.</param>
    /// <param name="folder">Absolute.</param>
    public static bool IsSame(string recorded, string folder) =>
        string.Equals(recorded, folder, recorded.StartsWith('/') ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
}
