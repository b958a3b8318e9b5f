using Sots.Testing;

namespace Sots.Reliability.Calls;

/// <summary>What happens at the chosen call.</summary>
internal enum FaultAction
{
    /// <summary>It fails; nothing was done.</summary>
    FailBefore,

    /// <summary>It is made, and fails nevertheless.</summary>
    FailAfter,

    /// <summary>Half of the bytes are written, then it fails.</summary>
    FailHalf,

    /// <summary>The process is dead before it.</summary>
    DieBefore,

    /// <summary>The process is dead after it.</summary>
    DieAfter,

    /// <summary>The process dies with half of the bytes written.</summary>
    DieHalf,
}

/// <summary>Why a call fails.</summary>
internal enum FaultKind
{
    /// <summary>The device fails.</summary>
    InputOutput,

    /// <summary>No room is left.</summary>
    NoSpace,

    /// <summary>It is not allowed.</summary>
    Denied,

    /// <summary>It is said not to be there.</summary>
    NotFound,

    /// <summary>No answer came in time.</summary>
    TimedOut,
}

/// <summary>One point of the programme: which call of a process goes wrong, and how.</summary>
/// <param name="Seam">Where the call is counted.</param>
/// <param name="Call">Its number there, from 1.</param>
/// <param name="Action">What happens.</param>
/// <param name="Kind">Why it fails; says nothing about dying.</param>
/// <param name="Sticky">Whether all later calls at this seam fail as well.</param>
internal sealed record FaultPlan(Seam Seam, int Call, FaultAction Action, FaultKind Kind = FaultKind.InputOutput, bool Sticky = false)
{
    /// <summary>Whether the process ends here.</summary>
    public bool Dies => Action is FaultAction.DieBefore or FaultAction.DieAfter or FaultAction.DieHalf;

    /// <summary>Everything that can happen at a call of a nature.</summary>
    public static IEnumerable<FaultPlan> At(Seam seam, int call, CallNature nature)
    {
        foreach (bool sticky in (bool[])[false, true])
        {
            foreach (FaultKind kind in Enum.GetValues<FaultKind>())
            {
                yield return new FaultPlan(seam, call, FaultAction.FailBefore, kind, sticky);
            }

            if (nature != CallNature.Looks)
            {
                yield return new FaultPlan(seam, call, FaultAction.FailAfter, FaultKind.TimedOut, sticky);
                yield return new FaultPlan(seam, call, FaultAction.FailAfter, FaultKind.InputOutput, sticky);
            }

            if (nature == CallNature.Writes)
            {
                yield return new FaultPlan(seam, call, FaultAction.FailHalf, FaultKind.NoSpace, sticky);
                yield return new FaultPlan(seam, call, FaultAction.FailHalf, FaultKind.InputOutput, sticky);
            }
        }

        yield return new FaultPlan(seam, call, FaultAction.DieBefore);
        if (nature != CallNature.Looks)
        {
            yield return new FaultPlan(seam, call, FaultAction.DieAfter);
        }

        if (nature == CallNature.Writes)
        {
            yield return new FaultPlan(seam, call, FaultAction.DieHalf);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Dies ? $"{Seam} {Call}: {Action}" : $"{Seam} {Call}: {Action} {Kind}{(Sticky ? " for good" : "")}";
}
