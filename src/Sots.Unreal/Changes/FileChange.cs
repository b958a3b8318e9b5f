using Sots.Restic.Trees;
using Sots.Unreal.Assets;

namespace Sots.Unreal.Changes;

/// <summary>What became of a file, an asset or an actor.</summary>
public enum ChangeKind
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>Its content differs.</summary>
    Changed,

    /// <summary>It is gone.</summary>
    Removed,

    /// <summary>It has another path; of an actor: another place in its level.</summary>
    Moved,
}

/// <summary>A file that is not the same in two snapshots. Files that differ in time or rights alone are none.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Path">Its path below the folder that was compared, "/"-separated; of a removed one, where it was.</param>
/// <param name="Before">What it was; null where it is new.</param>
/// <param name="After">What it is; null where it is gone.</param>
public sealed record FileChange(ChangeKind Kind, string Path, Node? Before, Node? After)
{
    /// <summary>Of one that moved: where it was.</summary>
    public string? PathBefore { get; init; }

    /// <summary>Of an asset that the editor moved: a redirector lies where it was.</summary>
    public bool LeftRedirector { get; init; }

    /// <summary>Of an actor: certainly stands elsewhere in its level, or is turned or scaled otherwise. False where that is not known.</summary>
    public bool HasOtherPlace { get; init; }

    /// <summary>What the package was, as far as changes are told by it: fault, class, engine and label. Null where it was none, or was not looked into.</summary>
    public AssetFacts? FactsBefore { get; init; }

    /// <summary>What the package is, likewise; null where it is none, or was not looked into.</summary>
    public AssetFacts? FactsAfter { get; init; }

    /// <summary>
    /// Of a new asset: an asset of the same name and class that is gone from another folder. Whether it is the same one cannot be proven, as
    /// the editor writes a moved asset anew.
    /// </summary>
    public string? LikelyFrom { get; init; }

    /// <summary>Whether it is a package of Unreal by its name, and no copy that the editor makes for emergencies.</summary>
    public bool IsPackage { get; } = AssetFacts.IsPackage(Path) && !IsInSaved(Path);

    /// <summary>What is known of it: as it is, or as it was where it is gone.</summary>
    public AssetFacts? Facts => FactsAfter ?? FactsBefore;

    /// <summary>How much longer it is now, bytes; negative where it is shorter or gone.</summary>
    public long GrowthBytes => BytesSum.Difference(After?.Size ?? 0, Before?.Size ?? 0);

    /// <summary>The name without folders and ending.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    private static bool IsInSaved(string path)
    {
        foreach (string part in path.Split('/'))
        {
            if (part.Equals("Content", StringComparison.OrdinalIgnoreCase) || part.Equals("Saved", StringComparison.OrdinalIgnoreCase))
            {
                return part.Length == "Saved".Length;
            }
        }

        return false;
    }

    /// <summary>The folder it lies in; empty at the top.</summary>
    public string Folder => Path.LastIndexOf('/') is >= 0 and int slash ? Path[..slash] : "";
}
