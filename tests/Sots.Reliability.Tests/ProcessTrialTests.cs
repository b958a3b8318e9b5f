using Sots.Reliability.Crowds;
using Sots.Reliability.FullDisks;
using Sots.Reliability.Kills;
using Sots.Reliability.PowerCuts;
using Sots.Reliability.SystemCalls;
using Sots.Testing;

namespace Sots.Reliability.Tests;

/// <summary>A small share of the trials that run the program as a process; `all` of eng/Sots.Reliability takes the whole.</summary>
public sealed class ProcessTrialTests
{
    [Fact]
    public Task Killed_at_any_moment_nothing_is_lost_and_the_same_command_completes() => RunAsync(new KillTrial(), 0.006, "kills");

    [Fact]
    public Task When_a_system_call_fails_or_is_the_last_nothing_is_lost_and_the_same_command_completes() =>
        RunAsync(new CallTrial { Only = ["push"] }, 0.01, CallTrial.Points);

    [Fact]
    public Task After_a_power_cut_everything_that_was_reported_is_whole() => RunAsync(new PowerCutTrial(), 0.01, "power cuts");

    [Fact]
    public Task A_full_disk_is_said_and_with_room_again_the_same_command_completes() => RunAsync(new FullDiskTrial(), 0.01, FullDiskRun.Sizes);

    [Fact]
    public Task A_lock_is_honoured_as_long_as_its_holder_may_live_and_not_longer() => RunAsync(new LockTrial(), 0.01, LockRun.Cases);

    [Fact]
    public Task Many_processes_at_once_lose_nothing() => RunAsync(new CrowdTrial(), 0.01, "operations");

    private static async Task RunAsync(Trial trial, double scale, string figure)
    {
        using TempFolder folder = new();
        TrialSettings settings = new()
        {
            Scale = scale,
            Work = folder.Path,
            Program = ProgramUnderTest.Path,
            Restic = ResticBinaries.Find("0.19.1"),
        };
        if (trial.WhyNot(settings) is { } reason)
        {
            Assert.Skip(reason);
        }

        TrialResult result = new();
        await trial.RunAsync(settings, result, TestContext.Current.CancellationToken);
        Assert.True(result[figure] > 0, $"nothing was tried: {result}");
    }
}
