using System.Buffers;
using System.Text;
using Sots.Restic.Locking;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Restic.Writing;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>
/// Makes a snapshot of all trees that nothing refers to, for example after a snapshot was removed by mistake: first a plan, then its
/// execution. The caller holds an exclusive lock from before the plan until after the execution; to look at a plan none is needed. Nothing
/// is removed.
/// </summary>
public static class Recovery
{
    /// <summary>The path that the new snapshot records, as in restic.</summary>
    public const string RecordedPath = "/recover";

    /// <summary>The tag of the new snapshot, as in restic.</summary>
    public const string Tag = "recovered";

    private const uint Mode = 0b111_101_101;

    /// <summary>Makes the plan. Reads only.</summary>
    /// <exception cref="RepositoryException">A listing failed, or the storage denies a file.</exception>
    public static Task<RecoveryPlan> PlanAsync(OpenRepository repository, IMaintenanceEvents events, CancellationToken cancellationToken) =>
        new RecoveryPlanner(repository, events).RunAsync(cancellationToken);

    /// <summary>Carries a plan out: the index is made complete, then the root is stored, then the snapshot.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="time">Time of the snapshot and of its folders.</param>
    /// <param name="hostname">Host of the snapshot.</param>
    /// <param name="programVersion">Program of the snapshot.</param>
    /// <param name="write">How the root is stored.</param>
    /// <param name="events">Told what happens.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The snapshot; null where there was nothing to recover.</returns>
    /// <exception cref="RepositoryException">Writing failed, or the lock was lost.</exception>
    public static async Task<SnapshotId?> ExecuteAsync(
        OpenRepository repository, RecoveryPlan plan, NodeTime time, string hostname, string programVersion, WriteOptions write, IMaintenanceEvents events,
        CancellationToken cancellationToken)
    {
        await IndexRepairer.ExecuteAsync(repository, plan.Index, write.EnsureLocked, events, cancellationToken).ConfigureAwait(false);
        if (plan.Roots.Count == 0)
        {
            return null;
        }

        WriteSession session = (await repository.LoadIndexAsync(cancellationToken).ConfigureAwait(false)).BeginWrite(write);
        await using (session.ConfigureAwait(false))
        {
            try
            {
                ArrayBufferWriter<byte> json = new();
                TreeCodec.Write([.. plan.Roots.Select(root => FolderOf(root, time))], json);
                TreeId tree = new((await session.SaveBlobAsync(BlobType.Tree, json.WrittenMemory, cancellationToken).ConfigureAwait(false)).Id);
                ProcessIdentity identity = ProcessIdentity.Current;
                Snapshot snapshot = new()
                {
                    Time = time,
                    Tree = tree,
                    Paths = [RecordedPath],
                    Hostname = hostname,
                    Username = identity.Username,
                    UserId = identity.UserId,
                    GroupId = identity.GroupId,
                    Tags = [Tag],
                    ProgramVersion = programVersion,
                };
                return await session.SaveSnapshotAsync(snapshot, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await session.AbandonAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private static Node FolderOf(RecoveredRoot root, NodeTime time) => new()
    {
        Name = Encoding.ASCII.GetBytes(root.Name),
        Type = NodeType.Directory,
        Mode = NodeMode.Directory | Mode,
        ModifiedTime = time,
        AccessTime = time,
        ChangeTime = time,
        Subtree = root.Tree,
    };
}
