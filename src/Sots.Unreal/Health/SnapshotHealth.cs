using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Unreal.Health;

/// <summary>Examines packages as a snapshot has them. Thread safe.</summary>
public static class SnapshotHealth
{
    /// <summary>Reads all of a file and examines it.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="file">The file's node.</param>
    /// <param name="read">Told how many bytes were read, as they come; null for nobody.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">Its content cannot be read.</exception>
    public static async ValueTask<PackageHealth> ExamineAsync(IndexedRepository repository, Node file, Action<int>? read, CancellationToken cancellationToken)
    {
        PackageExamination examination = new(checked((long)file.Size));
        long rest = checked((long)file.Size);
        foreach (BlobId blob in file.Content ?? [])
        {
            byte[] bytes = await repository.LoadBlobAsync(new BlobHandle(blob), cancellationToken).ConfigureAwait(false);
            int taken = (int)Math.Min(bytes.Length, rest);
            rest -= taken;
            examination.Append(bytes.AsSpan(0, taken));
            read?.Invoke(bytes.Length);
        }

        return examination.Finish();
    }
}
