using Sots.Backup.Progress;
using Sots.Restic.Maintenance;

namespace Sots.Backup.Operations;

/// <summary>Tells what a prune or a repair does in the words of an operation.</summary>
internal sealed class MaintenanceReport(OperationCounters counters, IOperationEvents events, TimeProvider time) : IMaintenanceEvents
{
    private CountedWork? _work;

    /// <inheritdoc/>
    public void Step(string text) => events.Message(text);

    /// <inheritdoc/>
    public void Detail(string text) => events.Detail(text);

    /// <inheritdoc/>
    public void Removed(string file)
    {
        if (events.WantsItems)
        {
            events.Detail($"removed {file}");
        }
    }

    /// <inheritdoc/>
    public void Warning(string text) => events.Problem(new ProblemEvent("check", "", text));

    /// <inheritdoc/>
    public void Begin(string what, long count, long bytes)
    {
        _work = new CountedWork(what, count, time);
        Interlocked.Exchange(ref counters.FilesDone, 0);
        Interlocked.Exchange(ref counters.BytesDone, 0);
        Interlocked.Exchange(ref counters.TotalFiles, count);
        Interlocked.Exchange(ref counters.TotalBytes, bytes);
        Interlocked.Exchange(ref counters.TotalsKnown, 1);
    }

    /// <inheritdoc/>
    public void Done(long bytes)
    {
        Interlocked.Increment(ref counters.FilesDone);
        Interlocked.Add(ref counters.BytesDone, bytes);
    }

    /// <inheritdoc/>
    public void End() => events.Message(_work?.LineAt(Interlocked.Read(ref counters.FilesDone)) ?? "");
}
