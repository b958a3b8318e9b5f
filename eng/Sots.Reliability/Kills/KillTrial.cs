using Sots.Reliability.Processes;

namespace Sots.Reliability.Kills;

/// <summary>
/// Kills the published program at random moments. After each kill nothing that was saved may be lost, nothing has to be repaired, and
/// the same command completes. The plan is seeded; the moments themselves depend on the machine.
/// </summary>
internal sealed class KillTrial : Trial
{
    private const int Full = 1_000;

    /// <inheritdoc/>
    public override string Name => "kills";

    /// <inheritdoc/>
    public override string About => "kills the program at random moments of full, push, forget-prune, restores and their undo";

    /// <inheritdoc/>
    public override string? WhyNot(TrialSettings settings) =>
        OperatingSystem.IsWindows() ? "signals of Unix are needed" : settings.Program is null ? "no published program was named" : null;

    /// <inheritdoc/>
    public override async Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken)
    {
        KillRun run = new(settings, result);
        await run.PrepareAsync();
        int wanted = settings.Count(Full, atLeast: 5);
        while (result[KillRun.Kills] < wanted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            run.Next();
            if (result[KillRun.Kills] % 50 == 0)
            {
                settings.Progress($"{result[KillRun.Kills]} of {wanted} kills");
            }
        }

        run.Finish();
    }
}
