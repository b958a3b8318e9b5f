using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Maintenance.Pruning;

namespace Sots.Backup.Operations;

/// <summary>Removes what no snapshot needs, and tells of it in the words of an operation.</summary>
/// <param name="repository">The repository; the caller holds an exclusive lock, or only looks at the plan.</param>
/// <param name="options">How.</param>
/// <param name="counters">Packs repacked, while they are.</param>
/// <param name="events">Told what happens.</param>
public sealed class PruneOperation(OpenRepository repository, PruneOptions options, OperationCounters counters, IOperationEvents events) : IPruneEvents
{
    private CountedWork? _work;

    /// <summary>Makes the plan.</summary>
    /// <exception cref="RepositoryException">It cannot be known for certain what is needed.</exception>
    public Task<PrunePlan> PlanAsync(CancellationToken cancellationToken) => Pruner.PlanAsync(repository, options, this, cancellationToken);

    /// <summary>Carries it out.</summary>
    /// <exception cref="RepositoryException">Something to be kept cannot be read or stored, or the lock was lost. All snapshots are whole.</exception>
    public Task<PruneResult> ExecuteAsync(PrunePlan plan, CancellationToken cancellationToken) =>
        Pruner.ExecuteAsync(repository, plan, options, this, cancellationToken);

    /// <inheritdoc/>
    void IPruneEvents.Step(string text) => events.Message(text);

    /// <inheritdoc/>
    void IPruneEvents.Detail(string text) => events.Detail(text);

    /// <inheritdoc/>
    void IPruneEvents.Removed(string file)
    {
        if (events.WantsItems)
        {
            events.Detail($"removed {file}");
        }
    }

    /// <inheritdoc/>
    void IPruneEvents.Warning(string text) => events.Problem(new ProblemEvent("check", "", text));

    /// <inheritdoc/>
    void IPruneEvents.Begin(string what, long count, long bytes)
    {
        _work = new CountedWork(what, count, options.Write.Time);
        Interlocked.Exchange(ref counters.FilesDone, 0);
        Interlocked.Exchange(ref counters.BytesDone, 0);
        Interlocked.Exchange(ref counters.TotalFiles, count);
        Interlocked.Exchange(ref counters.TotalBytes, bytes);
        Interlocked.Exchange(ref counters.TotalsKnown, 1);
    }

    /// <inheritdoc/>
    void IPruneEvents.Done(long bytes)
    {
        Interlocked.Increment(ref counters.FilesDone);
        Interlocked.Add(ref counters.BytesDone, bytes);
    }

    /// <inheritdoc/>
    void IPruneEvents.End() => events.Message(_work?.LineAt(Interlocked.Read(ref counters.FilesDone)) ?? "");
}
