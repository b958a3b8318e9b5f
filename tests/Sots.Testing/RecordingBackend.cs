using Sots.Restic.Backends;

namespace Sots.Testing;

/// <summary>Writes down every call that succeeded, in the order in which they were finished.</summary>
/// <param name="inner">The backend; owned.</param>
public sealed class RecordingBackend(IBackend inner) : InterceptedBackend(inner)
{
    private readonly Lock _gate = new();
    private readonly List<BackendCall> _calls = [];

    /// <summary>The calls until now.</summary>
    public IReadOnlyList<BackendCall> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <inheritdoc/>
    protected override object? Before(BackendCall call) => null;

    /// <inheritdoc/>
    protected override void After(BackendCall call, object? before)
    {
        lock (_gate)
        {
            _calls.Add(call);
        }
    }
}
