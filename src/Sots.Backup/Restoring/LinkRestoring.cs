using Sots.Backup.Operations;
using Sots.Backup.Sources;

namespace Sots.Backup.Restoring;

/// <summary>Makes further names of restored files, one after the other.</summary>
internal sealed class LinkRestoring(RestoreRun run)
{
    /// <summary>
    /// Makes the names whose first file has the snapshot's content. Returns those that must be restored as files of their own: the first
    /// was left alone or could not be had, or the file system has no hard links.
    /// </summary>
    public List<PlannedFile> Run(IReadOnlyList<PlannedLink> links, CancellationToken cancellationToken)
    {
        List<PlannedFile> alone = [];
        foreach (PlannedLink link in links)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!IsLeftAlone(link) && (link.First.Outcome != FileOutcome.Exact || !TryMake(link)))
            {
                alone.Add(link.Link);
            }
        }

        return alone;
    }

    /// <summary>Replaces first files that could not be had by the next of the same group.</summary>
    public static List<PlannedLink> WithoutFirst(IReadOnlyList<PlannedLink> links, IReadOnlyCollection<PlannedFile> alone, out List<PlannedFile> first)
    {
        HashSet<PlannedFile> waiting = [.. alone];
        Dictionary<PlannedFile, PlannedFile> successors = [];
        List<PlannedLink> rest = [];
        first = [];
        foreach (PlannedLink link in links)
        {
            if (!waiting.Contains(link.Link))
            {
                continue;
            }

            if (successors.TryGetValue(link.First, out PlannedFile? successor))
            {
                rest.Add(new PlannedLink(successor, link.Link));
            }
            else
            {
                successors.Add(link.First, link.Link);
                first.Add(link.Link);
            }
        }

        return rest;
    }

    /// <summary>Whether the policy keeps what is there under the further name, whatever became of the first.</summary>
    private bool IsLeftAlone(PlannedLink link)
    {
        if (link.Link.Directory.WasCreated || run.Options.Overwrite is OverwritePolicy.Always or OverwritePolicy.IfChanged)
        {
            return false;
        }

        try
        {
            using DirectoryHandles.Lease lease = run.Directories.Borrow(link.Link.Directory);
            if (!lease.Directory.TryGetStatus(link.Link.Node.Name, out FileStatus there) || !run.IsLeftAlone(link.Link.Node, there))
            {
                return false;
            }
        }
        catch (TargetException)
        {
            // Whoever makes the name will say so.
            return false;
        }

        link.Link.Outcome = FileOutcome.LeftAlone;
        run.Tally.EntrySkipped(link.Link);
        return true;
    }

    private bool TryMake(PlannedLink link)
    {
        try
        {
            using DirectoryHandles.Lease first = run.Directories.Borrow(link.First.Directory);
            using DirectoryHandles.Lease second = run.Directories.Borrow(link.Link.Directory);
            byte[] name = link.Link.Node.Name;
            bool exists = second.Directory.TryGetStatus(name, out FileStatus there);
            if (!run.Options.DryRun && !(exists && IsSameFile(first.Directory, link.First.Node.Name, there)))
            {
                Make(first.Directory, link.First.Node.Name, second.Directory, name, link.Link.Directory.PathOf(name), exists ? there : null);
            }

            link.Link.Outcome = FileOutcome.Exact;
            run.Tally.EntryRestored(link.Link);
            return true;
        }
        catch (TargetException e) when (run.IsDueToDryRun(e))
        {
            link.Link.Outcome = FileOutcome.Exact;
            run.Tally.EntryRestored(link.Link);
            return true;
        }
        catch (TargetException)
        {
            // A file system without hard links, for example: the content is what matters.
            return false;
        }
    }

    /// <summary>What is there is replaced in one instant; only a directory has to go first.</summary>
    private void Make(TargetDirectory first, byte[] firstName, TargetDirectory second, byte[] name, byte[] path, FileStatus? there)
    {
        if (there is null)
        {
            second.CreateHardLink(first, firstName, name);
            return;
        }

        run.EnsureReplaceable(second, name, path);
        if (there.Value.IsDirectory)
        {
            SurplusRemoval.RemoveInTheWay(run, second, name, path);
        }

        byte[] temporary = TargetDirectory.NewTemporaryName();
        second.CreateHardLink(first, firstName, temporary);
        try
        {
            second.RenameOver(temporary, name);
        }
        catch (TargetException)
        {
            second.Remove(temporary, recursive: false);
            throw;
        }
    }

    private static bool IsSameFile(TargetDirectory directory, byte[] name, in FileStatus there) =>
        there.Inode != 0 && directory.TryGetStatus(name, out FileStatus origin)
        && there.Inode == origin.Inode && there.DeviceId == origin.DeviceId;
}
