using Sots.Unreal.Assets;
using Sots.Unreal.Content;

namespace Sots.Unreal.References;

/// <summary>A package that is needed and not there.</summary>
/// <param name="Name">Its long name.</param>
/// <param name="NeededBy">The first that needs it.</param>
public sealed record NeededPackage(string Name, ContentPackage NeededBy);

/// <summary>Everything that some packages need to load, as one tree has it: what they need, what that needs, and so on.</summary>
public sealed class DependencyClosure
{
    private DependencyClosure()
    {
    }

    /// <summary>The packages that were asked for and all they need, in the order in which they were met.</summary>
    public required IReadOnlyList<KnownPackage> Packages { get; init; }

    /// <summary>What belongs into this tree and is not there.</summary>
    public required IReadOnlyList<NeededPackage> Missing { get; init; }

    /// <summary>What lies in the engine or in plugins that this tree does not hold.</summary>
    public required IReadOnlyList<NeededPackage> Outside { get; init; }

    /// <summary>
    /// Levels that were met without being asked for: the level of an actor, for one. They are not followed, since a level is of use only
    /// together with its actors.
    /// </summary>
    public required IReadOnlyList<ContentPackage> Levels { get; init; }

    /// <summary>The same without some packages that are told of otherwise.</summary>
    public DependencyClosure Without(IReadOnlySet<ContentPackage> packages) => new()
    {
        Packages = [.. Packages.Where(known => !packages.Contains(known.Package))], Missing = Missing, Outside = Outside, Levels = [.. Levels.Where(level => !packages.Contains(level))],
    };

    /// <summary>Follows dependencies.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="wanted">What is asked for.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<DependencyClosure> FollowAsync(ContentTree tree, IEnumerable<ContentPackage> wanted, CancellationToken cancellationToken)
    {
        List<KnownPackage> packages = [];
        List<ContentPackage> levels = [];
        Dictionary<string, NeededPackage> missing = new(StringComparer.OrdinalIgnoreCase), outside = new(StringComparer.OrdinalIgnoreCase);
        Queue<ContentPackage> open = new(wanted);
        HashSet<ContentPackage> met = [.. open];
        while (open.TryDequeue(out ContentPackage? package))
        {
            cancellationToken.ThrowIfCancellationRequested();
            AssetFacts facts = await tree.FactsOfAsync(package.File, cancellationToken).ConfigureAwait(false);
            packages.Add(new KnownPackage(package, facts));
            foreach (string name in facts.HardDependencies)
            {
                if (tree.Content.Find(name, package.Mount) is not { } needed)
                {
                    (tree.Content.PlaceOf(name, package.Mount) == PackagePlace.Missing ? missing : outside).TryAdd(name, new NeededPackage(name, package));
                }
                else if (met.Add(needed))
                {
                    if (needed.IsLevel)
                    {
                        levels.Add(needed);
                    }
                    else
                    {
                        open.Enqueue(needed);
                    }
                }
            }
        }

        return new DependencyClosure { Packages = packages, Missing = [.. missing.Values], Outside = [.. outside.Values], Levels = levels };
    }
}
