namespace Sots.Backup.Restoring;

/// <summary>Empties directories. Depth costs memory and open directories, not stack.</summary>
internal static class TreeRemoval
{
    /// <summary>Levels below which a tree is taken for an attack.</summary>
    private const int MaxDepth = 4096;

    /// <summary>Removes everything in a directory, links themselves and not what they lead to.</summary>
    public static void RemoveContent(TargetDirectory directory)
    {
        Stack<Level> levels = new();
        try
        {
            levels.Push(new Level(directory, []));
            while (levels.Count > 0)
            {
                Level level = levels.Peek();
                if (level.Remaining.TryPop(out byte[]? name))
                {
                    if (!level.Directory.TryGetStatus(name, out Sources.FileStatus status) || !status.IsDirectory)
                    {
                        level.Directory.Remove(name, recursive: false);
                    }
                    else if (levels.Count == MaxDepth)
                    {
                        throw new TargetException(
                            TargetErrorKind.Other, "remove", level.Directory.Path, $"the tree is deeper than {MaxDepth} levels");
                    }
                    else
                    {
                        levels.Push(new Level(level.Directory.OpenDirectory(name), name));
                    }

                    continue;
                }

                levels.Pop();
                if (levels.TryPeek(out Level? parent))
                {
                    level.Directory.Dispose();
                    parent.Directory.Remove(level.Name, recursive: false);
                }
            }
        }
        finally
        {
            // The outermost directory is the caller's.
            while (levels.Count > 1)
            {
                levels.Pop().Directory.Dispose();
            }
        }
    }

    private sealed class Level(TargetDirectory directory, byte[] name)
    {
        public TargetDirectory Directory { get; } = directory;

        public byte[] Name { get; } = name;

        public Stack<byte[]> Remaining { get; } = new(directory.Entries());
    }
}
