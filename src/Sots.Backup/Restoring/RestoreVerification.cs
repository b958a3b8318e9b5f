using Sots.Backup.Sources;

namespace Sots.Backup.Restoring;

/// <summary>Reads restored files again and compares them with the snapshot.</summary>
internal sealed class RestoreVerification(RestoreRun run)
{
    /// <summary>Verifies all files that are said to have the snapshot's content; further names must be names of the same file.</summary>
    public async Task RunAsync(RestorePlan plan, CancellationToken cancellationToken)
    {
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(plan.Files.Where(IsExact), parallel, (file, token) => Verify(file, null, token)).ConfigureAwait(false);
        await Parallel.ForEachAsync(
            plan.Links.Where(link => IsExact(link.Link)), parallel, (link, token) => Verify(link.Link, link.First, token)).ConfigureAwait(false);
    }

    private static bool IsExact(PlannedFile file) => file.Outcome == FileOutcome.Exact;

    private ValueTask Verify(PlannedFile file, PlannedFile? linkedTo, CancellationToken cancellationToken)
    {
        try
        {
            if (IsRight(file, linkedTo, cancellationToken))
            {
                run.Tally.Verified();
            }
            else
            {
                run.Tally.Problem(file, "what is on the disk is not what the snapshot holds", "verify");
            }
        }
        catch (TargetException e)
        {
            run.Tally.Problem(file, e.Message, "verify");
        }

        return ValueTask.CompletedTask;
    }

    private bool IsRight(PlannedFile file, PlannedFile? linkedTo, CancellationToken cancellationToken)
    {
        using DirectoryHandles.Lease lease = run.Directories.Borrow(file.Directory);
        if (linkedTo is not null && lease.Directory.TryGetStatus(file.Node.Name, out FileStatus status) && status.Inode != 0)
        {
            using DirectoryHandles.Lease other = run.Directories.Borrow(linkedTo.Directory);
            if (other.Directory.TryGetStatus(linkedTo.Node.Name, out FileStatus first)
                && first.Inode == status.Inode && first.DeviceId == status.DeviceId)
            {
                // The content was read under the first name.
                return true;
            }
        }

        using TargetFile content = lease.Directory.OpenForRead(file.Node.Name);
        return content.Status().SizeBytes == file.SizeBytes
            && FileComparison.FindDifferences(content, file.Blobs(run.Repository.Index), cancellationToken).Count == 0;
    }
}
