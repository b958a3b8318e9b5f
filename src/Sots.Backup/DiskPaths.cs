namespace Sots.Backup;

/// <summary>The path operations of this system; see <see cref="PathRules"/>.</summary>
public static class DiskPaths
{
    /// <inheritdoc cref="PathRules.Clean"/>
    public static DiskPath Clean(DiskPath path) => PathRules.Current.Clean(path);

    /// <inheritdoc cref="PathRules.IsAbsolute"/>
    public static bool IsAbsolute(DiskPath path) => PathRules.Current.IsAbsolute(path);

    /// <inheritdoc cref="PathRules.MakeAbsolute"/>
    public static DiskPath MakeAbsolute(DiskPath path, DiskPath workingDirectory) =>
        PathRules.Current.MakeAbsolute(path, workingDirectory);

    /// <inheritdoc cref="PathRules.Base"/>
    public static ReadOnlySpan<byte> Base(DiskPath path) => PathRules.Current.Base(path);

    /// <inheritdoc cref="PathRules.Parent"/>
    public static DiskPath Parent(DiskPath path) => PathRules.Current.Parent(path);

    /// <inheritdoc cref="PathRules.IsWithin"/>
    public static bool IsWithin(DiskPath path, DiskPath directory) => PathRules.Current.IsWithin(path, directory);

    /// <inheritdoc cref="PathRules.SnapshotComponents"/>
    public static List<byte[]> SnapshotComponents(DiskPath target) => PathRules.Current.SnapshotComponents(target);
}
