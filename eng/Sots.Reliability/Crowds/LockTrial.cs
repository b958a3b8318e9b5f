using Sots.Reliability.Processes;
using Sots.Reliability.SystemCalls;

namespace Sots.Reliability.Crowds;

/// <summary>Locks of the dead, of other hosts, from the past and the future, files that are none, wrong clocks, a process that slept, two that set up at once.</summary>
internal sealed class LockTrial : Trial
{
    /// <inheritdoc/>
    public override string Name => "locks";

    /// <inheritdoc/>
    public override string About => "locks of the dead, of other hosts and other times; wrong clocks; a push that is suspended until its lock is gone; set-ups at once";

    /// <inheritdoc/>
    public override string? WhyNot(TrialSettings settings) =>
        !OperatingSystem.IsLinux() ? "signals, host names and clocks of Linux are needed"
        : settings.Program is null ? "no published program was named"
        : Environment.UserName != "root" ? "root is needed, for another host's name"
        : OtherHost.FakeTime is null ? "libfaketime is needed"
        : Executable.Find("unshare") is null ? "unshare is needed"
        : Shim.Compiler is null ? "a C compiler is needed"
        : null;

    /// <inheritdoc/>
    public override async Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken)
    {
        LockRun locks = new(settings, result, Shim.Compile(settings.Work));
        await locks.LocksOfOthersAsync(withGarbage: settings.Scale >= 1);
        settings.Progress("locks of others");
        await locks.WrongClocksAsync();
        settings.Progress("wrong clocks");
        SleepRun sleep = new(settings, result, Shim.Compile(settings.Work));
        await sleep.RunAsync(settings.Count(5));
        settings.Progress("a push that slept");
        SetupRun setups = new(settings, result);
        setups.Run(settings.Count(20));
    }
}
