using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Unreal.Health;

namespace Sots.Unreal.Histories;

/// <summary>Reads packages out of a repository from first to last byte.</summary>
internal static class PackageContent
{
    /// <summary>Examines a package.</summary>
    /// <exception cref="RepositoryException">Its content cannot be read.</exception>
    public static async ValueTask<PackageHealth> ExamineAsync(IndexedRepository repository, Node file, OperationCounters counters, CancellationToken cancellationToken)
    {
        long length = (long)Math.Min(file.Size, long.MaxValue), at = 0;
        PackageExamination examination = new(length);
        foreach (BlobId blob in file.Content ?? [])
        {
            byte[] bytes = await repository.LoadBlobAsync(new BlobHandle(blob), cancellationToken).ConfigureAwait(false);

            // The size of a node that somebody made up may not be that of its content.
            examination.Append(bytes.AsSpan(0, (int)Math.Min(bytes.Length, length - at)));
            at += Math.Min(bytes.Length, length - at);
            Interlocked.Add(ref counters.BytesDone, bytes.Length);
        }

        Interlocked.Increment(ref counters.FilesDone);
        return examination.Finish();
    }
}
