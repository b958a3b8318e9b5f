using System.Runtime.InteropServices;

namespace Sots.Cli;

/// <summary>
/// Ctrl-C and the other polite ways to end a program. The first asks the running command to stop cleanly: locks are released and what was stored
/// is indexed. The second ends the process at once, which a repository survives as well.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly TaskCompletionSource _ended = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Starts listening.</summary>
    public Interruption() => _registrations = [.. StopSignals.Current.All.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];

    /// <summary>The signal that came last; the one of Ctrl-C as long as there was none.</summary>
    public static PosixSignal Last { get; private set; } = PosixSignal.SIGINT;

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.TrySetResult();
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        Last = context.Signal;
        if (_source.IsCancellationRequested)
        {
            Environment.Exit(ExitCode.Cancelled);
        }

        _source.Cancel();
        if (StopSignals.Current.EndsWithHandler(context.Signal))
        {
            _ended.Task.Wait();
        }
    }
}
