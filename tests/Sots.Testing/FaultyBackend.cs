using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Testing;

/// <summary>When a fault happens, seen from the call it is the result of.</summary>
public enum FaultMoment
{
    /// <summary>Nothing is done.</summary>
    Before,

    /// <summary>Everything is done, and only the answer is an error.</summary>
    After,
}

/// <summary>Makes chosen calls fail. Without a choice it passes everything on.</summary>
/// <param name="inner">The backend; owned.</param>
/// <param name="moment">Before or after the call is made.</param>
public sealed class FaultyBackend(IBackend inner, FaultMoment moment = FaultMoment.Before) : InterceptedBackend(inner)
{
    private int _calls;

    /// <summary>Which calls fail, by their number from 1 and what they are. By default none.</summary>
    public Func<int, BackendCall, bool> Fails { get; set; } = static (_, _) => false;

    /// <summary>What a call that fails throws. By default a failing storage.</summary>
    public Func<BackendCall, Exception> Fault { get; set; } =
        static call => new RepositoryException(RepositoryErrorKind.Storage, $"injected fault: {call.Operation} {call.File}");

    /// <summary>Calls until now.</summary>
    public int CallCount => Volatile.Read(ref _calls);

    /// <summary>Fails the n-th call from now, counted from 1, and with <paramref name="sticky"/> all after it.</summary>
    public void FailNth(int n, bool sticky = false)
    {
        int nth = CallCount + n;
        Fails = (number, _) => sticky ? number >= nth : number == nth;
    }

    /// <inheritdoc/>
    protected override object? Before(BackendCall call)
    {
        bool fails = Fails(Interlocked.Increment(ref _calls), call);
        return fails && moment == FaultMoment.Before ? throw Fault(call) : fails;
    }

    /// <inheritdoc/>
    protected override void After(BackendCall call, object? before)
    {
        if (before is true)
        {
            throw Fault(call);
        }
    }
}
