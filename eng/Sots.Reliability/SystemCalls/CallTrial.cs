using System.Globalization;
using Sots.Reliability.Processes;

namespace Sots.Reliability.SystemCalls;

/// <summary>
/// Every call of the published program on a file of project, backup, target or log fails once, and every one that changes something is once
/// the last: for n = 1, 2, ... until a run has no n-th call any more. After each the laws of the scenario hold.
/// </summary>
internal sealed class CallTrial : Trial
{
    /// <summary>The figure that counts the points.</summary>
    public const string Points = "calls hurt";

    private const int Workers = 3, MostFailuresTold = 12;

    /// <inheritdoc/>
    public override string Name => "system-calls";

    /// <inheritdoc/>
    public override string About => "lets every system call of init, full, push, forget-prune, restores, undo and check fail once, or be the last";

    /// <summary>The scenarios by name; all where it is empty. For a smaller run, or for going on where another run ended.</summary>
    public IReadOnlyList<string> Only { get; init; } = Environment.GetEnvironmentVariable("SOTS_SCENARIO")?.Split(',') ?? [];

    /// <inheritdoc/>
    public override string? WhyNot(TrialSettings settings) =>
        !OperatingSystem.IsLinux() ? "a library that is loaded first is needed (Linux)"
        : settings.Program is null ? "no published program was named"
        : Shim.Compiler is null ? "a C compiler is needed"
        : null;

    /// <inheritdoc/>
    public override async Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken)
    {
        Shim shim = Shim.Compile(settings.Work);
        List<string> failures = [];
        IEnumerable<CallScenario> scenarios = CallScenario.All.Where(scenario => Only.Count == 0 || Only.Contains(scenario.Name));

        // A restore in which nothing fits must not stop the next worker: each has a project and a backup of its own.
        foreach (CallScenario scenario in scenarios)
        {
            CallSeries series = new(settings, result, shim, scenario);
            await Parallel.ForEachAsync(
                Enumerable.Range(0, settings.Scale < 1 ? 1 : Workers), cancellationToken, async (worker, token) => await series.RunAsync(worker, failures, token));
            settings.Progress(string.Create(CultureInfo.InvariantCulture, $"{scenario.Name}: {result[$"{Points} in {scenario.Name}"]} points, {failures.Count} broken in all"));
        }

        if (failures.Count > 0)
        {
            throw new BrokenPromiseException($"{failures.Count} points broke a promise:\n\n{string.Join("\n\n", failures.Take(MostFailuresTold))}");
        }
    }
}
