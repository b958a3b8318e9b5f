using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>Makes symbolic links, pipes and devices.</summary>
internal sealed class SpecialRestoring(RestoreRun run)
{
    /// <summary>Makes them, one after the other; what cannot be made is reported.</summary>
    public void Run(IReadOnlyList<PlannedSpecial> specials, CancellationToken cancellationToken)
    {
        foreach (PlannedSpecial special in specials)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                Restore(special);
            }
            catch (TargetException e) when (run.IsDueToDryRun(e))
            {
                run.Tally.EntryRestored(special);
            }
            catch (TargetException e)
            {
                run.Tally.Problem(special, e.Message);
            }
        }
    }

    private void Restore(PlannedSpecial special)
    {
        using DirectoryHandles.Lease lease = run.Directories.Borrow(special.Directory);
        bool exists = lease.Directory.TryGetStatus(special.Node.Name, out FileStatus there);
        if (exists && run.IsLeftAlone(special.Node, there))
        {
            run.Tally.EntrySkipped(special);
            return;
        }

        if (!run.Options.DryRun)
        {
            byte[] path = special.Directory.PathOf(special.Node.Name);
            run.EnsureReplaceable(lease.Directory, special.Node.Name, path);
            if (special.Node.Type == NodeType.Symlink)
            {
                MakeSymlink(lease.Directory, special.Node, path, exists ? there : null);
            }
            else
            {
                if (exists)
                {
                    SurplusRemoval.RemoveInTheWay(run, lease.Directory, special.Node.Name, path);
                }

                lease.Directory.CreateSpecial(special.Node);
            }

            lease.Directory.ApplyMetadata(special.Node, run.Metadata, text => run.Tally.Problem(special, text));
        }

        run.Tally.EntryRestored(special);
    }

    /// <summary>
    /// What is there is replaced only once the link could be made, which on Windows takes a privilege; a directory has to go before.
    /// </summary>
    private void MakeSymlink(TargetDirectory directory, Node node, byte[] path, FileStatus? there)
    {
        if (there is null)
        {
            directory.CreateSymlink(node.Name, node.LinkTarget ?? []);
            return;
        }

        byte[] temporary = TargetDirectory.NewTemporaryName();
        directory.CreateSymlink(temporary, node.LinkTarget ?? []);
        try
        {
            if (there.Value.IsDirectory)
            {
                SurplusRemoval.RemoveInTheWay(run, directory, node.Name, path);
            }

            directory.RenameOver(temporary, node.Name);
        }
        catch (TargetException)
        {
            directory.Remove(temporary, recursive: false);
            throw;
        }
    }
}
