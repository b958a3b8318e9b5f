using Sots.Reliability.Crowds;
using Sots.Reliability.FullDisks;
using Sots.Reliability.Kills;
using Sots.Reliability.PowerCuts;
using Sots.Reliability.SystemCalls;
using Sots.Testing;

namespace Sots.Reliability.Tests;

/// <summary>A small share of a trial that runs the program as a process; `all` of eng/Sots.Reliability takes the whole.</summary>
public abstract class ProcessTrialTests
{
    private protected static async Task RunAsync(Trial trial, double scale, string figure)
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

/// <summary>A class each, so that they wait at the same time.</summary>
public sealed class KillTests : ProcessTrialTests
{
    [Fact]
    public Task Killed_at_any_moment_nothing_is_lost_and_the_same_command_completes() => RunAsync(new KillTrial(), 0.005, KillRun.Kills);
}

/// <inheritdoc cref="CallTrial"/>
public sealed class SystemCallTests : ProcessTrialTests
{
    [Fact]
    public Task When_a_system_call_fails_or_is_the_last_nothing_is_lost_and_the_same_command_completes() =>
        RunAsync(new CallTrial { Only = ["push"] }, 0.01, CallTrial.Points);
}

/// <inheritdoc cref="PowerCutTrial"/>
public sealed class PowerCutTests : ProcessTrialTests
{
    [Fact]
    public Task After_a_power_cut_everything_that_was_reported_is_whole() => RunAsync(new PowerCutTrial(), 0.01, "power cuts");
}

/// <inheritdoc cref="FullDiskTrial"/>
public sealed class FullDiskTests : ProcessTrialTests
{
    [Fact]
    public Task A_full_disk_is_said_and_with_room_again_the_same_command_completes() => RunAsync(new FullDiskTrial(), 0.01, FullDiskRun.Sizes);
}

/// <inheritdoc cref="LockTrial"/>
public sealed class LockTests : ProcessTrialTests
{
    [Fact]
    public Task A_lock_is_honoured_as_long_as_its_holder_may_live_and_not_longer() => RunAsync(new LockTrial(), 0.01, LockRun.Cases);
}

/// <inheritdoc cref="CrowdTrial"/>
public sealed class CrowdTests : ProcessTrialTests
{
    [Fact]
    public Task Many_processes_at_once_lose_nothing() => RunAsync(new CrowdTrial(), 0.01, "operations");
}
