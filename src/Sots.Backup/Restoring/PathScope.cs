namespace Sots.Backup.Restoring;

/// <summary>Which part of a folder is meant: all of it, or some files and folders with everything in them. Paths begin with "/".</summary>
internal sealed class PathScope
{
    private readonly byte[][] _tops;

    private PathScope(byte[][] tops) => _tops = tops;

    /// <summary>From paths relative to the folder, separated as the system does or by "/"; none means everything.</summary>
    public static PathScope Of(IEnumerable<string> paths) => new([.. paths.Select(Normalise).Where(path => path.Length > 0)]);

    /// <summary>Whether a path is meant.</summary>
    public bool Contains(ReadOnlySpan<byte> path)
    {
        foreach (byte[] top in _tops)
        {
            if (IsAtOrBelow(path, top))
            {
                return true;
            }
        }

        return _tops.Length == 0;
    }

    /// <summary>Whether a path is meant, or something below it is.</summary>
    public bool MayContain(ReadOnlySpan<byte> path)
    {
        foreach (byte[] top in _tops)
        {
            if (IsAtOrBelow(top, path))
            {
                return true;
            }
        }

        return Contains(path);
    }

    private static bool IsAtOrBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> folder) =>
        path.Length >= folder.Length
        && PathRules.Current.AreSameName(path[..folder.Length], folder)
        && (path.Length == folder.Length || path[folder.Length] == (byte)'/');

    private static byte[] Normalise(string path) =>
        [.. PathRules.Current.Components(DiskPaths.Clean(DiskPath.FromText(path)))
            .Where(name => !name.AsSpan().SequenceEqual("."u8)).SelectMany(name => (byte[])[(byte)'/', .. name])];
}
