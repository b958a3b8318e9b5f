namespace Sots.Reliability;

/// <summary>All trials, in the order in which "all" runs them.</summary>
internal static class Trials
{
    public static readonly IReadOnlyList<Trial> All =
    [
        new Hostile.HostileTrial(),
        new Calls.CallsTrial(),
        new Power.PowerTrial(),
        new Damage.BitTrial(),
        new Damage.DamageTrial(),
        new Load.FileLoadTrial(),
        new Load.ProjectLoadTrial(),
        new Load.SnapshotLoadTrial(),
        new Kills.KillTrial(),
        new SystemCalls.CallTrial(),
        new PowerCuts.PowerCutTrial(),
        new FullDisks.FullDiskTrial(),
        new Crowds.LockTrial(),
        new Crowds.CrowdTrial(),
        new Churn.ChurnTrial(),
    ];
}
