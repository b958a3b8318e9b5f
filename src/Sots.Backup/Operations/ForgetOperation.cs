using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Maintenance;

namespace Sots.Backup.Operations;

/// <summary>Removes snapshots; their data stays until a prune.</summary>
public static class ForgetOperation
{
    /// <summary>Removes snapshots. An exclusive lock is held by the caller.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="snapshots">Which.</param>
    /// <param name="ensureLocked">Asked before each removal; throws where the lock was lost.</param>
    /// <param name="time">Clock, for the line that counts.</param>
    /// <param name="events">Told of each where items are listened to, and of those that could not be removed.</param>
    /// <param name="cancellationToken">Cancels before the next one.</param>
    /// <returns>Number of snapshots that could not be removed.</returns>
    public static async Task<int> RunAsync(
        OpenRepository repository, IReadOnlyCollection<SnapshotId> snapshots, Func<CancellationToken, ValueTask> ensureLocked, TimeProvider time,
        IOperationEvents events, CancellationToken cancellationToken)
    {
        if (snapshots.Count == 0)
        {
            return 0;
        }

        CountedWork work = new("files deleted", snapshots.Count, time);
        IReadOnlyList<FailedRemoval> failed = await new SnapshotRemoval(repository, ensureLocked).RemoveAsync(
            snapshots, Removed, cancellationToken).ConfigureAwait(false);
        foreach (FailedRemoval failure in failed)
        {
            events.Problem(new ProblemEvent("check", "", $"unable to remove snapshot/{failure.Id} from the repository: {failure.Error.Message}"));
        }

        events.Message(work.LineAt(snapshots.Count - failed.Count));
        return failed.Count;

        void Removed(SnapshotId id)
        {
            if (events.WantsItems)
            {
                events.Detail($"removed snapshot/{id}");
            }
        }
    }
}
