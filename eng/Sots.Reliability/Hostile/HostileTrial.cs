using System.Collections.Concurrent;
using System.Globalization;
using Sots.Testing.Hostile;

namespace Sots.Reliability.Hostile;

/// <summary>Repositories made by attackers, and every command on each of them with the published program.</summary>
internal sealed class HostileTrial : Trial
{
    /// <summary>A command that meets a lock it cannot read looks again for half a minute, and does nothing else meanwhile.</summary>
    private const int Workers = 4, WaitingWorkers = 16;

    /// <inheritdoc/>
    public override string Name => "hostile";

    /// <inheritdoc/>
    public override string About => "repositories of attackers with and without the key, every command on each, with time, memory and a canary outside";

    /// <summary>Only the cases with this in their names; null for all. For whoever looks for a fault.</summary>
    public string? Only { get; init; } = Environment.GetEnvironmentVariable("SOTS_SCENARIO");

    /// <inheritdoc/>
    public override string? WhyNot(TrialSettings settings) =>
        !OperatingSystem.IsLinux() ? "needs Linux" : settings.Program is null ? "needs --program" : null;

    /// <inheritdoc/>
    public override async Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken)
    {
        List<HostileCase> cases = [.. HostileCases.All.Where(hostile =>
            (!hostile.NeedsRoot || Environment.IsPrivilegedProcess) && (Only is null || hostile.Name.Contains(Only, StringComparison.Ordinal)))];
        int wanted = settings.Count(cases.Count);
        if (wanted < cases.Count)
        {
            new Random(settings.Seed).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(cases));
        }

        // Every command that locks waits a moment for others: several cases go on meanwhile, each in a folder of its own.
        ConcurrentBag<HostileMatrix> idle = [];
        ConcurrentBag<HostileMatrix> all = [];
        foreach (IGrouping<bool, HostileCase> some in cases.Take(wanted).GroupBy(static hostile => hostile.IsWaitedFor))
        {
            ParallelOptions parallel = new() { MaxDegreeOfParallelism = some.Key ? WaitingWorkers : Workers, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(some, parallel, async (hostile, _) => await RunAsync(hostile));
        }

        async Task RunAsync(HostileCase hostile)
        {
            if (!idle.TryTake(out HostileMatrix? matrix))
            {
                matrix = new HostileMatrix(Path.Combine(settings.Work, Guid.NewGuid().ToString("N")), new PublishedProgram(settings.Program!), result);
                await matrix.PrepareAsync();
                all.Add(matrix);
            }

            int before = matrix.Broken.Count;
            await matrix.RunAsync(hostile, HostileVerb.All);
            settings.Progress(string.Join("\n  ", matrix.Broken.Skip(before).Prepend(hostile.Name)));
            idle.Add(matrix);
        }

        (long usual, string by) = all.MaxBy(static matrix => matrix.Peak.Bytes)!.Peak;
        (long large, string byLarge) = all.MaxBy(static matrix => matrix.LargePeak.Bytes)!.LargePeak;
        (TimeSpan longest, string byLongest) = all.MaxBy(static matrix => matrix.Longest.Time)!.Longest;
        result.Add("MiB at most beyond the baseline", usual >> 20);
        result.Add("MiB at most at the limits of the format", large >> 20);
        result.Add("ms at most of work for a command", (long)longest.TotalMilliseconds);
        settings.Progress(string.Create(CultureInfo.InvariantCulture, $"most memory: {by}, {byLarge}; most work: {byLongest}"));
        List<string> broken = [.. all.SelectMany(static matrix => matrix.Broken)];
        if (broken.Count > 0)
        {
            throw new BrokenPromiseException($"{broken.Count} promises broke:\n  " + string.Join("\n  ", broken.Take(300)));
        }

        foreach (HostileMatrix matrix in all)
        {
            matrix.Clean();
        }
    }
}
