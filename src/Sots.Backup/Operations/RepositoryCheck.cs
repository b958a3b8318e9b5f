using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Maintenance;

namespace Sots.Backup.Operations;

/// <summary>Runs the engine's check and tells its events in the words of an operation.</summary>
internal sealed class RepositoryCheck(OpenRepository repository, CheckOptions options, OperationCounters counters, IOperationEvents events) : ICheckEvents
{
    /// <summary>Runs it.</summary>
    public async Task<CheckReport> RunAsync(CancellationToken cancellationToken)
    {
        CheckReport report = await new RepositoryChecker(repository, SubsetOf(options.ReadData), this) { Filter = options.Filter }
            .RunAsync(cancellationToken).ConfigureAwait(false);
        if (report.Hints > 0)
        {
            events.Message($"{report.Hints} harmless findings: left-overs or duplicates that take up room.");
        }

        if (report.Errors == 0)
        {
            events.Message("no errors were found");
        }

        return report;
    }

    /// <inheritdoc/>
    public void Step(string text) => events.Message(text);

    /// <inheritdoc/>
    public void Found(Finding finding)
    {
        if (finding.IsHint)
        {
            events.Detail(finding.Message);
            return;
        }

        Interlocked.Increment(ref counters.Errors);
        events.Problem(new ProblemEvent("check", finding.Item, finding.Message));
    }

    /// <inheritdoc/>
    public void PacksChosen(int count, long bytes)
    {
        Interlocked.Exchange(ref counters.TotalFiles, count);
        Interlocked.Exchange(ref counters.TotalBytes, bytes);
        Interlocked.Exchange(ref counters.TotalsKnown, 1);
    }

    /// <inheritdoc/>
    public void PackDone(PackId pack, long bytes)
    {
        Interlocked.Increment(ref counters.FilesDone);
        Interlocked.Add(ref counters.BytesDone, bytes);
    }

    private static PackSubset SubsetOf(ReadDataSubset subset) => subset.Mode switch
    {
        ReadDataMode.None => PackSubset.None,
        ReadDataMode.All => PackSubset.All,
        ReadDataMode.Bucket => PackSubset.Part(subset.Part, subset.Of),
        ReadDataMode.Percentage => PackSubset.Percentage(subset.Percentage, Random.Shared),
        ReadDataMode.Size => PackSubset.Size(subset.SizeBytes, Random.Shared),
        _ => throw new ArgumentOutOfRangeException(nameof(subset)),
    };
}
