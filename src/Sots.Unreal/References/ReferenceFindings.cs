using Sots.Unreal.Content;

namespace Sots.Unreal.References;

/// <summary>A package that others cannot load without, and that is not where it has to be.</summary>
/// <param name="Name">Its long name.</param>
/// <param name="NeededBy">Who needs it, in the order of paths.</param>
/// <param name="Paths">Where in the tree its file would be, without the ending.</param>
public sealed record MissingPackage(string Name, IReadOnlyList<ContentPackage> NeededBy, IReadOnlyList<string> Paths)
{
    /// <summary>A package that still calls itself so: the file was moved outside the editor. Null where there is none.</summary>
    public ContentPackage? MovedTo { get; init; }
}

/// <summary>A package that calls itself otherwise than its place says: its file was moved, renamed or copied outside the editor.</summary>
/// <param name="Package">Where it is.</param>
/// <param name="RecordedName">What it calls itself.</param>
public sealed record MovedPackage(ContentPackage Package, string RecordedName)
{
    /// <summary>What is at the place it names; null where nothing is.</summary>
    public ContentPackage? AtOldPlace { get; init; }

    /// <summary>Whether a redirector of the editor stands there, which leads on to where the asset is.</summary>
    public bool IsRedirected { get; init; }
}

/// <summary>Packages in the engine or in a plugin that the tree does not hold.</summary>
/// <param name="Mount">First part of their names: "/Engine", "/Niagara".</param>
/// <param name="Packages">How many different ones are needed.</param>
public sealed record OutsidePackages(string Mount, int Packages);

/// <summary>A package whose references are not known, because it cannot be read.</summary>
/// <param name="Package">Where it is.</param>
/// <param name="Reason">Why.</param>
public sealed record UnreadablePackage(ContentPackage Package, string Reason);

/// <summary>What a check of references found.</summary>
public sealed record ReferenceFindings
{
    /// <summary>How many packages were looked at.</summary>
    public required int Packages { get; init; }

    /// <summary>What is missing, by name.</summary>
    public required IReadOnlyList<MissingPackage> Missing { get; init; }

    /// <summary>What was moved outside the editor, by path.</summary>
    public required IReadOnlyList<MovedPackage> Moved { get; init; }

    /// <summary>What lies elsewhere, by name.</summary>
    public required IReadOnlyList<OutsidePackages> Outside { get; init; }

    /// <summary>What could not be read, by path.</summary>
    public required IReadOnlyList<UnreadablePackage> Unreadable { get; init; }

    /// <summary>How many packages do not load whole.</summary>
    public int Broken => Missing.SelectMany(static missing => missing.NeededBy).Distinct().Count();

    /// <summary>
    /// What is missing here and was not missing before: needed packages that went, and packages that came without what they need.
    /// Packages that need what was missing before are told of only where they are new in needing it.
    /// </summary>
    public IReadOnlyList<MissingPackage> NewSince(ReferenceFindings before)
    {
        Dictionary<string, HashSet<string>> known = before.Missing.ToDictionary(
            static missing => missing.Name, static missing => missing.NeededBy.Select(static package => package.Name).ToHashSet(StringComparer.OrdinalIgnoreCase),
            StringComparer.OrdinalIgnoreCase);
        return
        [
            .. Missing.Select(missing => known.TryGetValue(missing.Name, out HashSet<string>? needers)
                    ? missing with { NeededBy = [.. missing.NeededBy.Where(package => !needers.Contains(package.Name))] }
                    : missing)
                .Where(static missing => missing.NeededBy.Count > 0),
        ];
    }
}
