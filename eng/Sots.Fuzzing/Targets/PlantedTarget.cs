using Sots.Testing;

namespace Sots.Fuzzing.Targets;

/// <summary>
/// Not of the programme: a decoder with a planted fault (<see cref="PlantedFault"/>). It shows that the driver follows new branches.
/// </summary>
internal sealed class PlantedTarget : FuzzTarget
{
    /// <summary>Its name.</summary>
    public const string Word = "planted";

    /// <inheritdoc/>
    public override string Name => Word;

    /// <inheritdoc/>
    public override string About => "the test of the driver itself";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds => ["nothing of interest"u8.ToArray()];

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input) => PlantedFault.Decode(input);
}
