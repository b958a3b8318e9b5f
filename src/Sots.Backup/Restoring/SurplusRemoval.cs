using Sots.Backup.Sources;
using Sots.Restic;

namespace Sots.Backup.Restoring;

/// <summary>
/// Removes from restored directories what the snapshot does not have. Never in a directory of which anything is uncertain: a tree that
/// could not be read whole, a name that was refused. What the filter leaves out stays, and so do the directories it lies in.
/// </summary>
internal sealed class SurplusRemoval(RestoreRun run)
{
    /// <summary>Removes the surplus of one directory.</summary>
    public void Clean(PlannedDirectory directory)
    {
        if (!directory.IsExact || directory.Names is not { } names)
        {
            return;
        }

        try
        {
            using DirectoryHandles.Lease lease = run.Directories.Borrow(directory);
            foreach (byte[] name in lease.Directory.Entries())
            {
                if (!names.Contains(name) && lease.Directory.TryGetStatus(name, out FileStatus status))
                {
                    Remove(directory, lease.Directory, name, status.IsDirectory);
                }
            }
        }
        catch (TargetException e) when (run.IsDueToDryRun(e))
        {
            // The directory is not there yet, so nothing is in it.
        }
        catch (TargetException e)
        {
            run.Tally.Problem(directory, e.Message);
        }
    }

    /// <summary>
    /// Removes what stands where something else goes. Of a folder a restore in place takes only what its plan names, and then the folder if
    /// it is empty; others take it with everything in it if surplus entries are to be deleted anyway.
    /// </summary>
    public static void RemoveInTheWay(RestoreRun run, TargetDirectory directory, byte[] name, byte[] path)
    {
        if (run.Options.ReplaceWhole && directory.TryGetStatus(name, out FileStatus status) && status.IsDirectory)
        {
            new SurplusRemoval(run).RemoveDirectory(directory, name, path, goes: true);
        }
        else
        {
            directory.Remove(name, recursive: run.Options.Delete && !run.Options.ReplaceWhole);
        }
    }

    private void Remove(PlannedDirectory directory, TargetDirectory opened, byte[] name, bool isDirectory)
    {
        byte[] path = directory.PathOf(name);
        try
        {
            bool goes = run.Options.Filter.Selects(path, isDirectory);
            if (!goes && !(isDirectory && IsEntered(path)))
            {
                return;
            }

            if (isDirectory)
            {
                RemoveDirectory(opened, name, path, goes);
            }
            else
            {
                RemoveEntry(opened, name, path, isDirectory: false);
            }
        }
        catch (TargetException e)
        {
            run.Tally.Problem(PathText.ToText(path), e.Message);
        }
    }

    /// <summary>Removes what the filter selects in a directory, and the directory itself if nothing is left. Depth costs no stack.</summary>
    private void RemoveDirectory(TargetDirectory above, byte[] name, byte[] path, bool goes)
    {
        Stack<Level> levels = [];
        try
        {
            levels.Push(new Level(above, above.OpenDirectory(name), name, path) { Keeps = !goes });
            while (levels.TryPeek(out Level? level))
            {
                if (level.Remaining.TryPop(out byte[]? entry))
                {
                    Visit(levels, level, entry);
                    continue;
                }

                levels.Pop().Directory.Dispose();
                if (!level.Keeps)
                {
                    RemoveEntry(level.Above, level.Name, level.Path, isDirectory: true);
                }
                else if (levels.TryPeek(out Level? parent))
                {
                    parent.Keeps = true;
                }
            }
        }
        finally
        {
            foreach (Level level in levels)
            {
                level.Directory.Dispose();
            }
        }
    }

    private void Visit(Stack<Level> levels, Level level, byte[] entry)
    {
        byte[] path = [.. level.Path, (byte)'/', .. entry];
        bool isDirectory = level.Directory.TryGetStatus(entry, out FileStatus status) && status.IsDirectory;
        bool goes = run.Options.Filter.Selects(path, isDirectory);
        level.Keeps |= !goes;
        if (!goes && !(isDirectory && IsEntered(path)))
        {
            return;
        }

        if (!isDirectory)
        {
            RemoveEntry(level.Directory, entry, path, isDirectory: false);
        }
        else if (levels.Count < Limits.TreeDepth)
        {
            levels.Push(new Level(level.Directory, level.Directory.OpenDirectory(entry), entry, path) { Keeps = !goes });
        }
        else
        {
            throw new TargetException(TargetErrorKind.Other, "remove", level.Directory.Path, $"the tree is deeper than {Limits.TreeDepth} levels");
        }
    }

    /// <summary>Whether something in a folder goes that stays itself.</summary>
    private bool IsEntered(byte[] path) => run.Options.Filter.EntersSurplus && run.Options.Filter.MayContain(path);

    private void RemoveEntry(TargetDirectory directory, byte[] name, byte[] path, bool isDirectory)
    {
        run.EnsureReplaceable(directory, name, path);
        if (run.Options.DryRun || directory.Remove(name, recursive: false))
        {
            run.Tally.Removed(PathText.ToText(path), isDirectory);
        }
    }

    private sealed class Level(TargetDirectory above, TargetDirectory directory, byte[] name, byte[] path)
    {
        public TargetDirectory Above { get; } = above;

        public TargetDirectory Directory { get; } = directory;

        public byte[] Name { get; } = name;

        public byte[] Path { get; } = path;

        public bool Keeps { get; set; }

        public Stack<byte[]> Remaining { get; } = new(directory.Entries());
    }
}
