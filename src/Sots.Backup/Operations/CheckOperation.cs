using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Maintenance;

namespace Sots.Backup.Operations;

/// <summary>Verifies a repository.</summary>
public static class CheckOperation
{
    /// <summary>Runs a check. An exclusive lock is held by the caller, unless locking was declined.</summary>
    /// <remarks>Each finding is an event as it is found; <see cref="CheckReport"/> sums them up.</remarks>
    public static Task<CheckReport> RunAsync(
        OpenRepository repository, CheckOptions options, OperationCounters counters, IOperationEvents events, CancellationToken cancellationToken) =>
        new RepositoryCheck(repository, options, counters, events).RunAsync(cancellationToken);
}
