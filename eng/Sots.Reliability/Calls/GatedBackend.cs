using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Reliability.Calls;

/// <summary>Leads every call of a repository's storage through a gate.</summary>
/// <param name="inner">The storage; owned.</param>
/// <param name="gate">The gate.</param>
internal sealed class GatedBackend(IBackend inner, CallGate gate) : InterceptedBackend(inner)
{
    /// <inheritdoc/>
    protected override object? Before(BackendCall call) => gate.Enter(Call(call));

    /// <inheritdoc/>
    protected override void After(BackendCall call, object? before) => gate.Leave(Call(call), (CallPass)before!);

    private static OutsideCall Call(BackendCall call) => new(
        Seam.Backend, call.Operation.ToString(), call.File.ToString(),
        call.Operation is BackendOperation.Save or BackendOperation.BeginPack or BackendOperation.Remove or BackendOperation.CreateLayout ? CallNature.Changes : CallNature.Looks);
}
