namespace Sots.Reliability;

/// <summary>All trials, in the order in which "all" runs them.</summary>
internal static class Trials
{
    public static readonly IReadOnlyList<Trial> All =
    [
        new Churn.ChurnTrial(),
    ];
}
