using Sots.Fuzzing.Targets;

namespace Sots.Fuzzing;

/// <summary>All targets, in the order in which "all" runs them.</summary>
internal static class FuzzTargets
{
    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        new KeyFileTarget(),
        new MasterKeyTarget(),
        new ConfigTarget(),
        new IndexTarget(),
        new PackHeaderTarget(),
        new TreeTarget(),
        new SnapshotTarget(),
        new LockTarget(),
        new PatternTarget(),
        new ProjectConfigTarget(),
        new PackageTarget(),
        new NodeNameTarget(),
        new NodeTimeTarget(),
        new UnpackedTarget(),
        new ZstdTarget(),
        new SealedBoxTarget(),
        new BlobTarget(),
        new SafePathTarget(),
        new PatternFileTarget(),
        new TaskFileTarget(),
        new ValueTarget(),
        new WordTarget(),
        new WindowsAttributeTarget(),
        new RunRecordTarget(),
        new UnrealProjectTarget(),
        new ChunkerTarget(),
    ];

    /// <summary>All targets for "all", else the one of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IEnumerable<FuzzTarget> Find(string name) => name switch
    {
        "all" => All,
        PlantedTarget.Word => [new PlantedTarget()],
        _ => All.Where(target => target.Name == name) is var found && found.Any() ? found : throw new ArgumentException($"there is no target {name}"),
    };
}
