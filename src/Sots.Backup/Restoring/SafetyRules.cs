using Sots.Backup.Sources;

namespace Sots.Backup.Restoring;

/// <summary>
/// What a safety snapshot leaves out: what the backup of the project leaves out, but nothing that a restore may change, and left-overs of
/// restores that were killed.
/// </summary>
internal sealed class SafetyRules(ExcludeRules rules, DiskPath root, SnapshotEntries target, SnapshotEntries origin) : ExcludeRules
{
    /// <inheritdoc/>
    public override bool RejectsName(DiskPath path) => IsLeftOver(path) || (rules.RejectsName(path) && !IsKnown(path));

    /// <inheritdoc/>
    public override bool RejectsEntry(DiskPath path, bool isDirectory, long sizeBytes) =>
        rules.RejectsEntry(path, isDirectory, sizeBytes) && !IsKnown(path);

    private bool IsLeftOver(DiskPath path) => TargetDirectory.IsTemporaryName(DiskPaths.Base(path)) && !IsKnown(path);

    private bool IsKnown(DiskPath path)
    {
        if (path.Bytes.Length <= root.Bytes.Length)
        {
            return false;
        }

        byte[] below = path.Bytes[root.Bytes.Length..].ToArray();
        for (int i = 0; i < below.Length; i++)
        {
            below[i] = PathRules.Current.IsSeparator(below[i]) ? (byte)'/' : below[i];
        }

        byte[] key = below[0] == (byte)'/' ? below : [(byte)'/', .. below];
        return target.Contains(key) || origin.Contains(key);
    }
}
