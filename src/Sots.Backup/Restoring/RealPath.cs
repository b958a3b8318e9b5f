namespace Sots.Backup.Restoring;

/// <summary>Looks through links.</summary>
public static class RealPath
{
    /// <summary>More than any system follows.</summary>
    private const int MaxLinks = 64;

    /// <summary>
    /// The path with every link in it replaced by where it leads. What is not there or cannot be read is taken as it stands, and so is
    /// everything where links lead in circles.
    /// </summary>
    /// <param name="path">Absolute.</param>
    public static DiskPath Of(DiskPath path)
    {
        DiskPath cleaned = DiskPaths.Clean(path);
        DiskPath resolved = cleaned;
        for (int links = 0; links < MaxLinks; links++)
        {
            if (FirstLink(resolved) is not { } next)
            {
                return resolved;
            }

            resolved = next;
        }

        return cleaned;
    }

    /// <summary>
    /// A folder that is itself a link, as where the link leads. Any other as it stands, links above it too: what is recorded under a path
    /// has to be found under it again.
    /// </summary>
    /// <param name="folder">Absolute, without a separator at its end unless it is a root.</param>
    public static DiskPath OfFolder(DiskPath folder) =>
        TargetOf(folder) is not null && Of(folder) is var real && Directory.Exists(real.ToString()) ? real : folder;

    /// <summary>The path with its first link replaced; null where there is none.</summary>
    private static DiskPath? FirstLink(DiskPath path)
    {
        List<byte[]> components = PathRules.Current.Components(path);
        DiskPath[] levels = new DiskPath[components.Count];
        DiskPath level = path;
        for (int i = components.Count - 1; i >= 0; i--)
        {
            levels[i] = level;
            level = DiskPaths.Parent(level);
        }

        for (int i = 0; i < levels.Length; i++)
        {
            if (TargetOf(levels[i]) is { } target)
            {
                DiskPath next = DiskPaths.MakeAbsolute(DiskPath.FromText(target), DiskPaths.Parent(levels[i]));
                foreach (byte[] rest in components.Skip(i + 1))
                {
                    next = next.Join(rest);
                }

                return DiskPaths.Clean(next);
            }
        }

        return null;
    }

    /// <summary>Where a link leads, as it says itself; null where it is none or cannot be read. On Windows also of a junction.</summary>
    internal static string? TargetOf(DiskPath path)
    {
        try
        {
            return new DirectoryInfo(path.ToString()).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
