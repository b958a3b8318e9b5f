using Sots.Unreal.Assets;

namespace Sots.Unreal.Changes;

/// <summary>What became of an actor that has a file of its own.</summary>
/// <param name="Kind">What.</param>
/// <param name="File">Its file.</param>
public sealed record ActorChange(ChangeKind Kind, FileChange File)
{
    /// <summary>Its label in the outliner; where it has none, the name of its object, or that of its file.</summary>
    public string Label => LabelOf(File.Facts, File.Name);

    /// <summary>Its label before; differs where it was renamed.</summary>
    public string LabelBefore => LabelOf(File.FactsBefore ?? File.Facts, File.Name);

    /// <summary>Short name of its class; empty where not known.</summary>
    public string Class => File.Facts?.Class ?? "";

    internal static string LabelOf(AssetFacts? facts, string fileName) =>
        facts is { Label.Length: > 0 } ? facts.Label
        : facts is { ObjectPath.Length: > 0 } ? facts.ObjectPath[(facts.ObjectPath.LastIndexOf('.') + 1)..]
        : fileName;
}

/// <summary>What became of a level: its own file, and what belongs to it.</summary>
/// <param name="Path">Its path without the ending.</param>
/// <param name="Own">What became of its own file; null where that is the same.</param>
/// <param name="Actors">Actors that are not the same, by label.</param>
/// <param name="Objects">Other objects of it, such as folders of the outliner.</param>
public sealed record LevelChange(string Path, FileChange? Own, IReadOnlyList<ActorChange> Actors, IReadOnlyList<FileChange> Objects)
{
    /// <summary>Its name.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>How many actors became what.</summary>
    public long Count(ChangeKind kind) => Actors.LongCount(actor => actor.Kind == kind);
}
