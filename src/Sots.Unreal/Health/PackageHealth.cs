using Sots.Unreal.Packages;

namespace Sots.Unreal.Health;

/// <summary>What is the matter with a package.</summary>
public enum PackageCause
{
    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>Nothing but zeros where the package should begin.</summary>
    Zeroed,

    /// <summary>A pointer of git-lfs stands in its place.</summary>
    LfsPointer,

    /// <summary>It has the ending of a package and is none.</summary>
    NotAPackage,

    /// <summary>Its end is missing or was overwritten.</summary>
    Truncated,

    /// <summary>Its header contradicts itself.</summary>
    Header,

    /// <summary>Its list of payloads contradicts itself or the file.</summary>
    Trailer,

    /// <summary>A payload is not what the list says.</summary>
    Payload,

    /// <summary>Its bytes are not those that the editor signed.</summary>
    Hash,

    /// <summary>A payload is kept elsewhere: no damage, but the data is not in this project.</summary>
    Virtualized,

    /// <summary>Saved by an engine newer than this program knows: nothing can be said.</summary>
    NewerThanKnown,

    /// <summary>Cooked: not looked into.</summary>
    Cooked,
}

/// <summary>Something that was noticed about a package.</summary>
/// <param name="Cause">What kind of thing.</param>
/// <param name="Message">One sentence, without the file's name.</param>
public readonly record struct PackageFinding(PackageCause Cause, string Message)
{
    /// <summary>Whether the editor would not get back what was saved.</summary>
    public bool IsDamage => Cause < PackageCause.Virtualized;
}

/// <summary>What is known about a package after all its bytes went by.</summary>
/// <param name="Header">Its header; null where none could be read.</param>
/// <param name="Findings">What was noticed; empty for a healthy package.</param>
public sealed record PackageHealth(PackageHeader? Header, IReadOnlyList<PackageFinding> Findings)
{
    /// <summary>Whether the editor would not get back what was saved.</summary>
    public bool IsDamaged => Findings.Any(static finding => finding.IsDamage);

    /// <summary>The first damage, which is the most telling one.</summary>
    public PackageFinding? Damage => Findings.Where(static finding => finding.IsDamage).Select(static finding => (PackageFinding?)finding).FirstOrDefault();

    /// <summary>Whether the file was signed by the editor and the signature is right: no byte outside the payloads was changed.</summary>
    public bool IsSignatureRight { get; init; }
}
