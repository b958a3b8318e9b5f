using Sots.Backup;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Reliability.Power;
using Sots.Restic;
using Sots.Testing;

namespace Sots.Reliability.Calls;

/// <summary>The process is gone. Nothing in the program catches this.</summary>
internal sealed class ProcessDiedException() : Exception("the process was killed");

/// <summary>Counts the calls of one process, and lets a chosen one go wrong. Once the process is dead every further call is refused.</summary>
/// <param name="plan">What goes wrong; null for nothing.</param>
internal sealed class FaultGate(FaultPlan? plan = null) : CallGate
{
    private readonly Lock _gate = new();
    private readonly int[] _counts = new int[Enum.GetValues<Seam>().Length];
    private readonly List<(bool Ended, OutsideCall Call)> _log = [];
    private bool _dead;

    /// <summary>Whether the chosen call was reached.</summary>
    public bool Fired => FirstHit is not null;

    /// <summary>The call that went wrong first; null as long as none did.</summary>
    public OutsideCall? FirstHit { get; private set; }

    /// <summary>Whether the process is dead.</summary>
    public bool IsDead
    {
        get
        {
            lock (_gate)
            {
                return _dead;
            }
        }
    }

    /// <summary>Beginnings and ends of all calls, in order.</summary>
    public IReadOnlyList<(bool Ended, OutsideCall Call)> Log => _log;

    /// <summary>The calls at one seam, in the order in which they began.</summary>
    public IReadOnlyList<OutsideCall> CallsAt(Seam seam) => [.. _log.Where(entry => !entry.Ended && entry.Call.Seam == seam).Select(static entry => entry.Call)];

    /// <inheritdoc/>
    public override CallPass Enter(in OutsideCall call)
    {
        lock (_gate)
        {
            if (_dead)
            {
                throw new ProcessDiedException();
            }

            _log.Add((false, call));
            int number = ++_counts[(int)call.Seam];
            if (!IsChosen(call, number))
            {
                return new CallPass(number);
            }

            FirstHit ??= call;
            switch (plan!.Action)
            {
                case FaultAction.DieBefore:
                    _dead = true;
                    throw new ProcessDiedException();
                case FaultAction.FailBefore when call.Nature == CallNature.Tries:
                    return new CallPass(number, Skip: true);
                case FaultAction.FailBefore:
                    throw FaultAt(call, plan.Kind);
                default:
                    return new CallPass(number, Half: plan.Action is FaultAction.FailHalf or FaultAction.DieHalf);
            }
        }
    }

    /// <inheritdoc/>
    public override void Leave(in OutsideCall call, CallPass pass)
    {
        lock (_gate)
        {
            if (IsChosen(call, (int)pass.Number) && plan!.Action is not (FaultAction.FailBefore or FaultAction.DieBefore))
            {
                if (plan.Dies)
                {
                    _dead = true;
                    throw new ProcessDiedException();
                }

                if (call.Nature != CallNature.Tries)
                {
                    throw FaultAt(call, plan.Kind);
                }
            }
            else if (_dead)
            {
                // Killed while this call was under way: it happened, but nobody hears of it.
                throw new ProcessDiedException();
            }

            _log.Add((true, call));
        }
    }

    private bool IsChosen(in OutsideCall call, int number) =>
        plan is not null && call.Seam == plan.Seam && (number == plan.Call || (plan.Sticky && number > plan.Call));

    private static Exception FaultAt(in OutsideCall call, FaultKind kind) => call.Seam switch
    {
        Seam.Files => OfSystem(call, kind),
        Seam.Backend => new RepositoryException(
            kind switch
            {
                FaultKind.NoSpace => RepositoryErrorKind.StorageFull,
                FaultKind.Denied => RepositoryErrorKind.PermissionDenied,
                FaultKind.NotFound => RepositoryErrorKind.Missing,
                _ => RepositoryErrorKind.Storage,
            },
            $"injected {kind}: {call.Operation} {call.Subject}"),
        Seam.Source => new SourceException(
            kind switch
            {
                FaultKind.NotFound => SourceErrorKind.Vanished,
                FaultKind.Denied => SourceErrorKind.Denied,
                _ => SourceErrorKind.Other,
            },
            call.Operation, DiskPath.FromText(call.Subject), $"injected {kind}"),
        _ => new TargetException(
            kind switch
            {
                FaultKind.NoSpace => TargetErrorKind.Full,
                FaultKind.NotFound => TargetErrorKind.Missing,
                FaultKind.Denied => TargetErrorKind.Denied,
                _ => TargetErrorKind.Other,
            },
            call.Operation, DiskPath.FromText(call.Subject), $"injected {kind}"),
    };

    private static Exception OfSystem(in OutsideCall call, FaultKind kind)
    {
        string text = $"injected {kind}: {call.Operation} {call.Subject}";
        return kind switch
        {
            FaultKind.Denied => new UnauthorizedAccessException(text),
            FaultKind.NotFound when call.Operation == "list" => new DirectoryNotFoundException(text),
            FaultKind.NotFound => new FileNotFoundException(text),
            FaultKind.NoSpace => new IOException(text, SimulatedDisk.NoSpace),
            FaultKind.TimedOut => new IOException(text, SimulatedDisk.TimedOut),
            _ => new IOException(text, SimulatedDisk.InputOutput),
        };
    }
}
