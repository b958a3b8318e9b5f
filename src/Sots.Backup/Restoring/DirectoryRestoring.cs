namespace Sots.Backup.Restoring;

/// <summary>The directories of a restore: made first, finished last.</summary>
internal sealed class DirectoryRestoring(RestoreRun run)
{
    private readonly SurplusRemoval _surplus = new(run);

    /// <summary>Makes all directories, and clears those that were there of what restores left behind that were killed.</summary>
    public void Make(IReadOnlyList<PlannedDirectory> directories, CancellationToken cancellationToken)
    {
        if (run.Options.DryRun)
        {
            return;
        }

        foreach (PlannedDirectory directory in directories)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!directory.IsNeeded)
            {
                continue;
            }

            try
            {
                using DirectoryHandles.Lease lease = run.Directories.Borrow(directory);
                if (!directory.WasCreated && !directory.HasTemporaryNames)
                {
                    RemoveLeftovers(lease.Directory);
                }
            }
            catch (TargetException e)
            {
                run.Tally.Problem(directory, e.Message);
            }
        }
    }

    /// <summary>Removes the surplus and applies the metadata of directories, each after everything below it.</summary>
    public void Finish(IReadOnlyList<PlannedDirectory> directories, CancellationToken cancellationToken)
    {
        for (int i = directories.Count - 1; i >= 0; i--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            PlannedDirectory directory = directories[i];
            if (!directory.IsNeeded)
            {
                continue;
            }

            if (run.Options.Delete && !directory.WasCreated)
            {
                _surplus.Clean(directory);
            }

            directory.Names = null;
            if (directory.Node is not null && TryApplyMetadata(directory))
            {
                run.Tally.EntryRestored(directory, isDirectory: true);
            }
        }
    }

    private bool TryApplyMetadata(PlannedDirectory directory)
    {
        if (run.Options.DryRun)
        {
            return true;
        }

        try
        {
            using DirectoryHandles.Lease lease = run.Directories.Borrow(directory);
            lease.Directory.ApplyOwnMetadata(directory.Node!, run.Metadata, text => run.Tally.Problem(directory, text));
            return true;
        }
        catch (TargetException e)
        {
            run.Tally.Problem(directory, e.Message);
            return false;
        }
    }

    /// <summary>Only regular files with exactly the names this program gives; another restore into the same folder at the same time loses its own.</summary>
    private static void RemoveLeftovers(TargetDirectory directory)
    {
        foreach (byte[] name in directory.Entries())
        {
            if (TargetDirectory.IsTemporaryName(name)
                && directory.TryGetStatus(name, out Sources.FileStatus status)
                && status.Type is Sots.Restic.Trees.NodeType.File or Sots.Restic.Trees.NodeType.Symlink)
            {
                directory.Remove(name, recursive: false);
            }
        }
    }
}
